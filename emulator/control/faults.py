"""What a test plans to go wrong."""

from __future__ import annotations

from typing import Any

from emulator.control.desk import BOX, OBJECT, Problem, Route, Views, body


class PlannedFaults(Views):
    """Plans faults and takes them back."""

    def routes(self) -> list[Route]:
        """The calls, in the order of the documentation."""
        return [
            Route("GET", f"{BOX}/faults", "The planned faults", self.faults),
            Route("POST", f"{BOX}/faults", "Plans a fault", self.plan, 201, OBJECT),
            Route("DELETE", f"{BOX}/faults", "Takes all faults back", self.unplan_all, 204),
            Route("DELETE", f"{BOX}/faults/<int:number>", "Takes one fault back", self.unplan, 204),
        ]

    def faults(self, name: str) -> Any:
        return self.desk.box(name).faults.dump()

    def plan(self, name: str) -> Any:
        try:
            return self.desk.box(name).plan(body()).show()
        except ValueError as error:
            raise Problem(422, str(error)) from None

    def unplan(self, name: str, number: int) -> None:
        if not self.desk.box(name).faults.remove(number):
            raise Problem(404, f"There is no fault {number}.")

    def unplan_all(self, name: str) -> None:
        self.desk.box(name).faults.clear()
