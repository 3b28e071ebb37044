from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from emulator.contract.model import Contract
from emulator.readers.openapi import openapi


@pytest.fixture(scope="module")
def document(toy: Contract) -> dict[str, Any]:
    return openapi(toy, "http://localhost/toys/")


def reply(document: dict[str, Any], path: str, method: str, status: str) -> Any:
    found = document["paths"][path][method]["responses"][status]
    return document["components"]["responses"][found["$ref"].rpartition("/")[2]] if "$ref" in found else found


def test_it_is_valid(document):
    assert [*OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_the_given_server_stands_before_the_vendors_own(document):
    assert [server["url"] for server in document["servers"]] == [
        "http://localhost/toys",
        "https://api.toys.test",
        "https://{domain}.toys.test",
    ]


def test_methods_of_one_path_stand_together_and_a_tail_loses_its_star(document):
    assert set(document["paths"]["/toys"]) == {"get", "post"}
    tail = document["paths"]["/toys/{toy}:file/{rest}"]["get"]["parameters"][1]
    assert tail["x-tail"] is True


def test_lists_in_a_query_are_written_as_the_contract_says(document):
    written = {p["name"]: (p.get("style"), p.get("explode")) for p in document["paths"]["/toys"]["get"]["parameters"]}
    assert written["colours"] == ("form", False)
    assert written["sizes"] == ("form", True)
    assert written["from"] == (None, None)


def test_refusals_that_share_a_status_are_one_reply_that_names_them_all(document):
    shared = reply(document, "/toys", "post", "400")
    assert [*shared["x-refusals"]] == ["malformed", "invalid"]
    assert "malformed without a body" in shared["description"]
    assert shared["headers"]["X-Field"]["required"] is False
    assert shared["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/error.error"}


def test_an_example_of_a_refusal_says_what_the_contract_would(document):
    made = reply(document, "/toys", "get", "400")["content"]["application/json"]["examples"]["invalid"]["value"]
    assert made == {"errorMessage": "{place} is wrong", "errorCode": "E1", "status": 400}


def test_an_operation_may_give_a_kind_another_status(document):
    assert (
        reply(document, "/toys/{toy}:file/{rest}", "get", "410")["x-refusals"]["missing"]["x-source"]["basis"]
        == "assumed"
    )


def test_limits_are_told_in_headers_and_only_a_throttled_call_is_told_to_wait(document):
    assert "Retry-After" in reply(document, "/toys", "get", "429")["headers"]
    found = reply(document, "/toys", "get", "200")["headers"]
    assert [*found] == ["X-Made-By", "X-Left", "X-Reset"]
    assert document["components"]["headers"]["X-Reset"]["schema"] == {"type": "string"}


def test_the_example_of_a_payload_is_put_into_its_wrapper(document):
    body = reply(document, "/toys", "get", "200")["content"]["application/json"]
    assert body["examples"]["made"]["value"] == {"items": [{"id": "2024-05-06", "name": "Bear"}], "total": 0}


def test_bytes_have_a_media_type_and_no_schema(document):
    assert reply(document, "/toys/{toy}:file/{rest}", "get", "200")["content"] == {"application/octet-stream": {}}


def test_each_scheme_is_said_in_openapis_words(document):
    schemes = document["components"]["securitySchemes"]
    assert {name: (s["type"], s.get("scheme") or s["name"]) for name, s in schemes.items()} == {
        "token": ("http", "bearer"),
        "token_in_query": ("apiKey", "access_token"),
        "user": ("http", "basic"),
        "pair": ("apiKey", "X-Key"),
        "pair_secret": ("apiKey", "X-Secret"),
        "session": ("apiKey", "sessionId"),
    }


def test_any_one_scheme_will_do_and_one_without_a_place_asks_for_nothing(document):
    security = document["paths"]["/toys/{toy}:file/{rest}"]["get"]["security"]
    assert security == [{"pair": [], "pair_secret": []}, {"session": []}, {}]
    assert document["paths"]["/hello"]["get"]["security"] == []


def test_every_media_type_of_a_body_and_its_variants_are_there(document):
    body = document["paths"]["/toys"]["post"]["requestBody"]
    assert [*body["content"]] == ["application/json", "application/x-www-form-urlencoded"]
    assert body["x-variants"] == {
        "soft": {"$ref": "#/components/schemas/toys.toys.create.soft"},
        "whole": {"$ref": "#/components/schemas/toy.toy"},
    }
    assert document["components"]["schemas"]["toys.toys.create.soft"] == {"type": "object", "required": ["colour"]}


def test_webhooks_say_how_they_are_signed(document):
    hook = document["webhooks"]["made"]["post"]
    (signature,) = hook["parameters"]
    assert signature["name"] == "X-Sign"
    assert "HMAC-SHA256" in signature["description"]
    assert "after 1 minute, 1 hour 30 minutes" in hook["description"]


def test_what_openapi_has_no_word_for_is_an_extension(document):
    create = document["paths"]["/toys"]["post"]
    assert (create["x-access"], create["x-limits"], create["x-emits"]) == (["parent"], ["minute"], ["made"])
    assert document["paths"]["/toys"]["get"]["x-paging"] == "pages"
    assert create["x-source"]["says"] == "the page says so"
    assert document["x-limits"]["minute"]["description"].startswith("Calls in 1 minute")


def test_what_no_operation_owns_is_described_all_the_same(document):
    assert {"not_found", "method_not_allowed"} <= set(document["components"]["responses"])


def test_the_contract_is_left_as_it_was(toy):
    assert openapi(toy, "http://localhost") == openapi(toy, "http://localhost")
    assert toy.definitions["toy.toy"]["properties"]["parts"]["items"] == {"$ref": "#/$defs/toy.toy"}
