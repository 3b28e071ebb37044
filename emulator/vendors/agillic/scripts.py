"""Extensions: scripts of a customer's. What they answer is said beforehand; nothing of theirs is run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from emulator.kit import World
from emulator.vendors.agillic.files import Sent

SCRIPTS = "extensions"
HTTP = "http"
_OPEN = re.compile(r"""@open\s*:\s*["']true["']""", re.IGNORECASE)
_ASYNC = re.compile(r"""@async\s*:\s*["']true["']""", re.IGNORECASE)


def publish(world: World, file: Sent, kind: str) -> None:
    """Puts a script in force under its file's name, without the ending; what it was said to answer stays."""
    name = file.path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    source = file.content.decode(errors="replace")
    old = world.rows(SCRIPTS).get(name) or {"replies": [], "type": HTTP}
    marks = {"open": _OPEN.search(source) is not None, "async": _ASYNC.search(source) is not None}
    world.rows(SCRIPTS).put({**old, "id": name, "type": kind or old["type"], **marks})


def answer(script: Mapping[str, Any], method: str, path: str) -> Mapping[str, Any] | None:
    """The first answer that was said for this method and path; None if there is none, or if the script is to fail."""
    for reply in script.get("replies", ()):
        if reply.get("method", method) == method and reply.get("path", path).strip("/") == path.strip("/"):
            return None if reply.get("fails") else dict(reply)
    return None
