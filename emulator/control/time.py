"""The virtual clock of a sandbox, and what it will bring."""

from __future__ import annotations

from typing import Any

from emulator.contract.duration import seconds
from emulator.control.desk import BOX, OBJECT, Problem, Route, Views, body
from emulator.world import agenda
from emulator.world.clock import moment, stamp


class Time(Views):
    """Reads the clock, sets it, moves it on."""

    def routes(self) -> list[Route]:
        """The calls, in the order of the documentation."""
        return [
            Route("GET", f"{BOX}/clock", "The virtual time", self.clock),
            Route("PATCH", f"{BOX}/clock", "Sets now, mode or rate", self.set_clock, 200, OBJECT),
            Route("POST", f"{BOX}/clock/advance", "Moves time; tells what fell due", self.advance, 200, OBJECT),
            Route("GET", f"{BOX}/agenda", "What will happen next", self.agenda),
        ]

    def clock(self, name: str) -> Any:
        return self.desk.box(name).clock.dump()

    def set_clock(self, name: str) -> Any:
        sandbox, wish = self.desk.box(name), body()
        if set(wish) - {"now", "mode", "rate"} or wish.get("mode", "running") not in ("running", "frozen"):
            raise Problem(422, "The clock takes now (ISO 8601), mode (running or frozen) and rate.")
        try:
            now = moment(wish["now"]) if "now" in wish else None
            sandbox.clock.set(now, wish.get("mode"), wish.get("rate"))
        except (ValueError, TypeError) as error:
            raise Problem(422, str(error)) from None
        sandbox.wake()
        return sandbox.clock.dump()

    def advance(self, name: str) -> Any:
        sandbox, wish = self.desk.box(name), body()
        try:
            if set(wish) == {"by"}:
                to = sandbox.clock.now() + seconds(str(wish["by"]))
            elif wish == {"to": "next"}:
                to = agenda.next_moment(sandbox)
            else:
                raise Problem(422, 'advance takes {"by": "PT2H"}, or {"to": "next"} for the next entry of the agenda.')
            happened = self.desk.courier.advance(sandbox, to)
        except LookupError:
            raise Problem(409, "Nothing is to come.") from None
        except ValueError as error:
            raise Problem(422, str(error)) from None
        return {"now": stamp(sandbox.clock.now()), "happened": happened}

    def agenda(self, name: str) -> Any:
        return agenda.entries(self.desk.box(name))
