"""What the outside world does to a sandbox."""

from __future__ import annotations

from typing import Any

from emulator.control.desk import BOX, OBJECT, Problem, Route, Views, body
from emulator.explain import worded
from emulator.wire import Refusal


class Outside(Views):
    """Lets stimuli happen."""

    def routes(self) -> list[Route]:
        """The calls, in the order of the documentation."""
        return [
            Route("GET", f"{BOX}/stimuli", "What the outside world can do", self.stimuli),
            Route("POST", f"{BOX}/stimuli/<vendor>/<stimulus>", "Lets it happen", self.stimulate, 200, OBJECT),
        ]

    def stimuli(self, name: str) -> Any:
        self.desk.box(name)
        return [
            {
                "vendor": vendor,
                "name": stimulus.name,
                "title": stimulus.title,
                "body": stimulus.body.schema.closed if stimulus.body else {},
                "example": stimulus.body.example if stimulus.body else None,
            }
            for vendor, contract in self.desk.assembly.contracts.items()
            for stimulus in contract.stimuli.values()
            if not stimulus.hidden
        ]

    def stimulate(self, name: str, vendor: str, stimulus: str) -> Any:
        world = self.desk.box(name).worlds.get(vendor)
        if world is None or f"{vendor}.stimuli.{stimulus}" not in world.contract.stimuli:
            raise Problem(404, f"There is no stimulus {vendor}.{stimulus}; GET …/stimuli lists them.")
        try:
            return self.desk.assembly.engines[vendor].stimulate(stimulus, body(), world)
        except Refusal as refusal:
            raise Problem(422, worded(refusal, self.desk.assembly.contracts[vendor])) from None
