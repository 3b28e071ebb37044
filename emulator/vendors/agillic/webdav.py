"""The media browser: context parameter schemas over WebDAV, with the same keys as the API."""

from __future__ import annotations

from collections.abc import Callable, Iterable, MutableMapping
from functools import lru_cache
from typing import Any

from emulator.kit import Basic, Call, Principal, World
from emulator.vendors.agillic.credentials import KEY

Environ = MutableMapping[str, Any]
WORLD = "emulator.agillic.world"
ROLE = "public_api"
_CHALLENGE = [("WWW-Authenticate", 'Basic realm="media"'), ("Content-Length", "0")]


def media(world: World, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answers one WebDAV call for a world: 401 for strangers, 403 for keys of devices."""
    who = Basic(KEY).identify(Call("GET", "/", headers={"authorization": environ.get("HTTP_AUTHORIZATION", "")}), world)
    if not isinstance(who, Principal):
        start_response("401 Unauthorized", _CHALLENGE)
        return [b""]
    if ROLE not in who.roles:
        start_response("403 Forbidden", [("Content-Length", "0")])
        return [b""]
    environ[WORLD], environ["wsgidav.auth.user_name"] = world, who.id
    answer: Iterable[bytes] = _library(environ.get("SCRIPT_NAME", ""))(environ, start_response)
    return answer


@lru_cache(maxsize=64)
def _library(mount: str) -> Any:
    """The WebDAV library's application below a path; it holds no state, every call brings its world."""
    from emulator.vendors.agillic.davfiles import application  # heavy, and few need it

    return application(mount)
