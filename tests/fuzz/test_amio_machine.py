"""Amio's channels, contacts and messages in any order: totals, cascades, order of ids, and pages that visit each once."""

from typing import Any

import orjson
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from emulator.engine import Answer
from emulator.wire import Call
from emulator.world.sandboxes import Sandboxes
from tests.fuzz.support import assembly_of

STEPS = 30
NEEDS: dict[str, dict[str, Any]] = {
    "amio_chat": {},
    "mobile": {"provider": {"type": "messagebird", "sender_id": "SHOP", "access_token": "bird-token"}},
    "telegram": {"telegram": {"access_token": "bot-token"}},
    "viber": {"viber": {"access_token": "viber-token"}},
}
NUMBERS = [f"+1202555{n:04d}" for n in range(100, 112)]
TEXTS = st.one_of(st.sampled_from(["hi", "ahoj 😀", "x" * 300]), st.text(min_size=1, max_size=20))


class Organisation(RuleBasedStateMachine):
    """A model beside the emulator: channels with their contacts with their messages, each in the order in which they came."""

    def __init__(self) -> None:
        super().__init__()
        assembly = assembly_of("amio")
        self.engine = assembly.engines["amio"]
        self.box = Sandboxes(assembly.makers, start="empty", limits="off").default
        self.world = self.box.worlds["amio"]
        self.token = self.world.credentials["token"]
        self.model: dict[str, dict[str, list[str]]] = {}
        self.kinds: dict[str, str] = {}
        self.numbers: dict[tuple[str, str], str] = {}
        self.dead: list[str] = []

    def call(self, method: str, path: str, body: Any = None, query: str = "") -> Answer:
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        answer = self.engine.handle(
            Call(method, "/v1" + path, query, headers, orjson.dumps(body) if body is not None else b""), self.world
        )
        assert answer.status < 500 or answer.status == 502, (method, path, body, answer)
        return answer

    def read(self, path: str, query: str = "") -> Any:
        answer = self.call("GET", path, query=query)
        assert answer.status == 200, (path, query, answer)
        return orjson.loads(answer.body)

    def pick(self, data: st.DataObject) -> tuple[str, str]:
        pairs = [(channel, contact) for channel, contacts in self.model.items() for contact in contacts]
        return data.draw(st.sampled_from(pairs), "contact")

    @initialize()
    def nothing_there(self) -> None:
        assert self.read("/channels") == []

    @precondition(lambda self: len(self.model) < 6)
    @rule(kind=st.sampled_from(sorted(NEEDS)), name=st.text(min_size=1, max_size=10).filter(str.strip))
    def create_channel(self, kind: str, name: str) -> None:
        answer = self.call("POST", "/channels", {"type": kind, "name": name, **NEEDS[kind]})
        assert answer.status == 201, answer
        ident = orjson.loads(answer.body)["id"]
        assert answer.headers["Location"].endswith(f"/v1/channels/{ident}")
        assert all(int(ident) > int(other) for other in [*self.model, *self.dead]), "ids increase"
        self.model[ident], self.kinds[ident] = {}, kind

    @precondition(lambda self: self.model)
    @rule(data=st.data(), text=TEXTS)
    def somebody_writes(self, data: st.DataObject, text: str) -> None:
        channel = data.draw(st.sampled_from(sorted(self.model)), "channel")
        known = sorted(self.model[channel])
        body: dict[str, Any] = {"channel_id": channel, "text": text}
        if known and data.draw(st.booleans(), "somebody known"):
            body["contact_id"] = data.draw(st.sampled_from(known), "contact")
        elif self.kinds[channel] == "mobile":
            body["phone_number"] = data.draw(st.sampled_from(NUMBERS), "number")
        before = {row.id for row in self.world.rows("contacts").all()}
        messages = {row.id for row in self.world.rows("messages").all()}
        self.engine.stimulate("message_received", body, self.world)
        new = {row.id for row in self.world.rows("contacts").all()} - before
        written = [row.id for row in self.world.rows("messages").all() if row.id not in messages]
        assert len(written) == 1
        assert len(new) <= 1
        contact = body.get("contact_id") or self.numbers.get((channel, body.get("phone_number", "")))
        if contact is None:
            (contact,) = new
        else:
            assert not new, "somebody known came as a new contact"
        if "phone_number" in body:
            self.numbers[channel, body["phone_number"]] = contact
        self.model[channel].setdefault(contact, []).extend(written)

    @precondition(lambda self: any(self.model.values()))
    @rule(data=st.data(), text=TEXTS)
    def answer_a_contact(self, data: st.DataObject, text: str) -> None:
        channel, contact = self.pick(data)
        self.sent(channel, {"id": contact}, text, contact)

    @precondition(lambda self: any(self.model.values()))
    @rule(data=st.data(), many=st.integers(10, 13))
    def answer_often(self, data: st.DataObject, many: int) -> None:
        channel, contact = self.pick(data)
        for number in range(many):
            self.sent(channel, {"id": contact}, f"{number}", contact)

    @precondition(lambda self: "mobile" in self.kinds.values())
    @rule(data=st.data(), number=st.sampled_from(NUMBERS), text=TEXTS)
    def send_to_a_number(self, data: st.DataObject, number: str, text: str) -> None:
        channel = data.draw(st.sampled_from(sorted(c for c, kind in self.kinds.items() if kind == "mobile")), "channel")
        contact = self.sent(channel, {"phone_number": number}, text, self.numbers.get((channel, number)))
        self.numbers[channel, number] = contact

    def sent(self, channel: str, contact: dict[str, str], text: str, expected: str | None) -> str:
        body = {"channel": {"id": channel}, "contact": contact, "content": {"type": "text", "payload": text}}
        answer = self.call("POST", "/messages", body)
        assert answer.status == 201, (body, answer)
        message = orjson.loads(answer.body)
        ident = message["contact"]["id"]
        assert expected in (None, ident)
        assert (expected is None) == (ident not in self.model[channel])
        earlier = [m for contacts in self.model.values() for messages in contacts.values() for m in messages]
        assert all(int(message["id"]) > int(other) for other in earlier), "ids increase"
        self.model[channel].setdefault(ident, []).append(message["id"])
        return str(ident)

    @precondition(lambda self: any(self.model.values()))
    @rule(data=st.data())
    def delete_a_contact(self, data: st.DataObject) -> None:
        channel, contact = self.pick(data)
        answer = self.call("DELETE", f"/channels/{channel}/contacts/{contact}")
        assert answer.status < 300, answer
        del self.model[channel][contact]
        self.numbers = {key: ident for key, ident in self.numbers.items() if ident != contact}
        for path in (f"/channels/{channel}/contacts/{contact}", f"/channels/{channel}/contacts/{contact}/messages"):
            assert self.call("GET", path).status == 404, path
        assert self.call("DELETE", f"/channels/{channel}/contacts/{contact}").status == 404

    @precondition(lambda self: len(self.model) > 1)
    @rule(data=st.data())
    def delete_a_channel(self, data: st.DataObject) -> None:
        channel = data.draw(st.sampled_from(sorted(self.model)), "channel")
        assert self.call("DELETE", f"/channels/{channel}").status < 300
        contacts = self.model.pop(channel)
        self.dead.append(channel)
        del self.kinds[channel]
        self.numbers = {key: ident for key, ident in self.numbers.items() if key[0] != channel}
        gone = [f"/channels/{channel}", f"/channels/{channel}/contacts", f"/channels/{channel}/settings"]
        gone += [f"/channels/{channel}/contacts/{contact}{rest}" for contact in contacts for rest in ("", "/messages")]
        for path in gone:
            assert self.call("GET", path).status == 404, path
        body = {"channel": {"id": channel}, "contact": {"id": "1"}, "content": {"type": "text", "payload": "x"}}
        assert 400 <= self.call("POST", "/messages", body).status < 500

    @precondition(lambda self: self.model)
    @rule(size=st.one_of(st.integers(1, 12), st.sampled_from([1, 10, 99, 100])))
    def page_through(self, size: int) -> None:
        lists: list[tuple[str, list[str], bool]] = [("/channels", list(self.model), False)]
        for channel, contacts in self.model.items():
            lists.append((f"/channels/{channel}/contacts", list(contacts), False))
            for contact, messages in contacts.items():
                lists.append((f"/channels/{channel}/contacts/{contact}/messages", messages[::-1], True))
        for path, expected, in_order in lists:
            self.pages(path, expected, in_order, size)

    def pages(self, path: str, expected: list[str], in_order: bool, size: int) -> None:
        seen: list[str] = []
        for offset in range(0, len(expected) + size, size):
            answer = self.call("GET", path, query=f"max={size}&offset={offset}")
            assert answer.status == 200, answer
            page = [item["id"] for item in orjson.loads(answer.body)]
            assert len(page) == max(0, min(size, len(expected) - offset))
            assert {k.lower(): v for k, v in answer.headers.items()}["x-total-count"] == str(len(expected))
            seen += page
        assert sorted(seen) == sorted(expected), "each is visited once"
        assert not in_order or seen == expected, "newest first"

    @invariant()
    def nothing_is_left_over(self) -> None:
        contacts = [contact for found in self.model.values() for contact in found]
        messages = [m for found in self.model.values() for listed in found.values() for m in listed]
        assert sorted(row.id for row in self.world.rows("channels").all()) == sorted(self.model)
        assert sorted(row.id for row in self.world.rows("contacts").all()) == sorted(contacts)
        assert sorted(row.id for row in self.world.rows("messages").all()) == sorted(messages)


def test_amio_keeps_its_invariants() -> None:
    run_state_machine_as_test(
        Organisation,
        settings=settings(
            settings.default,
            max_examples=max(25, settings.default.max_examples // 2),
            stateful_step_count=STEPS,
            suppress_health_check=list(HealthCheck),
        ),
    )
