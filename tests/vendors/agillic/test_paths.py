"""Special characters in paths."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.vendors.agillic.conftest import Api
from tests.vendors.agillic.examples import twice

TABLE = [
    ("@", "%2540"),
    (".", "."),
    ("_", "_"),
    ("+", "%252B"),
    ("!", "%2521"),
    ("#", "%2523"),
    ("&", "%2526"),
    ("'", "%2527"),
    ("*", "*"),
]
TABLE += [("=", "%253D"), ("?", "%253F"), ("\\", "%255C"), ("/", "%252F"), (" ", "%2520")]


@pytest.mark.parametrize("character, written", TABLE)
def test_the_documented_table_of_characters(character: str, written: str, api: Api) -> None:
    assert api.put(f"/recipients/EMAIL=a{written}b", json={"personData": {}}).status_code == 201
    assert api.get(f"/recipients/EMAIL=a{written}b").json()["personData"]["EMAIL"] == f"a{character}b"


@pytest.mark.parametrize(
    "single", ["jane%40example.com", "EMAIL%3Djane%40example.com", "EMAIL%253Djane%2540example.com"]
)
def test_single_encoding_works_too(single: str, api: Api) -> None:
    assert api.get(f"/recipients/{single}").status_code == 200


def test_a_slash_that_is_encoded_once_splits_the_path(api: Api) -> None:
    api.put("/recipients/a%252Fb", json={"personData": {}})
    assert api.get("/recipients/a%252Fb").status_code == 200
    assert api.get("/recipients/a%2Fb").status_code == 404
    assert api.put("/recipients/a%2Fb", json={"personData": {}}).status_code == 404
    assert api.get("/globaldata/tables/STORES/record/a%2Fb").status_code == 404


def test_a_percent_sign_that_begins_no_escape_stays(api: Api) -> None:
    api.put("/recipients/100%2525", json={"personData": {}})
    assert api.get("/recipients/100%25").json()["personData"]["EMAIL"] == "100%"


@given(ident=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_any_id_encoded_twice_comes_back_whole(ident: str, api: Api) -> None:
    written = f"/recipients/EMAIL={twice(ident)}"
    assert api.put(written, json={"personData": {"CITY": "x"}}).status_code in (200, 201)
    assert api.get(written).json()["personData"]["EMAIL"] == ident
    if ident not in (".", ".."):  # a whole segment of dots never leaves the client: URLs are normalised there
        assert api.post("/globaldata/tables/STORES/record", json={"ID": ident}).status_code in (201, 409)
        assert api.get(f"/globaldata/tables/STORES/record/{twice(ident)}").json()["ID"] == ident


def test_paths_end_with_or_without_a_slash_and_know_their_methods(api: Api) -> None:
    assert api.get("/discovery/persondata/", allow_redirects=False).status_code == 200
    assert api.get("/recipients/:batch").status_code == 404
    assert api.post("/recipients/:unknown").status_code == 405
    assert api.delete("/discovery/persondata").status_code == 405
    assert api.get("/Recipients").status_code == 404
    assert api.get("/no/such/path").content == b""
