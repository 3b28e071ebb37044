"""Calls that bear what services do on a bad day."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import requests

BUSY = {429, 500, 502, 503, 504}
TRIES = 4
LONGEST_PAUSE = 3601.0
Pause = Callable[[float], object]


class Failed(Exception):
    """A service would not do what it was asked."""


class Caller:
    """Calls below one address. What can be repeated is repeated; a call that may have had an effect is not."""

    def __init__(self, base_url: str, pause: Pause = time.sleep, timeout: float = 5.0) -> None:
        self.base_url, self.pause, self.timeout = base_url, pause, timeout
        self.session = requests.Session()
        self.session.trust_env = False

    def call(self, method: str, path: str, again: bool = False, **more: Any) -> requests.Response:
        """The reply, which is no refusal. `again` says that the call may be repeated whatever its method. Raises Failed."""
        tries = TRIES if again or method in ("GET", "PUT") else 1
        url = path if path.startswith("http") else self.base_url + path
        why = ""
        for attempt in range(tries):
            try:
                reply = self.session.request(method, url, timeout=self.timeout, **more)
            except requests.RequestException as error:
                why = type(error).__name__
            else:
                if reply.status_code < 400:
                    return reply
                why = f"{reply.status_code}: {reply.text[:200]}"
                if reply.status_code == 429:
                    self.pause(wait(reply))
                    continue
                if reply.status_code not in BUSY:
                    break
            self.pause(2.0**attempt)
        raise Failed(f"{method} {path}: {why}")


def wait(reply: requests.Response) -> float:
    """For how long a service that is asked too much wants to be left alone, in seconds."""
    told = reply.headers.get("Retry-After", "")
    return min(float(told), LONGEST_PAUSE) if told.isdigit() else 1.0
