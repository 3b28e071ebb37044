"""The emulator inside a test's own process: a real server on a free port, and its sandboxes."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from emulator.app import App, Options, loopback
from emulator.assembly import PACKAGE, Assembly, assemble
from emulator.courier import Courier, Policy
from emulator.serving import Server
from emulator.testing.box import Box, Handle
from emulator.world.ids import fresh
from emulator.world.sandboxes import Sandboxes

if TYPE_CHECKING:
    from emulator.testing.intercept import Interception

__all__ = ["Box", "Emulator", "Handle"]


class Emulator:
    """All vendors (or those named) on a port of this machine, while the `with` block lasts; port 0 takes a free one.

    On an address that is none of this machine's alone, the control plane asks for `admin_token`, which is made if none is given.

    `contracts`, `fixtures` and `package` serve vendors of one's own. Raises BadContract where theirs cannot be served.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        vendors: Iterable[str] = (),
        world: str = "demo",
        limits: str = "documented",
        webhook_allow: Iterable[str] = (),
        only_documented: bool = False,
        admin_token: str = "",
        contracts: Path | None = None,
        fixtures: Path | None = None,
        package: str = PACKAGE,
    ) -> None:
        self.assembly: Assembly = assemble(
            vendors, contracts=contracts, fixtures=fixtures, package=package, thorough=contracts is not None
        )
        self.sandboxes = Sandboxes(self.assembly.makers, start=world, limits=limits, only_documented=only_documented)
        self.courier = Courier(self.sandboxes, self.assembly.engines, Policy(tuple(webhook_allow)))
        self.admin_token = admin_token or ("" if loopback(host) else fresh(24))
        """Who calls the control plane must bear it; empty where that is open: on a loopback address."""
        options = Options(admin_token=self.admin_token, trusted_hosts=frozenset({host}))
        self.app = App(self.assembly, self.sandboxes, self.courier, options)
        self._host, self._port = host, port
        self._server: Server | None = None
        self._delivering = 0
        self._lock = threading.Lock()

    def start(self) -> Self:
        """Begins to serve."""
        self._server = Server(self.app, self._host, self._port, inline=True)
        self._server.start()
        self.begin_delivering()
        return self

    def stop(self) -> None:
        """Answers what is in flight, tries due deliveries once, and ends."""
        if self._server is not None:
            self._server.stop()
            self._server = None
            self.end_delivering()

    def intercept(self, unknown: Literal["pass", "refuse"] = "pass") -> Interception:
        """While its `with` block lasts, calls to the vendors' own hosts (any port, http and https) that this process makes with
        requests, urllib3 or httpx are answered here, without a socket; the emulator may be served as well, or not.

        Calls to other hosts go out, or fail as if there were no network if `unknown` is `refuse`. In nested blocks the innermost
        that knows the host answers, and one that refuses is enough.
        """
        from emulator.testing.intercept import Interception

        return Interception(self, unknown)

    def begin_delivering(self) -> None:
        """Webhooks go out from now on, until those who wanted that have all ended it."""
        with self._lock:
            self._delivering += 1
            if self._delivering == 1:
                self.courier.start()

    def end_delivering(self) -> None:
        """One who wanted webhooks wants them no more; the last has those sent that are due."""
        with self._lock:
            self._delivering -= 1
            if self._delivering == 0:
                self.courier.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def base_url(self) -> str:
        """Where it is served. Raises RuntimeError before it is."""
        if self._server is None:
            raise RuntimeError("the emulator is not being served: use it in a with block, or call start()")
        host, port = self._server.address
        return f"http://{host}:{port}"

    @property
    def address(self) -> tuple[str, int] | None:
        """Host and port, if it is served."""
        return self._server.address if self._server is not None else None

    @property
    def default(self) -> Box:
        """The sandbox of calls that name none."""
        return Box(self, self.sandboxes.default)

    def sandbox(self, name: str | None = None, **wish: Any) -> Box:
        """A new sandbox; takes `seed`, `world`, `limits`, `clock` and `ttl` as the control plane does."""
        return Box(self, self.sandboxes.create({**wish, **({"name": name} if name else {})}))
