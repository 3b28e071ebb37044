"""What is patched of requests, for speed alone: what it prepares for a network that is not there is most of a call's cost.

What is not plain (retries, cookies, replies that suffer on their way) is answered below, by what is patched of urllib3.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from emulator.testing.inprocess import Place, ask, whole
from emulator.testing.intercept_urllib3 import HANDED, fields_of, plain, responder

if TYPE_CHECKING:
    from emulator.testing.intercept import Board


def patches(module: Any, board: Board) -> list[tuple[type, str, Any]]:
    """The patches of `requests.sessions`."""
    merge, adapter = module.Session.merge_environment_settings, module.HTTPAdapter
    send_out = adapter.send
    respond = responder(sys.modules["urllib3.connectionpool"])

    def merge_environment_settings(self: Any, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> Any:
        """Looks for no proxies in the environment."""
        place = _place(url)[0] if isinstance(url, str) else None
        if proxies or self.proxies or place is None or board.answering(place.host, place.port) is None:
            return merge(self, url, proxies, stream, verify, cert)
        return {
            "proxies": {},
            "stream": self.stream if stream is None else stream,
            "verify": self.verify if verify is None else verify,
            "cert": self.cert if cert is None else cert,
        }

    def send(self: Any, request: Any, *args: Any, **options: Any) -> Any:
        """Without a pool and a connection, unless something is to happen there."""
        place, target = _place(request.url)
        one, retries = board.answering(place.host, place.port), self.max_retries
        if one is None or respond is None or retries.total or retries.status_forcelist:
            return send_out(self, request, *args, **options)
        self.add_headers(request, *args, **options)
        body = whole(request.body)
        chunked = body and "content-length" not in request.headers
        told = ask(one.app, request.method, place, target, fields_of(request.headers, place, body, bool(chunked)), body)
        if plain(told):
            return self.build_response(request, respond(None, request.method, target, told, _UNREAD))
        HANDED.over = told, body
        try:
            return send_out(self, request, *args, **options)
        finally:
            vars(HANDED).clear()

    return [
        (module.Session, "merge_environment_settings", merge_environment_settings),
        (adapter, "send", send),
    ]


_UNREAD = {"preload_content": False, "decode_content": False}


def _place(url: str) -> tuple[Place, str]:
    parts = urlsplit(url)
    target = parts.path or "/"
    return Place(parts.scheme, parts.hostname or "", parts.port), f"{target}?{parts.query}" if parts.query else target
