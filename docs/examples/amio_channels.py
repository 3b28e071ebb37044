"""Amio: every channel of the organisation. A scenario of one's own: `emulator fuzz --scenario docs/examples/amio_channels.py`."""

from collections import Counter

from emulator.fuzz.scenario import Finding, Scenario


def start():
    """What hypothesis draws: JSON, small, and simplest first."""
    from hypothesis import strategies as st

    names = st.sampled_from(["Shop", "Obchod č. 1", "🛍️ 店"])
    return st.fixed_dictionaries({"channels": st.integers(0, 25), "name": names})


def begin(box, start, notes):
    """Makes that world, notes for the oracle what it needs, and answers the client's inputs: here it needs none."""
    notes |= {"stayed": [], "others": [], "name": start["name"]}
    for _ in range(start["channels"]):
        notes["stayed"].append(add(box, notes))
    return {}


def add(box, notes):
    """A channel as the vendor keeps it (`emulator/vendors/amio/channels.py`)."""
    world = box.state("amio")
    channel = {"id": world.ids.snowflake(), "type": "amio_chat", "name": notes["name"]}
    world.rows("channels").add({**channel, "mode": "production", "webhook": None})
    return channel["id"]


def change(box, kind, count, notes):
    """What comes and goes between two pages."""
    for _ in range(count):
        if kind == "arrive":
            notes["others"].append(add(box, notes))
        elif notes["stayed"]:
            notes["others"].append(notes["stayed"].pop(0))
            box.state("amio").rows("channels").drop(notes["others"][-1])


def judge(run):
    """What is wrong with a result: missing, double, unknown."""
    found, stayed = Counter(run.result), run.notes["stayed"]
    for ident in stayed:
        if ident not in found:
            yield Finding("pages", f"The channel {ident} is missing.")
    for ident, times in found.items():
        if times > 1:
            yield Finding("twice", f"The channel {ident} is there {times} times.")
        if ident not in stayed and ident not in run.notes["others"]:
            yield Finding("result", f"There is no channel {ident}.")


SCENARIO = Scenario(
    name="amio.list_channels",
    title="List every channel",
    operations=("amio.channels.find",),
    inputs={"type": "object"},
    result={"type": "array", "items": {"type": "string"}},
    oracle="each channel exactly once",
    start=start,
    begin=begin,
    judge=judge,
    calls=lambda start: 2 * start["channels"] + 3,
    change=change,
)
