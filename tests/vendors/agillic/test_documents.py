"""Pages of documents that the server keeps."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from emulator.testing.client import Box
from tests.vendors.agillic.conftest import Api

START = "/recipients?objectResponse=true"


def page(api: Api, query: str) -> dict[str, Any]:
    found: dict[str, Any] = api.get(START + query).json()
    return found


def links(shown: dict[str, Any]) -> dict[str, str]:
    return {link["rel"]: link["href"] for link in shown["links"]}


def starts(shown: dict[str, Any]) -> dict[str, int]:
    return {rel: int(parse_qs(urlsplit(href).query)["pageStart"][0]) for rel, href in links(shown).items()}


def emails(shown: dict[str, Any]) -> list[str]:
    return [item["personData"]["EMAIL"] for item in shown["content"]]


def test_a_page_has_two_arrays_and_an_object(api: Api) -> None:
    shown = page(api, "&pageSize=15")
    assert set(shown) == {"links", "content", "page"}
    ident = shown["page"]["documentId"]
    assert len(ident) == 10
    assert shown["page"] == {"documentId": ident, "pageStart": 1, "pageSize": 15, "totalElements": 40, "totalPages": 3}
    assert all(f"documentId={ident}" in href for href in links(shown).values())


def test_links_lead_through_the_whole_document(api: Api) -> None:
    shown = page(api, "&pageSize=15")
    assert starts(shown) == {"first": 1, "self": 1, "next": 16, "last": 31}
    seen = emails(shown)
    shown = api.get(links(shown)["next"]).json()
    assert starts(shown) == {"first": 1, "prev": 1, "self": 16, "next": 31, "last": 31}
    seen += emails(shown)
    shown = api.get(links(shown)["next"]).json()
    assert starts(shown) == {"first": 1, "prev": 16, "self": 31, "last": 31}
    assert len(set(seen + emails(shown))) == 40


def test_page_start_is_an_item_and_pages_may_be_longer_than_what_is_left(api: Api) -> None:
    ident = page(api, "")["page"]["documentId"]
    shown = page(api, f"&documentId={ident}&pageStart=38&pageSize=100")
    assert len(shown["content"]) == 3
    assert starts(shown) == {"first": 1, "prev": 1, "self": 38, "last": 1}


def test_a_document_does_not_change_whatever_happens_afterwards(sandbox: Box, api: Api) -> None:
    first = page(api, "&pageSize=5&filter=LASTNAME==White or LASTNAME==Blue")
    total, ident = first["page"]["totalElements"], first["page"]["documentId"]
    api.delete(f"/recipients/{emails(first)[0]}")
    api.put("/recipients/more@example.com", json={"personData": {"LASTNAME": "Blue"}})
    api.put(f"/recipients/{emails(first)[1]}", json={"personData": {"LASTNAME": "Black"}})
    assert page(api, f"&documentId={ident}&pageSize=5") == first
    assert page(api, f"&documentId={ident}&filter=AGE>99")["page"]["totalElements"] == total


def test_a_document_id_asks_for_a_page_by_itself(api: Api) -> None:
    ident = page(api, "")["page"]["documentId"]
    assert api.get(f"/recipients/?pageStart=10&documentId={ident}").json()["page"]["pageStart"] == 10


def test_a_filter_that_leaves_nothing_is_an_empty_document(api: Api) -> None:
    shown = page(api, "&filter=FIRSTNAME==Nobody")
    assert shown["content"] == []
    assert (shown["page"]["totalElements"], shown["page"]["totalPages"]) == (0, 0)
    assert starts(shown) == {"first": 1, "self": 1, "last": 1}
    assert api.get(START + "&filter=FIRSTNAME==Nobody&pageStart=2").status_code == 404


def test_what_is_not_there_is_404_without_a_body(api: Api) -> None:
    ident = page(api, "")["page"]["documentId"]
    for query in ("&documentId=x5Lx8eYF23", "&documentId=", f"&documentId={ident}&pageStart=41", "&pageStart=41"):
        reply = api.get(START + query)
        assert (reply.status_code, reply.content) == (404, b"")


@pytest.mark.parametrize(
    "query", ["pageStart=0", "pageStart=x", "pageSize=0", "pageSize=1001", "pageSize=1.5", "pageSize="]
)
def test_bounds_are_kept_with_a_message(query: str, api: Api) -> None:
    reply = api.get(f"{START}&{query}")
    assert reply.status_code == 400
    assert query.partition("=")[0] in reply.json()["message"]


def test_a_document_lives_five_minutes_after_each_call(sandbox: Box, api: Api) -> None:
    sandbox.clock.freeze()
    ident = page(api, "")["page"]["documentId"]
    for _ in range(3):
        sandbox.clock.advance("4m59s")
        assert api.get(f"{START}&documentId={ident}").status_code == 200
    sandbox.clock.advance("5m")
    assert api.get(f"{START}&documentId={ident}").status_code == 404


def test_a_document_never_lives_longer_than_thirty_minutes(sandbox: Box, api: Api) -> None:
    sandbox.clock.freeze()
    ident = page(api, "")["page"]["documentId"]
    for _ in range(7):
        sandbox.clock.advance("4m")
        assert api.get(f"{START}&documentId={ident}").status_code == 200
    sandbox.clock.advance("2m")
    assert api.get(f"{START}&documentId={ident}").status_code == 404


def test_another_instance_s_document_is_unknown(sandbox: Box, api: Api, emulator: Any) -> None:
    ident = page(api, "")["page"]["documentId"]
    other = emulator.sandbox()
    with Api(other.agillic.base_url, other.agillic.client_id, other.agillic.client_secret) as stranger:
        assert stranger.get(f"{START}&documentId={ident}").status_code == 404
    other.remove()


def test_a_page_holds_a_thousand_unless_told_otherwise(sandbox: Box, api: Api) -> None:
    rows = sandbox.state("agillic").rows("recipients")
    for number in range(1200):
        rows.add({"id": f"{number:016x}", "EMAIL": f"n{number}@example.com"})
    shown = page(api, "")
    assert (len(shown["content"]), shown["page"]["totalPages"]) == (1000, 2)
    middle = page(api, f"&documentId={shown['page']['documentId']}&pageStart=995&pageSize=10")
    assert emails(middle) == [f"n{number}@example.com" for number in range(954, 964)]
