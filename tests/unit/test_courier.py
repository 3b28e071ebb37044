"""Webhooks over real HTTP, on the virtual clock; and targets that are never called."""

from __future__ import annotations

import hashlib
import hmac
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from emulator.courier import Courier, Forbidden, Policy
from emulator.testing.client import Emulator
from emulator.world import agenda
from emulator.world.sandbox import Sandbox
from emulator.world.world import World
from tests.unit.receiver import Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def courier(toys: Emulator) -> Courier:
    """One whose thread is not started: everything happens when time is moved."""
    return toys.courier


def emit(world: World, url: str, note: str = "1", **more: Any) -> str:
    with world.lock:
        return world.emit("noted", {"note": note}, url=url, **{"secret": "s", "lane": "a", **more}).id


def advance(courier: Courier, sandbox: Sandbox, by: float) -> list[Any]:
    start = sandbox.clock.now()
    return [(entry["at"][11:19], entry["outcome"]) for entry in courier.advance(sandbox, start + by)]


def state(world: World, ident: str) -> str:
    row = world.outbox.rows.get(ident)
    return str(row and row["state"])


def test_the_very_bytes_are_sent_and_signed(
    courier: Courier, sandbox: Sandbox, world: World, receiver: Receiver
) -> None:
    emit(world, receiver.url + "?a=1")
    assert advance(courier, sandbox, 0) == [("12:00:00", {"status": 200})]
    path, headers, body = receiver.got[0]
    assert (path, body) == ("/hook?a=1", b'{"note":"1"}')
    assert headers["X-Signed"] == hmac.new(b"s", body, hashlib.sha256).hexdigest()
    assert headers["Content-Type"] == "application/json"
    assert headers["User-Agent"].startswith("vendor-emulator/")


def test_it_is_tried_again_on_schedule_and_then_discarded(
    courier: Courier, sandbox: Sandbox, world: World, receiver: Receiver
) -> None:
    receiver.plan = [500, 503, 404, 200]
    ident = emit(world, receiver.url)
    assert advance(courier, sandbox, 86400) == [
        ("12:00:00", {"status": 500}),
        ("12:01:00", {"status": 503}),
        ("13:01:00", {"status": 404}),
    ]
    assert state(world, ident) == "discarded"
    assert len(receiver.got) == 3


def test_the_next_attempt_is_in_the_agenda(
    courier: Courier, sandbox: Sandbox, world: World, receiver: Receiver
) -> None:
    receiver.plan = [500]
    emit(world, receiver.url)
    advance(courier, sandbox, 0)
    assert [entry["at"][11:19] for entry in agenda.entries(sandbox)] == ["12:01:00"]


def test_a_strict_lane_keeps_its_order_through_failures(
    courier: Courier, sandbox: Sandbox, world: World, receiver: Receiver
) -> None:
    receiver.plan = [500, 500, 500]
    for note in "123":
        emit(world, receiver.url, note)
    advance(courier, sandbox, 86400)
    notes = [body.decode()[9] for body in receiver.bodies]
    assert notes == ["1", "1", "1", "2", "3"]


def test_lanes_and_independent_deliveries_do_not_wait_for_others(
    courier: Courier, sandbox: Sandbox, world: World, receiver: Receiver
) -> None:
    receiver.plan = [500]
    for note, lane in [("1", "a"), ("2", "a"), ("3", "b")]:
        emit(world, receiver.url, note, lane=lane)
    advance(courier, sandbox, 1)
    assert [body.decode()[9] for body in receiver.bodies] == ["1", "3"]


def test_a_delivery_can_be_sent_again(courier: Courier, sandbox: Sandbox, world: World, receiver: Receiver) -> None:
    ident = emit(world, receiver.url)
    advance(courier, sandbox, 0)
    world.outbox.again(ident, sandbox.clock.now())
    advance(courier, sandbox, 0)
    assert receiver.bodies == [b'{"note":"1"}'] * 2
    row = world.outbox.rows.get(ident)
    assert row is not None
    assert [attempt["status"] for attempt in row["attempts"]] == [200, 200]


def test_a_redirect_is_a_failure_and_is_not_followed(
    courier: Courier, sandbox: Sandbox, world: World, receiver: Receiver
) -> None:
    receiver.plan = [(302, {"Location": receiver.url})]
    ident = emit(world, receiver.url)
    assert advance(courier, sandbox, 0) == [("12:00:00", {"status": 302})]
    assert (len(receiver.got), state(world, ident)) == (1, "pending")


def test_nobody_there_is_a_failure_that_is_told(courier: Courier, sandbox: Sandbox, world: World) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        emit(world, f"http://127.0.0.1:{taken.getsockname()[1]}/")
        told = advance(courier, sandbox, 0)
    assert "ConnectionRefusedError" in told[0][1]["error"]


@pytest.mark.parametrize("url", ["", "nonsense", "ftp://127.0.0.1/", "file:///etc/passwd", "http://", "http:///x"])
def test_what_is_no_http_address_is_refused(courier: Courier, sandbox: Sandbox, world: World, url: str) -> None:
    ident = emit(world, url)
    assert advance(courier, sandbox, 0)[0][1]["refused"] is True
    assert state(world, ident) == "refused"


@pytest.mark.parametrize(
    "url", ["http://[::1", "http://127.0.0.1:99999/", "http://127.0.0.1:1/a b", "http://127.0.0.1:1/\r\nX: y"]
)
def test_what_cannot_be_called_is_a_failure_and_the_courier_lives(
    courier: Courier, sandbox: Sandbox, world: World, url: str
) -> None:
    emit(world, url)
    assert advance(courier, sandbox, 0)[0][1]["error"]


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "169.254.0.1",
        "0.0.0.0",
        "[::]",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "100.100.100.200",
        "[::ffff:169.254.169.254]",
        "[2002:a9fe:a9fe::1]",
        "2852039166",
        "0xa9fea9fe",
        "0251.0376.0251.0376",
        "169.254.43518",
        "224.0.0.1",
        "8.8.8.8",
        "[2001:4860:4860::8888]",
        "[::ffff:8.8.8.8]",
        "0",
    ],
)
def test_addresses_that_are_never_called_are_judged_however_they_are_written(
    courier: Courier, sandbox: Sandbox, world: World, host: str
) -> None:
    ident = emit(world, f"http://{host}/latest/meta-data")
    told = advance(courier, sandbox, 0)[0][1]
    assert told["refused"] is True, told
    assert state(world, ident) == "refused"


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "017700000001", "localhost"])
def test_this_machine_is_called_however_it_is_written(
    courier: Courier, sandbox: Sandbox, world: World, receiver: Receiver, host: str
) -> None:
    emit(world, receiver.url.replace("127.0.0.1", host))
    assert advance(courier, sandbox, 0) == [("12:00:00", {"status": 200})]


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Every name has these addresses; the list tells which names were asked for."""
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr("emulator.courier.socket.getaddrinfo", getaddrinfo)
    return asked


def test_a_name_with_one_forbidden_address_is_forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "127.0.0.1", "169.254.169.254")
    with pytest.raises(Forbidden, match=r"169\.254\.169\.254 is of a kind that is never called"):
        Policy().judge("two.test", 80)


def test_a_name_is_resolved_once_and_the_judged_address_is_called(
    monkeypatch: pytest.MonkeyPatch, courier: Courier, sandbox: Sandbox, world: World, receiver: Receiver
) -> None:
    called: list[Any] = []
    real = socket.create_connection
    monkeypatch.setattr(
        "emulator.courier.socket.create_connection",
        lambda place, *rest: called.append(place) or real(place, *rest),  # type: ignore[func-returns-value]
    )
    plain = Policy.judge
    judged: list[str] = []
    monkeypatch.setattr(Policy, "judge", lambda self, host, port: judged.append(host) or plain(self, "127.0.0.1", port))  # type: ignore[func-returns-value]
    emit(world, receiver.url.replace("127.0.0.1", "rebinding.test"))
    assert advance(courier, sandbox, 0) == [("12:00:00", {"status": 200})]
    assert (judged, [place[0] for place in called]) == (["rebinding.test"], ["127.0.0.1"])
    assert receiver.got[0][1]["Host"].startswith("rebinding.test")


def test_an_unknown_name_is_a_failure_that_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, courier: Courier, sandbox: Sandbox, world: World
) -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr("emulator.courier.socket.getaddrinfo", unknown)
    ident = emit(world, "http://nobody.test/")
    assert "cannot be found" in advance(courier, sandbox, 0)[0][1]["error"]
    assert state(world, ident) == "pending"


def test_more_may_be_allowed_but_never_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "203.0.113.7")
    with pytest.raises(Forbidden, match=r"--webhook-allow 203\.0\.113\.7"):
        Policy().judge("x.test", 80)
    assert Policy(("203.0.113.0/24",)).judge("x.test", 80) == "203.0.113.7"
    resolving(monkeypatch, "169.254.169.254")
    with pytest.raises(Forbidden):
        Policy(("0.0.0.0/0", "169.254.169.254/32")).judge("x.test", 80)


def test_scheduled_stimuli_happen_on_the_way_each_at_its_time(courier: Courier, sandbox: Sandbox, world: World) -> None:
    now = sandbox.clock.now()
    with world.lock:
        world.later("scribble", {"text": "second"}, due=now + 20, title="b")
        world.later("scribble", {"text": "first"}, due=now + 10, title="a")
        world.later("scribble", {}, due=now + 30, title="c")
    happened = courier.advance(sandbox, now + 25)
    assert [(entry["title"], entry["at"][11:19]) for entry in happened] == [("a", "12:00:10"), ("b", "12:00:20")]
    assert [row.data["text"] for row in world.rows("notes").all()[5:]] == ["first", "second"]
    assert "refused" in courier.advance(sandbox, now + 30)[0]["outcome"]
    assert sandbox.clock.now() == now + 30


def test_a_stimulus_that_fails_is_told_and_the_courier_lives(
    monkeypatch: pytest.MonkeyPatch, toys: Emulator, courier: Courier, sandbox: Sandbox, world: World
) -> None:
    def failing(*_: Any) -> Any:
        raise ZeroDivisionError("oops")

    monkeypatch.setitem(toys.assembly.engines["toy"].acts, "toy.stimuli.scribble", failing)  # type: ignore[arg-type]
    with world.lock:
        world.later("scribble", {"text": "x"}, due=sandbox.clock.now(), title="a")
    assert courier.advance(sandbox, sandbox.clock.now())[0]["outcome"] == {"error": "ZeroDivisionError: oops"}


def test_the_thread_delivers_what_is_due_now(served: Emulator, receiver: Receiver) -> None:
    box = served.sandbox()
    arrived = threading.Event()
    receiver.got = _Telling(arrived)
    box.settings.update({"toy": {"hook": receiver.url}})
    emit(box.state("toy"), receiver.url)
    assert arrived.wait(5)
    assert box.clock.advance(0) == []
    assert [delivery["state"] for delivery in box.deliveries()] == ["delivered"]
    box.remove()


class _Telling(list[Any]):
    def __init__(self, event: threading.Event) -> None:
        super().__init__()
        self._event = event

    def append(self, item: Any) -> None:
        super().append(item)
        self._event.set()


def test_a_courier_that_was_stopped_can_begin_again(courier: Courier, world: World, receiver: Receiver) -> None:
    for number in (1, 2):
        courier.start()
        emit(world, receiver.url, str(number))
        courier.stop()  # sends what is due, and waits for it
        assert len(receiver.got) == number


def test_what_was_to_come_in_a_removed_sandbox_does_not_come(
    toys: Emulator, courier: Courier, receiver: Receiver
) -> None:
    box = toys.sandboxes.create({})
    emit(box.worlds["toy"], receiver.url)
    toys.sandboxes.remove(box.name)
    courier.start()
    courier.stop()
    assert (receiver.got, courier._busy) == ([], {})


def test_what_came_with_a_world_is_sent(toys: Emulator, courier: Courier, world: World, receiver: Receiver) -> None:
    emit(world, receiver.url)
    collections = {"outbox": [row.data for row in world.rows("outbox").all()]}
    world.sandbox.reset()
    courier.start()
    made = toys.sandboxes.create({"world": {"vendors": {"toy": {"collections": collections}}}})
    courier.stop()
    assert receiver.bodies == [b'{"note":"1"}']
    toys.sandboxes.remove(made.name)
