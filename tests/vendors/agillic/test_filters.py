"""The filter language."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from emulator.testing.client import Box
from tests.vendors.agillic.conftest import Api


def found(api: Api, expression: str) -> set[str]:
    reply = api.get("/recipients", params={"filter": expression})
    assert reply.status_code == 200, reply.text
    return {item["personData"]["FIRSTNAME"] for item in reply.json()}


def everyone(api: Api) -> list[dict[str, str]]:
    return [item["personData"] for item in api.get("/recipients").json()]


PRINTED = [
    'LASTNAME=="Blue" and AGE>=20 and AGE<=80 ',
    "FIRSTNAME==White and FAVORITE_CANDY_TYPE=in=(Chocolate or Caramel) ",
    "(FIRSTNAME==White or FIRSTNAME==Jane) and AGE>18",
    "FIRSTNAME==W?i* or FIRSTNAME==W*",
    'CREATED>"01.01.2018 00:00:00"',
]


@pytest.mark.parametrize("expression", PRINTED)
def test_the_five_filters_of_the_documentation_work_encoded_and_as_printed(expression: str, api: Api) -> None:
    encoded = api.get(f"/recipients/?filter={quote(expression)}")
    printed = api.get(f"/recipients/?filter={expression.replace(' ', '%20')}")
    assert (encoded.status_code, printed.status_code) == (200, 200)
    assert encoded.json() == printed.json()


def test_the_five_filters_find_what_they_say(api: Api) -> None:
    for number, name in enumerate(("White", "Wilma", "Walther")):
        api.put(
            f"/recipients/w{number}@example.com",
            json={"personData": {"FIRSTNAME": name, "AGE": 30, "FAVORITE_CANDY_TYPE": "Caramel"}},
        )
    blue = {p["FIRSTNAME"] for p in everyone(api) if p.get("LASTNAME") == "Blue" and 20 <= int(p.get("AGE", 0)) <= 80}
    assert found(api, PRINTED[0]) == blue != set()
    assert found(api, PRINTED[1]) == {"White"}
    assert found(api, PRINTED[2]) == {"White", "Jane"}
    assert found(api, PRINTED[3]) == {"White", "Wilma", "Walther", "William"}
    assert len(found(api, PRINTED[4])) == 43


def test_and_goes_before_or_unless_parentheses_say_otherwise(api: Api) -> None:
    assert found(api, "FIRSTNAME==Jane or FIRSTNAME==Peter and AGE>200") == {"Jane"}
    assert found(api, "(FIRSTNAME==Jane or FIRSTNAME==Peter) and AGE>200") == set()
    assert found(api, "FIRSTNAME==Jane,FIRSTNAME==Peter;AGE>200") == {"Jane"}


def test_quotes_of_both_kinds_and_escapes_within_them(api: Api) -> None:
    api.put("/recipients/q@example.com", json={"personData": {"FIRSTNAME": "Q", "LASTNAME": 'O\'Brien "Bob"'}})
    assert found(api, 'LASTNAME=="O\'Brien \\"Bob\\""') == {"Q"}
    assert found(api, "LASTNAME=='O\\'Brien \"Bob\"'") == {"Q"}


def test_in_takes_commas_or_the_word_or_and_a_single_value(api: Api) -> None:
    both = found(api, "FIRSTNAME=in=(Jane or Peter)")
    assert (
        both
        == found(api, "FIRSTNAME=in=(Jane,Peter)")
        == found(api, 'FIRSTNAME=in=( "Jane" , Peter )')
        == {"Jane", "Peter"}
    )
    assert found(api, "FIRSTNAME=in=Jane") == {"Jane"}


def test_wildcards_mean_something_only_with_equals_on_strings(api: Api) -> None:
    assert found(api, "FIRSTNAME==?ane") == {"Jane"}
    assert found(api, "FIRSTNAME==*an*") >= {"Jane"}
    assert len(found(api, "FIRSTNAME!=J*")) == 40
    assert found(api, "FIRSTNAME=in=(J*)") == set()
    assert found(api, "FIRSTNAME==???") == {p["FIRSTNAME"] for p in everyone(api) if len(p["FIRSTNAME"]) == 3}


def test_comparison_goes_by_type(api: Api) -> None:
    assert found(api, "AGE==34.0 and FIRSTNAME==Jane") == {"Jane"}
    assert found(api, "AGE=ge=34;AGE=le=34;FIRSTNAME==Jane") == {"Jane"}
    assert found(api, "NEWSLETTER==TRUE") == {p["FIRSTNAME"] for p in everyone(api) if p["NEWSLETTER"] == "true"}
    assert found(api, "LASTNAME<C") == {p["FIRSTNAME"] for p in everyone(api) if p["LASTNAME"] < "C"}


def test_dates_are_rfc_3339_or_in_the_instance_s_format(sandbox: Box, api: Api) -> None:
    api.put(
        "/recipients/d@example.com",
        json={"personData": {"FIRSTNAME": "D", "BIRTHDATE": "09.04.2017", "LAST_VISIT": "10.04.2017 01:20:50"}},
    )
    moments = (
        "2017-04-09T23:20:50Z",
        "2017-04-10T01:20:50%2B02:00",
        "2017-04-09T23:20:50.000Z",
        '"10.04.2017 01:20:50"',
    )
    for moment in moments:
        assert found(api, f"LAST_VISIT=={moment.replace('%2B', '+')}") == {"D"}
    for day in ("2017-04-09", "09.04.2017", "2017-04-08T22:00:00Z"):
        assert found(api, f"BIRTHDATE=={day}") == {"D"}
    sandbox.settings.update({"agillic": {"date_format": "dd-MM-yyyy"}})
    assert found(api, "BIRTHDATE==09-04-2017") == {"D"}


def test_a_recipient_without_the_field_matches_only_not_equal(api: Api) -> None:
    without = {p["FIRSTNAME"] for p in everyone(api) if "AGE" not in p}
    assert without
    assert without.isdisjoint(found(api, "AGE<1000"))
    assert without <= found(api, "AGE!=34")


def test_case_counts_unless_the_instance_says_otherwise(sandbox: Box, api: Api) -> None:
    assert found(api, "FIRSTNAME==jane") == set()
    sandbox.settings.update({"agillic": {"filter_case": "insensitive"}})
    assert found(api, "FIRSTNAME==JA*") == {"Jane"}


WRONG = [
    ("", 1),
    ("AGE", 4),
    ("AGE=>3", 4),
    ("AGE==", 6),
    ('LASTNAME==""', 11),
    ("AGE=out=(1,2)", 4),
    ("AGE==(1,2)", 6),
    ("(AGE==1", 8),
    ("AGE==1)", 7),
    ("AGE==1 and", 8),
    ("AGE==1 AND AGE==2", 8),
    ("AGE==1 or or", 13),
    ("==3", 1),
    ('LASTNAME=="Blue', 11),
    ("AGE=in=(1,2", 12),
    ("AGE==1 ~", 8),
    ("(" * 60 + "AGE==1" + ")" * 60, 52),
]


@pytest.mark.parametrize("expression, position", WRONG)
def test_bad_syntax_is_400_with_a_message_that_says_where(expression: str, position: int, api: Api) -> None:
    reply = api.get("/recipients", params={"filter": expression})
    assert reply.status_code == 400
    assert reply.json()["message"].startswith(f"Bad filter at position {position}:")


@pytest.mark.parametrize(
    "expression, position",
    [
        ("FIRSTNAME==x and AGE==old", 23),
        ("CREATED>soon", 9),
        ("NEWSLETTER==maybe", 13),
        ("NEWSLETTER>true", 12),
        ("AGE==1_0", 6),
    ],
)
def test_an_argument_of_the_wrong_type_is_400(expression: str, position: int, api: Api) -> None:
    assert f"position {position}:" in api.get("/recipients", params={"filter": expression}).json()["message"]


def test_a_selector_that_is_not_in_the_database_is_422_without_a_body(api: Api) -> None:
    reply = api.get("/recipients", params={"filter": 'LASTNAME=="Blue" and AGE<=20 and AGES<=80', "pageSize": 100})
    assert (reply.status_code, reply.content) == (422, b"")


FILTERED = [
    ("/globaldata", "NAME==VAT*"),
    ("/discovery/globaldata", "TYPE==NUMBER"),
    ("/globaldata/tables/STORES", "SQUARE_METRES>90"),
    ("/globaldata/tables/STORES/limit/9", "CITY==Copenhagen and NAME==S*"),
]


@pytest.mark.parametrize("where, expression", FILTERED)
def test_other_collections_are_filtered_by_their_own_fields(where: str, expression: str, api: Api) -> None:
    def records(expression: str) -> list[Any]:
        shown = api.get(where, params={"filter": expression}).json()
        return list(shown["records"]) if isinstance(shown, dict) else list(shown)

    selector = expression.split("=")[0].split(">")[0]
    assert (
        0
        < len(records(expression))
        < len(records(f"{selector}!='~'" if selector != "SQUARE_METRES" else "SQUARE_METRES!=-1"))
    )
    assert api.get(where, params={"filter": "AGE==1"}).status_code == 422
    assert api.get(where, params={"filter": f"{selector}=="}).status_code == 400
