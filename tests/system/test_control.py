"""The control plane over a socket: every call, done as asked and done wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from emulator.app import App, Options
from emulator.serving import Server
from emulator.testing.client import Emulator
from tests import toy
from tests.unit.receiver import receiving

Ask = Callable[..., requests.Response]


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with toy.emulator(tmp_path_factory.mktemp("control")) as running:
        yield running


@pytest.fixture(scope="module")
def client() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


@pytest.fixture
def ask(emulator: Emulator, client: requests.Session) -> Ask:
    """`ask("GET", "/sandboxes")`: a call below /_emulator."""

    def make(method: str, path: str, body: Any = None, **more: Any) -> requests.Response:
        return client.request(method, f"{emulator.base_url}/_emulator{path}", json=body, timeout=10, **more)

    return make


@pytest.fixture
def name(ask: Ask) -> Iterator[str]:
    """A sandbox of the test's own, its clock frozen at a Monday noon."""
    made = ask("POST", "/sandboxes", {"clock": {"now": "2026-01-05T12:00:00Z", "mode": "frozen"}, "seed": 1}).json()[
        "name"
    ]
    yield made
    ask("DELETE", f"/sandboxes/{made}")


@pytest.fixture
def box(ask: Ask, name: str) -> Ask:
    """`box("GET", "/clock")`: a call about that sandbox."""
    return lambda method, path="", body=None, **more: ask(method, f"/sandboxes/{name}{path}", body, **more)


@pytest.fixture
def notes(emulator: Emulator, client: requests.Session, name: str) -> Ask:
    """`notes("GET")`: a call of the toy in that sandbox."""
    sandbox = emulator.sandboxes.get(name)
    assert sandbox is not None
    headers = {"Authorization": f"Bearer {sandbox.worlds['toy'].credentials['token']}"}

    def make(method: str, path: str = "", body: Any = None) -> requests.Response:
        url = f"{emulator.base_url}/~{name}/toy/notes{path}"
        return client.request(method, url, json=body, headers=headers, timeout=10)

    return make


def problem(reply: requests.Response, status: int) -> str:
    """What a problem document says."""
    assert reply.status_code == status, reply.text
    assert reply.headers["Content-Type"] == "application/problem+json"
    told = reply.json()
    assert (told["status"], told["type"]) == (status, "about:blank")
    return str(told["detail"])


# -- itself


def test_it_says_that_it_can_serve(ask: Ask) -> None:
    told = ask("GET", "/health").json()
    assert (told["status"], told["vendors"]) == ("ok", ["toy"])


def test_it_describes_itself_whole(emulator: Emulator, ask: Ask) -> None:
    told = ask("GET", "/openapi.json").json()
    described = {(method.upper(), "/_emulator" + path) for path, item in told["paths"].items() for method in item}
    served = {
        (method, str(rule).replace("<int:", "{").replace("<", "{").replace(">", "}"))
        for rule in emulator.app.flask.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if str(rule).startswith("/_emulator")
    }
    assert {call for call in served - described if call[0] != "HEAD"} == set()


def test_it_describes_the_vendors(ask: Ask) -> None:
    told = ask("GET", "/openapi/toy.json").json()
    assert told["openapi"].startswith("3.1")
    assert any(path.endswith("/notes/{note_id}") for path in told["paths"])
    assert "there are toy" in problem(ask("GET", "/openapi/nobody.json"), 404)


@pytest.mark.parametrize(
    "path", ["/nothing", "/sandboxes/default/nothing", "/sandboxes/nobody", "/sandboxes/nobody/clock", "/ca.pem"]
)
def test_what_is_not_there_is_a_problem(ask: Ask, path: str) -> None:
    assert problem(ask("GET", path), 404)


def test_a_wrong_method_is_a_problem(ask: Ask) -> None:
    assert problem(ask("PUT", "/sandboxes", {}), 405)


@pytest.mark.parametrize(
    "path",
    ["/sandboxes", "/sandboxes/default/faults", "/sandboxes/default/snapshots", "/sandboxes/default/clock/advance"],
)
@pytest.mark.parametrize(
    "data, status", [(b"{", 400), (b"\xff", 400), (b"[]", 422), (b"5", 422), (b'"x"', 422), (b"null", 422)]
)
def test_a_body_that_is_no_json_object_is_a_problem(
    emulator: Emulator, client: requests.Session, path: str, data: bytes, status: int
) -> None:
    url = f"{emulator.base_url}/_emulator{path}"
    problem(client.post(url, data=data, headers={"Content-Type": "application/json"}, timeout=10), status)


@pytest.mark.parametrize(
    "media", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", None]
)
def test_what_a_form_of_a_web_page_can_send_is_not_taken(
    emulator: Emulator, client: requests.Session, media: str | None
) -> None:
    headers = {"Content-Type": media} if media else {}
    problem(client.post(f"{emulator.base_url}/_emulator/sandboxes", data=b"{}", headers=headers, timeout=10), 415)


# -- who may


@pytest.mark.parametrize("origin", ["http://evil.test", "null", "https://127.0.0.1", "http://127.0.0.1:1"])
def test_pages_of_others_may_not_call(ask: Ask, origin: str) -> None:
    problem(ask("POST", "/sandboxes", {}, headers={"Origin": origin}), 403)


def test_its_own_pages_may(emulator: Emulator, ask: Ask) -> None:
    assert ask("GET", "/sandboxes", headers={"Origin": emulator.base_url}).status_code == 200


@pytest.mark.parametrize("host", ["evil.test", "127.0.0.1.evil.test", "localhost.evil.test:80"])
def test_a_name_that_was_bent_to_this_machine_is_not_served(ask: Ask, host: str) -> None:
    problem(ask("GET", "/sandboxes", headers={"Host": host}), 403)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8080", "[::1]:80", "box.localhost"])
def test_this_machines_names_are(ask: Ask, host: str) -> None:
    assert ask("GET", "/sandboxes", headers={"Host": host}).status_code == 200


def test_with_an_admin_token_only_its_bearer_may(emulator: Emulator, client: requests.Session) -> None:
    app = App(emulator.assembly, emulator.sandboxes, emulator.courier, Options(admin_token="hush"))
    server = Server(app, "127.0.0.1", 0, inline=True)
    server.start()
    try:
        url = "http://{}:{}/_emulator".format(*server.address)
        problem(client.get(f"{url}/sandboxes", timeout=10), 401)
        problem(client.get(f"{url}/sandboxes", headers={"Authorization": "Bearer nope"}, timeout=10), 401)
        assert client.get(f"{url}/sandboxes", headers={"Authorization": "Bearer hush"}, timeout=10).status_code == 200
        assert client.get(f"{url}/health", timeout=10).status_code == 200
    finally:
        server.stop()


# -- sandboxes


def test_a_sandbox_is_made_listed_shown_and_removed(ask: Ask) -> None:
    made = ask("POST", "/sandboxes", {"name": "mine", "ttl": "PT1H"})
    assert made.status_code == 201
    told = made.json()
    assert set(told) == {"name", "created", "expires", "clock", "vendors"}
    assert told["vendors"]["toy"]["base_url"].endswith("/~mine/toy")
    assert told in ask("GET", "/sandboxes").json() or "mine" in [
        each["name"] for each in ask("GET", "/sandboxes").json()
    ]
    assert ask("GET", "/sandboxes/mine").json()["vendors"] == told["vendors"]
    assert ask("DELETE", "/sandboxes/mine").status_code == 204
    problem(ask("GET", "/sandboxes/mine"), 404)


def test_a_name_is_taken_once(ask: Ask, name: str) -> None:
    assert name in problem(ask("POST", "/sandboxes", {"name": name}), 409)


@pytest.mark.parametrize(
    "wish",
    [{"colour": 1}, {"name": "A"}, {"name": 5}, {"ttl": 5}, {"ttl": "soon"}, {"clock": 5}, {"clock": {"rate": "x"}}, {"limits": 5},
     {"world": 5}, {"world": {"vendors": []}}, {"world": {"vendors": {"toy": {"collections": {"notes": 5}}}}}, {"clock": {"mode": "x"}}],
)  # fmt: skip
def test_a_wish_that_makes_no_sense_is_a_problem(ask: Ask, wish: Any) -> None:
    problem(ask("POST", "/sandboxes", wish), 422)


def test_the_default_sandbox_stays(ask: Ask) -> None:
    problem(ask("DELETE", "/sandboxes/default"), 409)


def test_a_reset_begins_again(box: Ask, notes: Ask) -> None:
    notes("POST", "", {"id": "a", "text": "x"})
    assert box("POST", "/reset").status_code == 200
    assert notes("GET", "/a").status_code == 404


# -- time


def test_the_clock_is_set_and_advanced(box: Ask) -> None:
    assert box("GET", "/clock").json() == {"now": "2026-01-05T12:00:00.000Z", "mode": "frozen", "rate": 1.0}
    assert box("PATCH", "/clock", {"now": "2026-01-06T00:00:00Z"}).json()["now"] == "2026-01-06T00:00:00.000Z"
    told = box("POST", "/clock/advance", {"by": "PT2H"}).json()
    assert told == {"now": "2026-01-06T02:00:00.000Z", "happened": []}
    assert box("PATCH", "/clock", {"mode": "running", "rate": 2}).json()["rate"] == 2


@pytest.mark.parametrize(
    "wish",
    [
        {"now": "noon"},
        {"now": 5},
        {"mode": "stopped"},
        {"mode": None},
        {"rate": 0},
        {"rate": "fast"},
        {"speed": 1},
        {"now": "9999-01-01"},
    ],
)
def test_a_time_that_is_none_is_a_problem_and_changes_nothing(box: Ask, wish: Any) -> None:
    problem(box("PATCH", "/clock", wish), 422)
    assert box("GET", "/clock").json()["now"] == "2026-01-05T12:00:00.000Z"


@pytest.mark.parametrize(
    "wish",
    [{}, {"by": "soon"}, {"by": 5}, {"by": "-PT1H"}, {"to": "noon"}, {"by": "P9999999D"}, {"by": "PT1H", "to": "next"}],
)
def test_a_step_that_is_none_is_a_problem_and_changes_nothing(box: Ask, wish: Any) -> None:
    problem(box("POST", "/clock/advance", wish), 422)
    assert box("GET", "/clock").json()["now"] == "2026-01-05T12:00:00.000Z"


def test_the_agenda_tells_what_comes_and_advance_goes_to_the_next(box: Ask, notes: Ask) -> None:
    problem(box("POST", "/clock/advance", {"to": "next"}), 409)
    notes("GET")
    assert [(e["kind"], e["at"][11:19]) for e in box("GET", "/agenda").json()] == [("rate window", "12:01:00")]
    assert box("POST", "/clock/advance", {"to": "next"}).json()["now"] == "2026-01-05T12:01:00.000Z"
    assert box("GET", "/agenda").json() == []


# -- faults


def test_faults_are_planned_listed_and_taken_back(box: Ask, notes: Ask) -> None:
    plan = {"match": {"vendor": "toy", "operation": "toy.notes.find"}, "times": 1, "do": {"status": 503}}
    made = box("POST", "/faults", plan)
    assert (made.status_code, made.json()["id"]) == (201, 1)
    assert [notes("GET").status_code for _ in range(2)] == [503, 200]
    assert [(fault["seen"], fault["struck"]) for fault in box("GET", "/faults").json()] == [(2, 1)]
    assert box("DELETE", "/faults/1").status_code == 204
    problem(box("DELETE", "/faults/1"), 404)
    box("POST", "/faults", plan)
    assert box("DELETE", "/faults").status_code == 204
    assert box("GET", "/faults").json() == []


@pytest.mark.parametrize(
    "plan",
    [
        {},
        {"do": 5},
        {"do": "reset"},
        {"match": [], "do": {"status": 500}},
        {"match": "toy", "do": {"status": 500}},
        {"match": {"vendor": "nobody"}, "do": {"status": 500}},
        {"match": {"vendor": ["toy"]}, "do": {"status": 500}},
        {"match": {"operation": "toy.notes.sing"}, "do": {"status": 500}},
        {"match": {"operation": 5}, "do": {"status": 500}},
        {"match": {"operation": {}}, "do": {"status": 500}},
        {"match": {"vendor": "toy"}, "do": {"refuse": "gone"}},
        {"do": {"refuse": 5}},
        {"do": {"delay": "long"}},
    ],
)
def test_a_plan_that_makes_no_sense_is_a_problem(box: Ask, plan: Any) -> None:
    problem(box("POST", "/faults", plan), 422)
    assert box("GET", "/faults").json() == []


# -- what happened


def test_the_journal_is_filtered(box: Ask, notes: Ask) -> None:
    notes("GET")
    notes("GET", "/none")
    notes("GET", "/none?x=1")

    def ids(query: str) -> list[int]:
        return [entry["id"] for entry in box("GET", f"/journal?{query}").json()["entries"]]

    assert ids("") == [1, 2, 3]
    assert ids("operation=toy.notes.find") == [1]
    assert ids("status=404") == ids("refusal=missing") == [2, 3]
    assert ids("vendor=other") == []
    assert ids("since=1") == [2, 3]
    assert ids("since=2026-01-05T12:00:00Z") == [1, 2, 3]
    assert ids("since=2027-01-01") == []
    assert ids("limit=1") == [3]
    assert ids("limit=0") == []
    assert ids("remarks=1") == ids("lawful=false") == [3]
    assert ids("lawful=true") == [1, 2]
    assert box("GET", "/journal").json()["evicted"] is None


@pytest.mark.parametrize("query", ["since=yesterday", "limit=many", "limit=-1", "lawful=perhaps"])
def test_a_filter_that_is_none_is_a_problem(box: Ask, query: str) -> None:
    problem(box("GET", f"/journal?{query}"), 422)


def test_a_call_is_explained(box: Ask, notes: Ask) -> None:
    notes("POST", "", {"id": "a", "text": ""})
    told = box("GET", "/journal/1").json()
    assert "minLength" in told["why"][0]
    assert "toy/schemas/note.json" in told["why"][0] or "toy/notes/create.json" in told["why"][0]
    assert told["refusal"]["violations"][0]["at"] == "text"
    assert "[redacted]" in told["request"]["headers"]["authorization"]


def test_a_path_that_is_none_is_explained_by_the_nearest(box: Ask, notes: Ask) -> None:
    notes("GET", "x/y/z")
    assert any("nearest operation" in line for line in box("GET", "/journal/1").json()["why"])


def test_a_full_window_is_explained_by_its_count(box: Ask, notes: Ask) -> None:
    box("PATCH", "/settings", {"toy": {"calls": 1}})
    notes("GET")
    notes("GET")
    assert (
        "limit minute: 1 of 1 calls were taken; the window ends in 60.0 s" in box("GET", "/journal/2").json()["why"][0]
    )


def test_a_wrong_token_and_a_planned_fault_are_explained(
    emulator: Emulator, client: requests.Session, box: Ask, notes: Ask, name: str
) -> None:
    client.get(f"{emulator.base_url}/~{name}/toy/notes", headers={"Authorization": "Bearer nope"}, timeout=10)
    box("POST", "/faults", {"do": {"status": 503}})
    notes("GET")
    assert any("wrong" in line for line in box("GET", "/journal/1").json()["why"])
    assert box("GET", "/journal/2").json()["why"][0].startswith("a test planned it: fault 1")


def test_the_journal_is_emptied(box: Ask, notes: Ask) -> None:
    notes("GET")
    assert box("DELETE", "/journal").status_code == 204
    assert box("GET", "/journal").json()["total"] == 0
    problem(box("GET", "/journal/1"), 404)


# -- webhooks


def test_deliveries_are_listed_and_sent_again(box: Ask, notes: Ask) -> None:
    with receiving() as receiver:
        arrived = threading.Event()
        box("PATCH", "/settings", {"toy": {"hook": receiver.url}})
        notes("POST", "", {"id": "a", "text": "x"})
        box("POST", "/clock/advance", {"by": "PT0S"})
        told = box("GET", "/deliveries").json()
        assert [(d["vendor"], d["event"], d["state"], d["attempts"][0]["status"]) for d in told] == [
            ("toy", "noted", "delivered", 200)
        ]
        again = box("POST", f"/deliveries/{told[0]['id']}/redeliver")
        assert again.status_code == 200
        box("POST", "/clock/advance", {"by": "PT0S"})
        arrived.wait(0)
        assert receiver.bodies == [b'{"note":"a"}'] * 2
    for unknown in ("toy-99", "99", "nobody-1"):
        problem(box("POST", f"/deliveries/{unknown}/redeliver"), 404)


def test_a_target_that_may_not_be_called_is_said(box: Ask, notes: Ask) -> None:
    box("PATCH", "/settings", {"toy": {"hook": "http://169.254.169.254/"}})
    notes("POST", "", {"id": "a", "text": "x"})
    box("POST", "/clock/advance", {"by": "PT0S"})
    told = box("GET", "/deliveries").json()[0]
    assert told["state"] == "refused"
    assert "link-local" in told["attempts"][0]["error"]


# -- state


def test_the_world_goes_out_and_comes_in_again(box: Ask, notes: Ask) -> None:
    notes("POST", "", {"id": "a", "text": "x"})
    told = box("GET", "/world").json()
    box("POST", "/reset")
    assert box("PUT", "/world", told).status_code == 200
    assert box("GET", "/world").json() == told
    assert notes("GET", "/a").json()["text"] == "x"


def test_a_world_can_be_had_without_its_journal_and_then_leaves_the_journal_alone(box: Ask, notes: Ask) -> None:
    notes("GET")
    told = box("GET", "/world?journal=0").json()
    assert "journal" not in told
    box("PUT", "/world", told)
    assert box("GET", "/journal").json()["total"] == 1


def test_calls_that_came_with_a_world_are_explained_as_they_were(ask: Ask, box: Ask, notes: Ask, name: str) -> None:
    notes("POST", "", {"id": "a", "text": ""})
    notes("GET", "x/y/z")
    ask("POST", "/sandboxes", {"name": "copy", "world": box("GET", "/world").json()})
    for number in (1, 2):
        assert ask("GET", f"/sandboxes/copy/journal/{number}").json() == box("GET", f"/journal/{number}").json()
    ask("DELETE", "/sandboxes/copy")


@pytest.mark.parametrize(
    "document", [{"worlds": 1}, {"vendors": []}, {"clock": 5}, {"settings": 5}, {"faults": 5}, {"vendors": {"toy": 5}}]
)
def test_a_document_that_is_none_is_a_problem(box: Ask, document: Any) -> None:
    problem(box("PUT", "/world", document), 422)


def test_snapshots_are_kept_listed_restored_and_forgotten(box: Ask, notes: Ask) -> None:
    notes("POST", "", {"id": "a", "text": "x"})
    assert box("POST", "/snapshots", {"name": "one"}).status_code == 201
    notes("POST", "", {"id": "b", "text": "x"})
    assert box("GET", "/snapshots").json() == ["one"]
    assert box("POST", "/snapshots/one/restore").status_code == 200
    assert [notes("GET", f"/{ident}").status_code for ident in "ab"] == [200, 404]
    assert box("DELETE", "/snapshots/one").status_code == 204
    problem(box("POST", "/snapshots/one/restore"), 404)
    problem(box("DELETE", "/snapshots/one"), 404)


@pytest.mark.parametrize("wish", [{}, {"name": ""}, {"name": 5}, {"name": "a", "more": 1}])
def test_a_snapshot_needs_a_name_and_no_more(box: Ask, wish: Any) -> None:
    problem(box("POST", "/snapshots", wish), 422)


# -- the outside world, and settings


def test_stimuli_are_listed_with_schema_and_example_and_happen(box: Ask) -> None:
    told = box("GET", "/stimuli").json()
    assert [(each["vendor"], each["name"], each["example"]) for each in told] == [("toy", "scribble", {"text": "x"})]
    assert told[0]["body"]["required"] == ["text"]
    assert box("POST", "/stimuli/toy/scribble", told[0]["example"]).json() == {"id": "s1", "text": "x"}


def test_a_stimulus_that_makes_no_sense_is_a_problem(box: Ask) -> None:
    assert "text" in problem(box("POST", "/stimuli/toy/scribble", {}), 422)
    problem(box("POST", "/stimuli/toy/sing", {}), 404)
    problem(box("POST", "/stimuli/nobody/scribble", {}), 404)


def test_settings_are_shown_described_and_changed(box: Ask) -> None:
    assert box("GET", "/settings").json() == {"limits": "documented", "toy": {"calls": 100, "hook": ""}}
    described = box("GET", "/settings?describe=1").json()
    assert {"value", "default", "allowed", "title", "reason"} <= set(described["toy"]["calls"])
    assert box("PATCH", "/settings", {"limits": "off", "toy": {"calls": 5}}).json()["toy"]["calls"] == 5


@pytest.mark.parametrize(
    "changes", [{"limits": 5}, {"nobody": {}}, {"toy": []}, {"toy": {"calls": 0}}, {"toy": {"colour": 1}}]
)
def test_a_setting_that_is_none_is_a_problem_and_changes_nothing(box: Ask, changes: Any) -> None:
    problem(box("PATCH", "/settings", changes), 422)
    assert box("GET", "/settings").json() == {"limits": "documented", "toy": {"calls": 100, "hook": ""}}


def test_a_sandbox_named_in_front_that_is_none_is_a_problem(emulator: Emulator, client: requests.Session) -> None:
    problem(client.get(f"{emulator.base_url}/~nobody/toy/notes", timeout=10), 404)


def test_nothing_of_the_control_plane_is_a_vendors(tmp_path: Path, ask: Ask) -> None:
    assert "toy-token" in str(ask("GET", "/sandboxes/default").json())
