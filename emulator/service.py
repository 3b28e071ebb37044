"""`emulator serve`: everything put together, announced, served, and drained at the end."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

from emulator import __version__
from emulator.app import App, Options, loopback
from emulator.assembly import Assembly, assemble
from emulator.courier import Courier, Policy
from emulator.serving import Server, serve
from emulator.wire import fixed
from emulator.world.clock import Clock
from emulator.world.ids import fresh
from emulator.world.keeper import Keeper
from emulator.world.sandboxes import Sandboxes


@fixed
class ServeOptions:
    """What `emulator serve` was told."""

    host: str = "127.0.0.1"
    port: int = 8080
    store: str = "memory:"
    vendor: list[str] = field(default_factory=list)
    world: list[Path] = field(default_factory=list)
    empty: bool = False
    limits: str = "documented"
    public_url: str = ""
    tls: bool = False
    webhook_allow: list[str] = field(default_factory=list)
    admin_token: str = ""
    only_documented: bool = False
    log: str = "text"
    quiet: bool = False


def run(options: ServeOptions) -> int:
    """Serves until SIGINT or SIGTERM. Answers the exit status.

    Raises BadContract, ValueError for options that make no sense, OSError for an address that cannot be had.
    """
    with _all_alive():
        assembly = assemble(options.vendor)
        sandboxes = _sandboxes(options, assembly)
        token = options.admin_token or ("" if loopback(options.host) else fresh(24))
        courier = Courier(sandboxes, assembly.engines, Policy(tuple(options.webhook_allow)))
        authority = _authority(options) if options.tls else None
        app = App(
            assembly,
            sandboxes,
            courier,
            Options(
                public_url=options.public_url,
                admin_token=token,
                trusted_hosts=frozenset(filter(None, [urlsplit(options.public_url).hostname, options.host])),
                tls_authority=authority.authority if authority else None,
            ),
        )
    courier.start()

    def ready(server: Server) -> None:
        if not options.quiet:
            _announce(options, server, assembly, sandboxes, token)

    return serve(
        app,
        options.host,
        options.port,
        tls=authority.files if authority else None,
        inline=True,
        on_ready=ready,
        on_drained=courier.stop,
    )


@contextmanager
def _all_alive() -> Iterator[None]:
    """What is made in the block stays as long as the process: nobody looks for garbage in it, neither meanwhile nor later."""
    gc.disable()
    try:
        yield
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
    finally:
        gc.enable()


def _keeper(store: str) -> Keeper | None:
    """Where state is kept: `memory:`, or `sqlite:FILE`."""
    kind, colon, path = store.partition(":")
    if colon and kind == "memory":
        return None
    if not colon or kind != "sqlite" or not path:
        raise ValueError(f"--store {store}: write memory: or sqlite:FILE")
    return Keeper(Path(path))


def _sandboxes(options: ServeOptions, assembly: Assembly) -> Sandboxes:
    world = _first_world(options.world)
    try:
        return Sandboxes(
            assembly.makers,
            keeper=_keeper(options.store),
            world=world,
            start="empty" if options.empty else "demo",
            limits=options.limits,
            only_documented=options.only_documented,
        )
    except ValueError as error:
        raise ValueError(f"--world: {error}" if world else str(error)) from None


def _first_world(paths: list[Path]) -> dict[str, Any]:
    """The documents as one, the later over the earlier vendor by vendor; empty if there are none."""
    merged: dict[str, Any] = {}
    for path in paths:
        try:
            given = orjson.loads(path.read_bytes())
        except OSError as error:
            raise ValueError(f"--world {path}: {error.strerror}") from None
        except orjson.JSONDecodeError as error:
            raise ValueError(f"--world {path}: not JSON: {error}") from None
        if not isinstance(given, dict) or not isinstance(given.get("vendors", {}), dict):
            raise ValueError(f"--world {path}: a world document is a JSON object with vendors")
        merged = {**merged, **given, "vendors": {**merged.get("vendors", {}), **given.get("vendors", {})}}
    return merged


def _authority(options: ServeOptions) -> Any:
    from emulator.serving.authority import Authority  # brings cryptography with it

    return Authority.for_hosts([options.host, urlsplit(options.public_url).hostname or "localhost"], Clock().utc())


def _announce(options: ServeOptions, server: Server, assembly: Assembly, sandboxes: Sandboxes, token: str) -> None:
    host, port = server.address
    host = "localhost" if host in ("0.0.0.0", "::") else host
    base = options.public_url.rstrip("/") or f"http://{'[' + host + ']' if ':' in host else host}:{port}"
    told: dict[str, Any] = {
        "event": "serving",
        "version": __version__,
        "control": f"{base}/_emulator",
        "vendors": {v: {"base_url": f"{base}/{v}", **w.credentials} for v, w in sandboxes.default.worlds.items()},
    }
    if server.tls_address is not None:
        told["https"] = f"https://{host}:{server.tls_address[1]}"
    if token and not options.admin_token:
        told["admin_token"] = token
    sys.stdout.write(orjson.dumps(told).decode() + "\n" if options.log == "json" else _text(told, assembly))
    sys.stdout.flush()


def _text(told: dict[str, Any], assembly: Assembly) -> str:
    lines = [f"emulator {told['version']}: console {told['control']}"]
    if "https" in told:
        lines.append(f"  also {told['https']} (trust {told['control']}/ca.pem)")
    if "admin_token" in told:
        lines.append(f"  admin token {told['admin_token']}")
    for vendor, values in told["vendors"].items():
        credentials = "  ".join(
            f"{name} {value}" for name, value in values.items() if name != "base_url" and len(value) < 60
        )
        lines.append(f"  {assembly.engines[vendor].contract.title:8} {values['base_url']}  {credentials}")
    return "\n".join(lines) + "\n"
