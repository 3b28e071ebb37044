"""A day of an integration, from its first credential to its last session."""

from __future__ import annotations

from collections.abc import Callable

from emulator.testing.client import Box
from tests.vendors.ameyo.client import Api, code, key, table

ROWS, BAD = 1000, 37
SPOILT = ["", "98x", "981", "ok", "ok"]
MAILS = ["", "", "", "not a mail", "shared@mail.example"]


def contacts() -> list[tuple[str, str, str]]:
    """A thousand people, thirty-seven of them bad in five ways."""
    rows = [(f"Person {n}", str(9_911_000_000 + n), "shared@mail.example" if n == 0 else "") for n in range(ROWS)]
    for n in range(BAD):
        at, way = 20 + 26 * n, n % 5
        name, phone, _ = rows[at]
        rows[at] = (name, phone if SPOILT[way] == "ok" else SPOILT[way], MAILS[way])
    return rows


def test_contacts_go_up_fail_are_mended_and_go_up_again(sandbox: Box, admin: Api, clients: Callable[..., Api]) -> None:
    assert admin.register("crm_sync", "s3cret").status_code == 200
    crm = clients(("crm_sync", "s3cret"))
    sandbox.settings.update({"ameyo": {"upload_seconds": 45}})
    mapping = {"name": "who", "phone1": "tel", "email": "mail"}
    before = sandbox.stimuli.ameyo.lead_list_opened(lead_id=17)["total"]

    upload = crm.upload(table(["who", "tel", "mail"], contacts()), mapping)
    polls = 0
    while code_or_none(crm, upload) == (404, "CONF-1004"):
        sandbox.clock.advance("10s")
        polls += 1
    assert polls == 5

    errors = crm.errors(upload)
    assert len(errors) == BAD
    assert len({row["error_code"] for row in errors}) == 5
    assert sandbox.stimuli.ameyo.lead_list_opened(lead_id=17)["total"] == before + ROWS - BAD

    mended = [(row["who"], str(9_922_000_000 + n), "", "", "") for n, row in enumerate(errors)]
    again = crm.upload(table(list(errors[0]), mended), mapping)
    sandbox.clock.advance("1m")
    assert crm.errors(again) == []
    assert sandbox.stimuli.ameyo.lead_list_opened(lead_id=17)["total"] == before + ROWS


def code_or_none(crm: Api, upload: object) -> tuple[int, str] | None:
    """What the error file answers while it is not there."""
    reply = crm.error_file(upload)  # type: ignore[arg-type]
    return None if reply.ok else code(reply)


def test_agents_are_listed_in_order_while_they_change(sandbox: Box, api: Api) -> None:
    floor = sandbox.stimuli.ameyo
    changes = [
        lambda: floor.agent_takes_break(user_id="asha", campaign_id=131, reason="tea"),
        lambda: floor.interaction_ends(interaction_id="d741-6904fad1-vcall-5"),
    ]
    seen: list[tuple[int, str]] = []
    for start in range(0, 14, 7):
        page = api.agents(sort_by=["campaign_id:desc", "user_id:asc"], limit=7, offset=start)
        seen += [(-row["campaign_id"], row["user_id"]) for row in page]
        changes.pop(0)()
    assert seen == sorted(seen)
    assert len(seen) == len(set(seen)) == 13
    assert [row["user_status"] for row in api.agents(user_ids=["asha", "ben"], campaign_ids=131)] == [
        "Break",
        "Wrap-up",
    ]


def test_a_session_runs_out_and_is_opened_again(sandbox: Box, anyone: Api, clients: Callable[..., Api]) -> None:
    path = "/ameyorestapi/voice/customerCallbacks/getFiltered"
    query = {"campaignId": 131, "offset": 0, "limit": 10}
    john = clients(session_id=anyone.login("john", "john-secret").json()["sessionId"])
    assert len(john.get(path, **query).json()) == 10
    sandbox.clock.advance("31m")
    assert key(john.get(path, **query)) == (401, "invalid.authentication.token")
    john = clients(session_id=anyone.login("john", "john-secret").json()["sessionId"])
    assert len(john.get(path, **query).json()) == 10
