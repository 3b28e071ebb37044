"""The state of a sandbox as a whole: the world as a document, snapshots, settings."""

from __future__ import annotations

from typing import Any

from flask import request

from emulator import __version__
from emulator.control.desk import BOX, OBJECT, Problem, Route, Views, body
from emulator.world import document
from emulator.world.sandboxes import describe


class State(Views):
    """Takes state out and puts it in."""

    def routes(self) -> list[Route]:
        """The calls, in the order of the documentation."""
        return [
            Route("GET", f"{BOX}/world", "Everything as one document", self.world),
            Route(
                "PUT",
                f"{BOX}/world",
                "Puts a document in the place of everything",
                self.put_world,
                200,
                OBJECT,
            ),
            Route("GET", f"{BOX}/snapshots", "The names of the snapshots", self.snapshots),
            Route(
                "POST",
                f"{BOX}/snapshots",
                "Keeps the present state under a name",
                self.snapshot,
                201,
                OBJECT,
            ),
            Route("POST", f"{BOX}/snapshots/<snapshot>/restore", "Goes back to a snapshot", self.restore),
            Route("DELETE", f"{BOX}/snapshots/<snapshot>", "Forgets a snapshot", self.forget, 204),
            Route("GET", f"{BOX}/settings", "The settings in force", self.settings),
            Route("PATCH", f"{BOX}/settings", "Changes settings", self.set_settings, 200, OBJECT),
        ]

    def world(self, name: str) -> Any:
        told = document.dump(self.desk.box(name), __version__)
        if request.args.get("journal") == "0":
            del told["journal"]
        return told

    def put_world(self, name: str) -> Any:
        sandbox = self.desk.box(name)
        try:
            document.restore(sandbox, body())
        except (ValueError, TypeError) as error:
            raise Problem(422, str(error)) from None
        return describe(sandbox, self.desk.base_url())

    def snapshots(self, name: str) -> Any:
        return sorted(self.desk.box(name).snapshots)

    def snapshot(self, name: str) -> Any:
        sandbox, wish = self.desk.box(name), body()
        if set(wish) != {"name"} or not isinstance(wish["name"], str):
            raise Problem(422, 'A snapshot takes {"name": "…"}.')
        try:
            sandbox.keep(wish["name"])
        except ValueError as error:
            raise Problem(422, str(error)) from None
        return {"name": wish["name"], "clock": sandbox.clock.dump()}

    def restore(self, name: str, snapshot: str) -> Any:
        sandbox = self.desk.box(name)
        state = sandbox.snapshots.get(snapshot)
        if state is None:
            raise Problem(404, f"There is no snapshot {snapshot!r}.")
        sandbox.restore(state)
        return describe(sandbox, self.desk.base_url())

    def forget(self, name: str, snapshot: str) -> None:
        if self.desk.box(name).snapshots.pop(snapshot, None) is None:
            raise Problem(404, f"There is no snapshot {snapshot!r}.")

    def settings(self, name: str) -> Any:
        sandbox = self.desk.box(name)
        if not request.args.get("describe"):
            return sandbox.settings
        described: dict[str, Any] = {
            "limits": {
                "value": sandbox.settings["limits"],
                "default": "documented",
                "allowed": {"enum": ["documented", "off"]},
                "title": "whether calls are counted",
            }
        }
        for vendor, contract in self.desk.assembly.contracts.items():
            described[vendor] = {
                setting.name: {
                    "value": sandbox.settings[vendor][setting.name],
                    "default": setting.default,
                    "allowed": setting.schema.closed,
                    "title": setting.title,
                    "reason": setting.source.why or setting.source.says,
                }
                for setting in contract.settings.values()
            }
        return described

    def set_settings(self, name: str) -> Any:
        sandbox = self.desk.box(name)
        try:
            sandbox.change_settings(body())
        except ValueError as error:
            raise Problem(422, str(error)) from None
        return sandbox.settings
