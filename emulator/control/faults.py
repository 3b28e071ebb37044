"""What a test plans to go wrong."""

from __future__ import annotations

from typing import Any

from emulator.control.desk import BOX, OBJECT, Problem, Route, Views, body
from emulator.wire import Kind


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
        sandbox, wish = self.desk.box(name), body()
        vendor, operation, kind = (
            _text(wish, "match", "vendor"),
            _text(wish, "match", "operation"),
            _text(wish, "do", "refuse"),
        )
        if vendor is not None and vendor not in self.desk.assembly.engines:
            raise Problem(422, f"There is no vendor {vendor!r}.")
        if operation is not None and not any(operation in c.operations for c in self.desk.assembly.contracts.values()):
            raise Problem(422, f"There is no operation {operation!r}; `emulator routes` lists them.")
        if (
            vendor is not None
            and kind in list(Kind)
            and Kind(kind) not in self.desk.assembly.contracts[vendor].refusals
        ):
            known = ", ".join(sorted(self.desk.assembly.contracts[vendor].refusals))
            raise Problem(422, f"{vendor} documents no refusal {kind!r}; it has {known}.")
        try:
            return sandbox.faults.add(wish).show()
        except ValueError as error:
            raise Problem(422, str(error)) from None

    def unplan(self, name: str, number: int) -> None:
        if not self.desk.box(name).faults.remove(number):
            raise Problem(404, f"There is no fault {number}.")

    def unplan_all(self, name: str) -> None:
        self.desk.box(name).faults.clear()


def _text(wish: dict[str, Any], part: str, name: str) -> str | None:
    """A text in a part of a plan, whatever the plan is made of; the plan itself is judged afterwards."""
    given = wish.get(part)
    value = given.get(name) if isinstance(given, dict) else None
    return value if isinstance(value, str) else None
