"""Sandboxes: made, shown, reset, removed."""

from __future__ import annotations

from typing import Any

from emulator.control.desk import BOX, OBJECT, Problem, Route, Views, body
from emulator.world.sandboxes import describe


class Boxes(Views):
    """A sandbox from beginning to end."""

    def routes(self) -> list[Route]:
        """The calls, in the order of the documentation."""
        return [
            Route("POST", "/sandboxes", "A new sandbox", self.create, 201, OBJECT),
            Route("GET", "/sandboxes", "All sandboxes", self.all),
            Route("GET", BOX, "One sandbox, with its credentials", self.one),
            Route("DELETE", BOX, "Removes a sandbox", self.remove, 204),
            Route("POST", f"{BOX}/reset", "Back to the first world, clock, faults, counters and journal", self.reset),
        ]

    def create(self) -> Any:
        try:
            sandbox = self.desk.sandboxes.create(body())
        except KeyError as taken:
            raise Problem(409, f"There is a sandbox {taken.args[0]!r} already.") from None
        except ValueError as error:
            raise Problem(422, str(error)) from None
        return describe(sandbox, self.desk.base_url())

    def all(self) -> Any:
        return [describe(sandbox, self.desk.base_url()) for sandbox in self.desk.sandboxes]

    def one(self, name: str) -> Any:
        return describe(self.desk.box(name), self.desk.base_url())

    def remove(self, name: str) -> None:
        self.desk.box(name)
        if not self.desk.sandboxes.remove(name):
            raise Problem(409, "The default sandbox stays; reset it instead.")

    def reset(self, name: str) -> Any:
        sandbox = self.desk.box(name)
        sandbox.reset()
        return describe(sandbox, self.desk.base_url())
