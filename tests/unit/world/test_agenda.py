"""What is to come, in order."""

from __future__ import annotations

import sys
from collections import Counter
from types import FrameType
from typing import Any

from emulator.world import agenda
from emulator.world.sandbox import Sandbox
from emulator.world.world import World


def test_deliveries_timers_windows_and_expiries_stand_in_the_order_of_their_time(
    sandbox: Sandbox, world: World
) -> None:
    now = sandbox.clock.now()
    world.later("scribble", {"text": "x"}, due=now + 30, title="somebody scribbles")
    world.emit("noted", {"note": "1"}, url="http://127.0.0.1:1/", lane="a")
    world.rows("windows").add({"id": "minute:me"}, expires=now + 60)
    world.rows("credentials").add({"id": "token:hush", "principal": "me"}, expires=now + 20)
    world.rows("documents").add({"id": "d1"}, expires=now + 10)
    told = agenda.entries(sandbox)
    assert [(entry["kind"], entry["at"][14:19]) for entry in told] == [
        ("delivery", "00:00"),
        ("expiry", "00:10"),
        ("credential", "00:20"),
        ("timer", "00:30"),
        ("rate window", "01:00"),
    ]
    assert "hush" not in str(told)


def test_what_comes_first_is_what_is_due_first_in_any_world(sandbox: Sandbox, world: World) -> None:
    assert agenda.first(sandbox) is None
    world.later("scribble", {"text": "b"}, due=sandbox.clock.now() + 9, title="b")
    world.later("scribble", {"text": "a"}, due=sandbox.clock.now() + 3, title="a")
    due = agenda.first(sandbox)
    assert due is not None
    assert due.title == "a"


def test_of_a_strict_lane_only_the_first_is_to_come(sandbox: Sandbox, world: World) -> None:
    for _ in range(3):
        world.emit("noted", {"note": "1"}, url="http://127.0.0.1:1/", lane="a")
    assert len(agenda.entries(sandbox)) == 1


def test_what_has_expired_is_no_longer_to_come(sandbox: Sandbox, world: World) -> None:
    world.rows("documents").add({"id": "d"}, expires=sandbox.clock.now() + 10)
    sandbox.clock.set(sandbox.clock.now() + 10)
    assert agenda.entries(sandbox) == []


def entered(sandbox: Sandbox) -> Counter[str]:
    """The functions that are entered to find what comes first."""
    seen: Counter[str] = Counter()

    def look(frame: FrameType, event: str, _: Any) -> None:
        seen[frame.f_code.co_qualname] += event == "call"

    sys.setprofile(look)
    try:
        agenda.first(sandbox)
    finally:
        sys.setprofile(None)
    return seen


def test_what_comes_first_is_found_at_the_same_cost_however_much_is_to_come(sandbox: Sandbox, world: World) -> None:
    def wait(times: int) -> None:
        for number in range(times):
            world.later("scribble", {"text": "x"}, due=sandbox.clock.now() + number, title="x")
            world.emit("noted", {"note": "1"}, url="http://127.0.0.1:1/", lane="a")

    wait(2)
    agenda.first(sandbox)
    few = entered(sandbox)
    wait(100)
    assert entered(sandbox) == few
