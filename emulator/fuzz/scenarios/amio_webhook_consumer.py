"""Amio: a receiver of webhooks, which are sent twice, late, out of order and by forgers too."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import orjson

from emulator.fuzz.scenario import Finding, Run, Scenario
from emulator.fuzz.scenarios.amio_rows import MESSAGES, VENDOR
from emulator.fuzz.scenarios.common import TEXT, TEXTS, Json, contract, listing, members, misshapen, shown, some, text
from emulator.world.clock import stamp
from emulator.world.outbox import signature

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from emulator.testing.client import Box

STYLE = "channel"
SECRET = "Uq3bVZ81kXw0pTn5LrEy7HcSd2aGfJ"
MOST_DELIVERIES = 8
UNKNOWN = "a_kind_of_tomorrow"
LATE = 12 * 3600.0

Sent = Mapping[str, Any]
"""A delivery: `headers` and `body`; and for the oracle its `event` and the `ids` that it is about, `how` it comes, whether it is `genuine`,
and whether it is the `copy` of one before, of which only the outcome counts."""


def start() -> SearchStrategy[Json]:
    """Some deliveries, each of one event, and how it comes; and what is odd about texts."""
    from hypothesis import strategies as st

    from emulator.fuzz import starts

    one = st.fixed_dictionaries(
        {
            "event": st.sampled_from([*contract(VENDOR).events, UNKNOWN]),
            "comes": st.sampled_from(["once", *AGAIN, *FORGERIES, *STRANGE]),
        }
    )
    return st.fixed_dictionaries({"deliveries": st.lists(one, max_size=MOST_DELIVERIES), "odd": starts.odd([*TEXTS])})


def begin(box: Box, start: Mapping[str, Any], notes: Json) -> Json:
    """Writes the deliveries in the order in which they will come: what is late, or comes again later, after all others."""
    now, ident = box.clock.now(), MESSAGES
    first: list[Sent] = []
    later: list[Sent] = []
    for number, wish in enumerate(start["deliveries"]):
        how = wish["comes"]
        event = _event(
            wish["event"], ident, now - (LATE if how == "late" else number), text(start["odd"], number, "hi")
        )
        ident += 2
        sent = _sent(event, how)
        (later if how == "late" else first).append(sent)
        if how in ("twice", "again later"):
            (first if how == "twice" else later).append({**sent, "copy": True})
    notes["sent"] = [*first, *later]
    deliveries = [{"headers": dict(sent["headers"]), "body": sent["body"]} for sent in notes["sent"]]
    return {"secret": SECRET, "deliveries": deliveries}


# -- what is sent


def _event(name: str, ident: int, at: float, says: str) -> Json:
    """An event as the contract's example shows it, about messages of its own: those with this id and, where there may be two, the next."""
    examples = contract(VENDOR).events
    data: Json = dict(examples[name if name in examples else "postback"].example["data"])
    if name == UNKNOWN:
        data = {"channel": data["channel"], "contact": data["contact"], "what": says}
    if "messages" in data:
        data["messages"] = [{"id": str(ident)}, {"id": str(ident + 1)}]
    elif "message" in data:
        data["message"] = {"id": str(ident)}
    elif "id" in data:
        data |= {"id": str(ident), "content": {"type": "text", "payload": says}}
    return {"event": name, "timestamp": stamp(at), "data": data}


def _about(data: Json) -> list[str]:
    """The ids of the messages that an event with this data is about."""
    ones = [data, data.get("message", {}), *data.get("messages", ())]
    return [one["id"] for one in ones if "id" in one]


def _sent(event: Json, how: str) -> Sent:
    """The event as a delivery that comes so."""
    style = contract(VENDOR).webhooks[STYLE]
    form, forge = STRANGE.get(how, _plain), FORGERIES.get(how, _signed)
    body = form(event)
    signed, body = forge(body)
    assert style.signature is not None
    headers = {"Content-Type": style.media, **({} if signed is None else {style.signature.header: signed})}
    about = {"ids": _about(event["data"]), "event": event["event"], "how": how, "genuine": how not in FORGERIES}
    return {"headers": headers, "body": body, **about, "copy": False}


def _plain(event: Json) -> str:
    return orjson.dumps(event).decode()


def _with_more(event: Json) -> str:
    data = {**event["data"], "x_new": {"note": [1, None]}, "contact": {**event["data"]["contact"], "x_new": True}}
    return _plain({"x_new": "…", **event, "data": data})


def _reordered(event: Json) -> str:
    return _plain({**dict(reversed(event.items())), "data": dict(reversed(event["data"].items()))})


def _sign(body: str, secret: str = SECRET) -> str:
    style = contract(VENDOR).webhooks[STYLE].signature
    assert style is not None
    return signature(style, secret, body.encode())


def _signed(body: str) -> tuple[str | None, str]:
    return _sign(body), body


AGAIN = ("twice", "again later", "late")
STRANGE: Mapping[str, Callable[[Json], str]] = {
    "with escaped letters": json.dumps,
    "with unknown fields": _with_more,
    "with its keys in another order": _reordered,
}
"""Genuine events as the vendor may write them one day."""
FORGERIES: Mapping[str, Callable[[str], tuple[str | None, str]]] = {
    "without a signature": lambda body: (None, body),
    "with an empty signature": lambda body: ("", body),
    "with half a signature": lambda body: (_sign(body)[: len(_sign(body)) // 2], body),
    "signed with another secret": lambda body: (_sign(body, SECRET[::-1]), body),
    "signed without a secret": lambda body: (_sign(body, ""), body),
    "with the signature of another body": lambda body: (_sign("{}"), body),
    "with its body written anew": lambda body: (_sign(body), json.dumps(json.loads(body), indent=1)),
}
"""What forgers make of an event's body: the signature (None: no header) and the body that they send."""


# -- sending it


def deliver(box: Box, answer: Any, start: Mapping[str, Any], notes: Json) -> Any:
    """Sends everything to the WSGI application; what is genuine and not answered with 2xx comes again as the vendor's schedule says,
    and what follows waits for it. Answers what was processed. What is no application is the result itself, of a client that was a command.
    """
    if not callable(answer):
        return answer
    retry = box.state(VENDOR).contract.webhooks[STYLE].retry
    notes["answers"] = []
    for sent in notes["sent"]:
        statuses = [_post(answer, sent)]
        for wait in retry if sent["genuine"] else ():
            if _good(statuses[-1]):
                break
            box.clock.advance(wait)
            statuses.append(_post(answer, sent))
        notes["answers"].append(statuses)
    return list(getattr(answer, "processed", ()))


def _good(status: int) -> bool:
    return 200 <= status < 300


def _post(application: Any, sent: Sent) -> int:
    """The status of one delivery; an application that raises has answered 500, as its server would have."""
    from werkzeug.test import Client

    try:
        reply = Client(application).post("/", data=sent["body"].encode(), headers=sent["headers"], buffered=True)
    except Exception:
        return 500
    return reply.status_code


# -- judging it


def judge(run: Run) -> Iterator[Finding]:
    """Each genuine event processed once and answered well, no forged one."""
    if found := misshapen(run):
        yield from found
        return
    met, deliveries = Counter(run.result), run.notes["sent"]
    answers = run.notes.get("answers") or [[]] * len(deliveries)
    for sent, statuses in zip(deliveries, answers, strict=True):
        if not sent["copy"]:
            yield from _judged(sent, statuses, met)
    known = {ident for sent in deliveries for ident in sent["ids"]}
    if strangers := [ident for ident in met if ident not in known]:
        yield Finding("result", f"It processed {some(strangers)}, which no event was about.")


def _judged(sent: Sent, statuses: Sequence[int], met: Mapping[str, int]) -> Iterator[Finding]:
    told = f"The {sent['event']} that came {sent['how']}"
    ids = sent["ids"]
    if not sent["genuine"]:
        if any(met[ident] for ident in ids):
            yield Finding("result", f"{told} was taken for genuine: {some(ids)} was processed.")
        return
    trait = "survives" if sent["how"] in STRANGE or sent["event"] == UNKNOWN else "result"
    if statuses and not _good(statuses[-1]):
        yield Finding(trait, f"{told} was answered {statuses[-1]} {len(statuses)} times, until it was discarded.")
    if missing := [ident for ident in ids if not met[ident]]:
        yield Finding(trait, f"{told} was not processed: {some(missing)}.")
    for ident in ids:
        if met[ident] > 1:
            yield Finding("twice", f"{told} was processed {met[ident]} times: {shown(ident)}.")


DELIVERY = members(headers={"type": "object", "additionalProperties": {"type": "string"}}, body=TEXT)
SCENARIO = Scenario(
    name="amio.webhook_consumer",
    title="Receive webhooks",
    operations=(),
    inputs=members(secret=TEXT, deliveries=listing(DELIVERY)),
    result=listing(TEXT),
    oracle="each genuine event processed once and answered with 2xx, no forged one processed",
    start=start,
    begin=begin,
    judge=judge,
    calls=lambda start: 0,
    serves=True,
    deliver=deliver,
)
