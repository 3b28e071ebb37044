"""Which operation a call is for."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.contract.route import Router
from emulator.wire import Call, Kind, Refusal
from tests.unit.contract.samples import SOURCE, paths


def found(contract: Any, method: str, path: str) -> tuple[str, dict[str, str]]:
    operation, segments = Router(contract).match(Call(method, path))
    return f"{operation.method} {operation.path}", dict(segments)


def refused(contract: Any, method: str, path: str) -> Refusal:
    with pytest.raises(Refusal) as caught:
        Router(contract).match(Call(method, path))
    return caught.value


@pytest.mark.parametrize(
    "path, template",
    [("/a/b", "/a/b"), ("/a/c", "/a/{id}"), ("/a/b/c", "/a/{rest*}"), ("/a/x/y/z", "/a/{rest*}"), ("/a", "/a")],
)
@pytest.mark.parametrize("backwards", [False, True])
def test_a_fixed_segment_goes_before_a_placeholder_and_that_before_a_tail(
    path: str, template: str, backwards: bool
) -> None:
    templates = ["GET /a", "GET /a/b", "GET /a/{id}", "GET /a/{rest*}"]
    contract = paths(*(reversed(templates) if backwards else templates))
    assert found(contract, "GET", path)[0] == f"GET {template}"


@pytest.mark.parametrize("backwards", [False, True])
def test_more_fixed_text_round_a_placeholder_goes_first(backwards: bool) -> None:
    templates = ["GET /a/{id}", "GET /a/{id}:p", "GET /a/task-{id}"]
    contract = paths(*(reversed(templates) if backwards else templates))
    assert found(contract, "GET", "/a/7:p") == ("GET /a/{id}:p", {"id": "7"})
    assert found(contract, "GET", "/a/task-7") == ("GET /a/task-{id}", {"id": "7"})
    assert found(contract, "GET", "/a/7") == ("GET /a/{id}", {"id": "7"})


def test_a_fixed_segment_without_the_method_gives_way_to_a_placeholder_with_it() -> None:
    contract = paths("GET /a/b", "POST /a/{id}")
    assert found(contract, "POST", "/a/b") == ("POST /a/{id}", {"id": "b"})


def test_the_walk_comes_back_from_a_dead_end() -> None:
    contract = paths("GET /a/b/c", "GET /a/{id}/d")
    assert found(contract, "GET", "/a/b/d") == ("GET /a/{id}/d", {"id": "b"})


def test_an_encoded_slash_stays_in_its_segment() -> None:
    assert found(paths("GET /a/{id}"), "GET", "/a/x%2Fy") == ("GET /a/{id}", {"id": "x%2Fy"})


def test_an_encoded_letter_of_a_fixed_segment_is_that_letter() -> None:
    assert found(paths("GET /notes"), "GET", "/n%6Ftes")[0] == "GET /notes"


def test_a_tail_keeps_its_slashes() -> None:
    assert found(paths("GET /f/{rest*}"), "GET", "/f/a//b%20c/") == ("GET /f/{rest*}", {"rest": "a//b%20c/"})


@pytest.mark.parametrize("path", ["/a/", "/a//b", "//a", "/A", "/a/b/c", "/"])
def test_a_path_that_is_none_is_not_found(path: str) -> None:
    refusal = refused(paths("GET /a", "GET /a/{id}"), "GET", path)
    assert refusal.kind is Kind.NOT_FOUND
    assert refusal.facts == {"method": "GET", "path": path}


def test_a_wrong_method_is_told_the_right_ones() -> None:
    refusal = refused(paths("GET /a", "POST /a", "DELETE /{id}"), "PUT", "/a")
    assert refusal.kind is Kind.METHOD_NOT_ALLOWED
    assert refusal.facts["allowed"] == ["DELETE", "GET", "POST"]


def test_letter_case_counts_unless_the_vendor_ignores_it() -> None:
    contract = paths("GET /Notes/{id}:Publish", path_case_ignored=True)
    assert found(contract, "GET", "/nOTES/Seven:pUBLISH")[1] == {"id": "Seven"}
    assert refused(paths("GET /Notes"), "GET", "/notes").kind is Kind.NOT_FOUND


def test_a_trailing_slash_counts_unless_the_vendor_ignores_it() -> None:
    contract = paths("GET /a", "GET /", trailing_slash_ignored=True)
    assert found(contract, "GET", "/a/")[0] == "GET /a"
    assert refused(contract, "GET", "/a//").kind is Kind.NOT_FOUND


def test_the_root_is_a_path_too() -> None:
    assert found(paths("GET /"), "GET", "/")[0] == "GET /"
    assert found(paths("GET /", trailing_slash_ignored=True), "GET", "/")[0] == "GET /"


def test_an_alias_stands_for_the_beginning_of_a_path() -> None:
    contract = paths("GET /v1/a/{id}", aliases=(("/api/v1", "/v1", SOURCE),))
    assert found(contract, "GET", "/api/v1/a/x%2Fy")[1] == {"id": "x%2Fy"}
    assert refused(contract, "GET", "/api/v11/a/x").kind is Kind.NOT_FOUND


def test_an_alias_may_be_of_any_case_where_case_is_ignored() -> None:
    contract = paths("GET /v1/a", aliases=(("/API", "/v1", SOURCE),), path_case_ignored=True)
    assert found(contract, "GET", "/Api/A")[0] == "GET /v1/a"


def test_the_nearest_operation_is_found_for_a_mistyped_path() -> None:
    near = Router(paths("GET /channels/{id}", "GET /messages")).nearest("GET", "/mesages")
    assert near is not None
    assert near.path == "/messages"
