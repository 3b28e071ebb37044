"""Delivers what is due in the outboxes, over real HTTP, and lets happen what was scheduled, when each sandbox's clock says so.

Targets are this machine and private networks unless more is allowed; link-local addresses (where clouds keep their
metadata) never are. A name is resolved once, the address is judged, and that address is called. Redirects are not followed.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from emulator import __version__
from emulator.engine import Engine
from emulator.wire import Refusal, fixed
from emulator.world import agenda
from emulator.world.agenda import Due
from emulator.world.clock import LATEST, stamp
from emulator.world.sandbox import Sandbox
from emulator.world.sandboxes import Sandboxes
from emulator.world.world import TIMERS, World

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

PRIVATE = ("127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
NEVER = (
    "169.254.0.0/16",  # link-local, where clouds keep their metadata
    "fe80::/10",
    "fd00:ec2::/32",  # metadata elsewhere
    "100.100.100.200/32",
    "192.0.0.192/32",
    "168.63.129.16/32",
    "2002::/16",  # IPv4 addresses within IPv6 ones: 6to4, Teredo, NAT64, the old compatible form
    "2001::/32",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "::/96",
    "0.0.0.0/8",  # nobody in particular: unspecified, multicast, reserved, broadcast
    "224.0.0.0/3",
    "ff00::/8",
)
AGENT = "vendor-emulator/"
KINDS = "link-local, metadata, unspecified, multicast, reserved, IPv4 within IPv6"
SENDERS = 16
LONGEST_NAP = 3600.0

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Forbidden(Exception):
    """A target that may not be called."""


@fixed
class Policy:
    """Which addresses may be called: private ones, and the networks in `allow`. Raises ValueError for what is no network."""

    allow: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for network in self.allow:
            ipaddress.ip_network(network)

    def judge(self, host: str, port: int) -> str:
        """The address to call for a host. Raises Forbidden, saying why, or OSError where the name is unknown."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        for _, _, _, _, place in found:
            address = _plain(ipaddress.ip_address(str(place[0]).partition("%")[0]))
            if not address.is_loopback and _within(address, NEVER):
                raise Forbidden(f"{address} is of a kind that is never called ({KINDS})")
            if not _within(address, (*PRIVATE, *self.allow)):
                raise Forbidden(
                    f"{address} is neither on this machine nor in a private network; --webhook-allow {address} lets it be called"
                )
        return str(found[0][4][0])


class Courier:
    """One thread that watches the sandboxes in which something is to come, and some that send."""

    def __init__(self, sandboxes: Sandboxes, engines: Mapping[str, Engine], policy: Policy | None = None) -> None:
        self._sandboxes, self._engines, self._policy = sandboxes, engines, policy or Policy()
        self._busy: dict[str, Sandbox] = {}
        self._changed = threading.Condition()
        self._senders: ThreadPoolExecutor | None = None
        self._thread: threading.Thread | None = None
        self._stopped = False
        self._in_hand = 0
        sandboxes.wake = self.wake

    def start(self) -> None:
        """Begins to deliver what is due in any sandbox; again, after it was stopped."""
        self._stopped = False
        known = {sandbox.name: sandbox for sandbox in self._sandboxes}
        with self._changed:
            self._busy |= known
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)
        self._thread.start()

    def wake(self, sandbox: Sandbox) -> None:
        """Looks at a sandbox: something may be due, now or later."""
        with self._changed:
            self._busy[sandbox.name] = sandbox
            self._changed.notify_all()

    def stop(self) -> None:
        """Sends once what is due, waits for it, and ends."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if self._senders is not None:
            self._senders.shutdown(wait=True)
            self._senders = None

    def advance(self, sandbox: Sandbox, to: float) -> list[dict[str, Any]]:
        """Moves a sandbox's clock to a moment, letting happen on the way, each at its time, what falls due. Tells what that was.

        Raises ValueError for a moment beyond the clock's reach; then nothing happens.
        """
        if not to <= LATEST:
            raise ValueError("the clock goes from 1970 to 9000")
        happened: list[dict[str, Any]] = []
        clock = sandbox.clock
        while True:
            due = agenda.first(sandbox)
            if due is None or due.when > to:
                if not self._settled(sandbox):
                    continue
                break
            if due.when > clock.now():
                clock.set(due.when)
            told = self._carry_out(due, sandbox)
            if told is not None:
                happened.append(
                    {
                        "at": stamp(due.when),
                        "vendor": due.world.vendor,
                        "kind": due.kind,
                        "title": due.title,
                        "outcome": told,
                    }
                )
        if to > clock.now():
            clock.set(to)
        self.wake(sandbox)
        return happened

    # -- the thread

    def _run(self) -> None:
        while True:
            last = self._stopped  # what is due when it is told to stop is looked at once more
            naps = [nap for sandbox in self._watched() if (nap := self._look(sandbox)) is not None]
            if last:
                return
            with self._changed:
                if not self._stopped and not any(nap <= 0 for nap in naps):
                    self._changed.wait(min([*naps, LONGEST_NAP]))

    def _watched(self) -> Iterable[Sandbox]:
        with self._changed:
            return list(self._busy.values())

    def _look(self, sandbox: Sandbox) -> float | None:
        """Starts what is due; says in how many real seconds something else will be, or None if the sandbox need not be watched."""
        with self._changed:
            self._busy.pop(sandbox.name, None)
        if self._sandboxes.get(sandbox.name) is not sandbox:  # it was removed, and what was to come with it
            return None
        nap = None
        for world in sandbox.worlds.values():
            with world.lock:
                dues = list(agenda.pending(world, until=sandbox.clock.now()))
            for due in dues:
                wait = sandbox.clock.until(due.when)
                if wait == 0:
                    self._start(due, sandbox)
                elif wait is not None:
                    nap = wait if nap is None else min(nap, wait)
        if nap is not None:
            with self._changed:
                self._busy.setdefault(sandbox.name, sandbox)
        return nap

    def _start(self, due: Due, sandbox: Sandbox) -> None:
        if due.kind == "timer":
            self._carry_out(due, sandbox)
            return
        with due.world.lock:
            delivery = due.world.outbox.claim(due.id)
        if delivery is None:
            return
        if self._senders is None:
            from concurrent.futures import ThreadPoolExecutor  # brings logging with it

            self._senders = ThreadPoolExecutor(SENDERS, thread_name_prefix="courier")
        with self._changed:
            self._in_hand += 1
        self._senders.submit(self._send, delivery, due.world, sandbox)

    def _settled(self, sandbox: Sandbox) -> bool:
        """Whether none of a sandbox's deliveries is in hand; waits a little if one is."""
        sending = False
        for world in sandbox.worlds.values():
            with world.lock:
                sending = sending or len(world.rows("outbox").where(state="sending")) > 0
        if sending:
            with self._changed:
                self._changed.wait(0.05)
        return not sending

    # -- one thing

    def _carry_out(self, due: Due, sandbox: Sandbox) -> Any:
        """Does what is due in this thread. Answers what came of it, or None if somebody else does it."""
        if due.kind == "delivery":
            with due.world.lock:
                delivery = due.world.outbox.claim(due.id)
            if delivery is None:
                self._settled(sandbox)
                return None
            with self._changed:
                self._in_hand += 1
            return self._send(delivery, due.world, sandbox)
        world = due.world
        with world.lock:
            timer = world.rows(TIMERS).get(due.id)
            if timer is None:
                return None
            world.rows(TIMERS).drop(due.id)
            world.store.commit()
            try:
                self._engines[world.vendor].stimulate(timer["stimulus"], timer["body"], world)
            except Refusal as refusal:
                return {"refused": str(refusal)}
            except Exception as error:  # a bug of a behaviour's must not end the courier
                return {"error": f"{type(error).__name__}: {error}"}
        return {"done": timer["stimulus"]}

    def _send(self, delivery: Mapping[str, Any], world: World, sandbox: Sandbox) -> dict[str, Any]:
        webhook = world.contract.webhooks[delivery["webhook"]]
        try:
            attempt = self._attempt(delivery, webhook.timeout)
        except Exception as error:  # whatever a target does, the courier lives
            attempt = {"error": f"{type(error).__name__}: {error}"}
        try:
            with world.lock:
                settled = world.outbox.settle(delivery["id"], attempt, sandbox.clock.now())
                discarded = self._engines[world.vendor].vendor.discarded
                if settled is not None and settled["state"] == "discarded" and discarded is not None:
                    discarded(settled, world)
                world.store.commit()
        finally:
            with self._changed:
                self._in_hand -= 1
            self.wake(sandbox)
        return attempt

    def _attempt(self, delivery: Mapping[str, Any], timeout: float) -> dict[str, Any]:
        """One POST of the very bytes. What came of it: `status`, or `error`, and `refused` where the target may not be called."""
        from emulator.post import post  # HTTP and TLS take a twentieth of the start, and many a run sends no webhook

        url = urlsplit(delivery["url"])
        host, secure = url.hostname or "", url.scheme == "https"
        try:
            if url.scheme not in ("http", "https") or not host:
                raise Forbidden(f"{delivery['url']!r} is no http or https address")
            port = url.port or (443 if secure else 80)
            address = self._policy.judge(host, port)
        except Forbidden as error:
            return {"error": str(error), "refused": True}
        except (OSError, ValueError) as error:
            return {"error": f"the host cannot be found: {error}"}
        target = (url.path or "/") + (f"?{url.query}" if url.query else "")
        verified = delivery["verify_tls"] if secure else None
        headers = {**delivery["headers"], "User-Agent": AGENT + __version__}
        return post((host, port), address, target, headers, delivery["body"].encode(), timeout, verified)


def _plain(address: Address) -> Address:
    """The IPv4 address within an IPv6 one that only maps it."""
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped if mapped is not None else address


def _within(address: Address, networks: Iterable[str]) -> bool:
    return any(address in net for net in map(ipaddress.ip_network, networks) if net.version == address.version)
