"""Who may make which call: the matrix of the contracts against the documents' labels, and every cell against the emulator."""

from __future__ import annotations

from typing import Any

import pytest

from tests.vendors.amilia.calls import make, subscribe
from tests.vendors.amilia.client import Amilia
from tests.vendors.amilia.matrix import CALLERS, LABEL_OF, LABELS, page, protected, scope_of, stated, table

OPERATIONS = sorted(protected())


def test_every_protected_operation_bears_a_label() -> None:
    assert set(LABEL_OF) == set(protected())


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_contract_says_what_the_label_means(name: str) -> None:
    assert stated(name) == LABELS[LABEL_OF[name]]


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_caller_gets_what_the_matrix_says(
    name: str, sandbox: Any, nobody: Amilia, member: Amilia, partner: Amilia, api: Amilia, key: Amilia
) -> None:
    for caller, who, status in zip(CALLERS, (nobody, member, partner, api, key, key), stated(name), strict=True):
        if name == "webhooks.delete":
            made = subscribe(api, "http://127.0.0.1:9/hook", "Registration", "Create")
            ids = {"webhooks": made["Id"]}
        else:
            ids = {}
        if caller == "key without the scope":
            scopes = sandbox.settings["amilia"]["api_key_scopes"]
            sandbox.settings.update({"amilia": {"api_key_scopes": [s for s in scopes if s != scope_of(name)]}})
        reply = make(name, who, ids=ids)
        assert (200 if reply.ok else reply.status_code) == status, (caller, reply.text)


@pytest.mark.parametrize("name", [name for name in OPERATIONS if LABEL_OF[name] == "organization"])
def test_an_administrator_is_a_stranger_at_another_organization(name: str, api: Amilia) -> None:
    assert make(name, api, organization="lakeside-sports").status_code == 403


def test_a_key_and_a_partner_are_strangers_at_another_organization(key: Amilia, partner: Amilia) -> None:
    assert make("programs.find", key, organization="8117").status_code == 403
    assert make("activities.find", partner, organization="8117").status_code == 403
    assert make("programs.find", partner, organization="8117").status_code == 200


def test_the_documentation_bears_the_table_of_the_contracts() -> None:
    assert table() in page()


@pytest.mark.parametrize(
    "name", [n for n in OPERATIONS if LABEL_OF[n] != "organization" and not n.startswith("version2")]
)
def test_a_setting_opens_the_catalogue_to_anybody(name: str, sandbox: Any, nobody: Amilia) -> None:
    sandbox.settings.update({"amilia": {"anonymous_catalogue": True}})
    assert make(name, nobody).status_code == 200
    assert make(name, nobody.bearing(Authorization="Bearer wrong")).status_code == 401


def test_the_open_catalogue_holds_no_people(sandbox: Any, nobody: Amilia) -> None:
    sandbox.settings.update({"amilia": {"anonymous_catalogue": True}})
    assert make("persons.find", nobody).status_code == 401
    assert make("calendar.find", nobody, {"showParticipants": True}).status_code == 401


def test_events_show_participants_to_those_authorised_for_the_organization_only(
    api: Amilia, member: Amilia, partner: Amilia, key: Amilia
) -> None:
    shown = [make("calendar.find", who, {"showParticipants": True}).status_code for who in (api, key, member, partner)]
    assert shown == [200, 200, 403, 403]


def test_a_setting_lets_the_organization_make_partner_calls(sandbox: Any, api: Amilia, member: Amilia) -> None:
    sandbox.settings.update({"amilia": {"organization_tokens_on_partner_calls": True}})
    assert make("activities.find", api).status_code == 200
    assert make("partner.keywords", api).status_code == 200
    assert make("activities.find", member).status_code == 403
