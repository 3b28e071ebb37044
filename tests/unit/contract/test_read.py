"""A call becomes an ask, or a refusal with every violation."""

from __future__ import annotations

import io
from typing import Any

import pytest

from emulator.contract.read import acceptable, typed
from emulator.wire import Call, Kind, Refusal, Upload
from tests.unit.contract.samples import body, operation, parameter, promise, read, refusals

JSON = {"content-type": "application/json"}
OBJECT = {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}, "b": {"maxLength": 2}}}


def refused(*given: Any, **more: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read(*given, **more)
    return caught.value


def query(text: str, *parameters: Any, **more: Any) -> Any:
    return read(operation(parameters=parameters), Call("GET", "/", text), **more)


def post(data: bytes, media: str, raw: Any = True, *accepted: str, promised: Any = (), **more: Any) -> Any:
    op = operation("POST", body=body(raw, *accepted, **more), refusals=refusals(*promised))
    return read(op, Call("POST", "/", "", {"content-type": media} if media else {}, data))


# -- parameters


@pytest.mark.parametrize(
    "text, kind, value",
    [
        ("7", "integer", 7),
        ("-7", "integer", -7),
        ("+7", "integer", 7),
        ("007", "integer", 7),
        ("7.0", "integer", "7.0"),
        ("٧", "integer", "٧"),
        ("", "integer", ""),
        ("-", "integer", "-"),
        ("9" * 41, "integer", "9" * 41),
        ("7", "number", 7),
        ("-7.5", "number", -7.5),
        (".", "number", "."),
        ("nan", "number", "nan"),
        ("TRUE", "boolean", True),
        ("false", "boolean", False),
        ("1", "boolean", "1"),
        ("7", "string", "7"),
    ],
)
def test_a_text_becomes_what_its_schema_asks_for(text: str, kind: str, value: Any) -> None:
    made = typed(text, frozenset([kind]))
    assert (made, type(made)) == (value, type(value))


def test_a_text_stays_one_where_a_text_will_do() -> None:
    assert typed("7", frozenset(["integer", "string"])) == "7"


def test_defaults_fill_what_was_not_sent_and_nothing_else_does() -> None:
    most, page = parameter("most", {"type": "integer", "default": 10}), parameter("page", {"type": "integer"})
    assert query("", most, page).query == {"most": 10}
    assert query("most=3&page=2", most, page).query == {"most": 3, "page": 2}


def test_every_violation_is_named_at_once_with_place_and_pointer() -> None:
    op = operation(
        "POST",
        "/{id}",
        parameters=(
            parameter("id", {"type": "integer"}, "path"),
            parameter("most", {"type": "integer", "maximum": 5}),
            parameter("word", {"type": "string"}, required=True),
            parameter("X-Who", {"type": "string", "minLength": 2}, "header"),
        ),
        body=body(OBJECT),
    )
    refusal = refused(op, Call("POST", "/x", "most=6", {**JSON, "x-who": "a"}, b'{"b": "long"}'), {"id": "x"})
    assert [(v.where, v.place, v.keyword) for v in refusal.violations] == [
        ("path", "id", "type"),
        ("query", "most", "maximum"),
        ("query", "word", "required"),
        ("header", "X-Who", "minLength"),
        ("body", "a", "required"),
        ("body", "b", "maxLength"),
    ]
    assert all(v.pointer.startswith("v/x.json#/schema") for v in refusal.violations)


def test_the_first_kind_to_apply_brings_only_its_own_violations() -> None:
    first = parameter("id", {"type": "integer"}, "path", refusal=Kind.MISSING)
    op = operation("GET", "/{id}", parameters=(first, parameter("most", {"type": "integer"})))
    refusal = refused(op, Call("GET", "/x", "most=y"), {"id": "x"})
    assert refusal.kind is Kind.MISSING
    assert [v.place for v in refusal.violations] == ["id"]


def test_a_list_is_written_with_commas_or_by_repeating() -> None:
    numbers = {"type": "array", "items": {"type": "integer"}}
    assert query("n=1,2, 3&n=4", parameter("n", numbers, style="csv")).query == {"n": [1, 2, 3, 4]}
    assert query("n=1&n=2", parameter("n", numbers, style="repeat")).query == {"n": [1, 2]}


def test_of_a_parameter_given_twice_the_first_counts_and_is_remarked_upon() -> None:
    ask = query("a=1&a=2", parameter("a", {"type": "integer"}))
    assert ask.query == {"a": 1}
    assert "given 2 times" in ask.remarks[0]


def test_a_stranger_in_the_query_is_remarked_upon() -> None:
    assert query("x=1&a=2", parameter("a", {})).remarks == ["unknown query parameter 'x'"]


def test_names_and_listed_values_may_be_of_any_case_where_the_vendor_ignores_it() -> None:
    state = parameter("State", {"type": "string", "enum": ["Open"]}, key="state", spellings={"open": "Open"})
    assert query("sTATE=oPEN", state, query_case_ignored=True).query == {"State": "Open"}


@pytest.mark.parametrize("twice, value", [(False, "a%2Fb c"), (True, "a/b c")])
def test_a_segment_is_decoded_once_or_twice(twice: bool, value: str) -> None:
    op = operation("GET", "/{id}", parameters=(parameter("id", {"type": "string"}, "path", twice=twice),))
    assert read(op, Call("GET", "/"), {"id": "a%252Fb%20c"}).path == {"id": value}


def test_an_empty_value_is_a_value() -> None:
    assert query("a=&b", parameter("a", {"type": "string"}), parameter("b", {"type": "string"})).query == {
        "a": "",
        "b": "",
    }


def test_plus_and_percent_are_read_as_forms_write_them() -> None:
    assert query("a=x+y%26z%C3%A9", parameter("a", {"type": "string"})).query == {"a": "x y&zé"}


def test_a_header_has_its_default() -> None:
    op = operation(parameters=(parameter("X-Kind", {"type": "string", "default": "plain"}, "header"),))
    assert read(op, Call("GET", "/")).headers == {"X-Kind": "plain"}


# -- bodies


def test_a_json_body_is_read_and_held_against_its_schema() -> None:
    assert post(b'{"a": 1, "z": []}', "application/json; charset=utf-8", OBJECT).body == {"a": 1, "z": []}


@pytest.mark.parametrize(
    "data",
    [b"{", b"nan", b'{"a": NaN}', b"\xff", b'"\\ud800"', b"{'a': 1}", b"[1,]", b"\xef\xbb\xbf{}", b"[" * 5000, b"1 2"],
)
def test_what_is_not_json_is_malformed(data: bytes) -> None:
    op = operation("POST", body=body(True))
    refusal = refused(op, Call("POST", "/", "", JSON, data))
    assert (refusal.kind, refusal.detail) == (Kind.MALFORMED, "syntax")


def test_a_syntax_error_has_its_line_and_column() -> None:
    refusal = refused(operation("POST", body=body(True)), Call("POST", "/", "", JSON, b'{\n  "a" 1}'))
    assert (refusal.facts["line"], refusal.facts["column"]) == (2, 7)


def test_no_body_where_one_is_needed_is_malformed() -> None:
    refusal = refused(operation("POST", body=body(OBJECT)), Call("POST", "/", "", JSON))
    assert (refusal.kind, refusal.detail) == (Kind.MALFORMED, "empty")


def test_no_body_where_none_is_needed_is_none() -> None:
    assert read(operation("POST", body=body(OBJECT, required=False)), Call("POST", "/")).body is None


def test_a_body_where_none_is_documented_is_remarked_upon() -> None:
    assert read(operation("DELETE"), Call("DELETE", "/", "", {}, b"x")).remarks == [
        "a body was sent where none is documented"
    ]


@pytest.mark.parametrize("media", ["text/plain", "", "application/xml", "application/json; charset=iso-8859-1"])
def test_another_media_type_is_refused_where_the_vendor_refuses_it(media: str) -> None:
    with pytest.raises(Refusal) as caught:
        post(b"{}", media, True, promised=[Kind.UNSUPPORTED_MEDIA])
    assert caught.value.kind is Kind.UNSUPPORTED_MEDIA
    assert caught.value.facts["expected"] == ["application/json"]


def test_another_media_type_is_read_as_the_documented_one_where_the_vendor_does_not_mind() -> None:
    ask = post(b"{}", "text/plain")
    assert ask.body == {}
    assert "where application/json is documented" in ask.remarks[0]


def test_any_json_suffix_is_json() -> None:
    assert post(b'{"a": 1}', "application/vnd.v+json", OBJECT, "application/vnd.v+json").body == {"a": 1}


def test_a_form_is_texts_of_which_the_first_counts() -> None:
    assert post(
        b"a=1&b=x+y&a=2&c=", "application/x-www-form-urlencoded", True, "application/x-www-form-urlencoded"
    ).body == {
        "a": "1",
        "b": "x y",
        "c": "",
    }


def test_a_form_that_is_not_utf_8_is_malformed() -> None:
    with pytest.raises(Refusal) as caught:
        post(b"a=\xff", "application/x-www-form-urlencoded", True, "application/x-www-form-urlencoded")
    assert caught.value.kind is Kind.MALFORMED


def test_other_media_are_bytes() -> None:
    assert post(b"\x00\xff", "application/zip", True, "application/zip").body == b"\x00\xff"


@pytest.mark.parametrize("spooled", [False, True])
def test_a_body_above_the_vendors_bound_is_too_large_wherever_it_is_kept(spooled: bool) -> None:
    op, big = operation("POST", body=body(True)), b'"' + b"x" * 100 + b'"'
    call = Call("POST", "/", "", JSON, b"" if spooled else big, spool=io.BytesIO(big) if spooled else None)
    refusal = refused(op, call, max_body=101)
    assert (refusal.kind, refusal.facts) == (Kind.TOO_LARGE, {"limit": 101, "size": 102})
    assert read(op, call, max_body=102).body == "x" * 100


# -- multipart

MULTIPART = 'multipart/form-data; boundary="xx"'


def part(name: str, value: bytes, extra: str = "", media: str = "") -> bytes:
    kind = f"Content-Type: {media}\r\n" if media else ""
    return f'--xx\r\nContent-Disposition: form-data; name="{name}"{extra}\r\n{kind}\r\n'.encode() + value + b"\r\n"


def multipart(data: bytes, media: str = MULTIPART, raw: Any = True) -> Any:
    return post(data, media, raw, "multipart/form-data").body


def test_a_multipart_body_is_texts_and_uploads() -> None:
    told = multipart(
        part("a", "é".encode()) + part("f", b"1,2", '; filename="x.csv"', "text/csv; charset=latin-1") + b"--xx--\r\n"
    )
    assert told["a"] == "é"
    upload: Upload = told["f"]
    assert (upload.filename, upload.media, upload.size, upload.charset) == ("x.csv", "text/csv", 3, "latin-1")
    assert upload.stream.read() == b"1,2"


def test_of_parts_with_one_name_the_first_counts() -> None:
    assert multipart(part("a", b"1") + part("a", b"2") + b"--xx--\r\n") == {"a": "1"}


def test_a_multipart_body_is_held_against_its_schema_by_name_and_file_name() -> None:
    raw = {"type": "object", "required": ["f"], "properties": {"f": {"type": "string", "pattern": "[.]csv$"}}}
    with pytest.raises(Refusal) as caught:
        multipart(part("f", b"1", '; filename="x.txt"') + b"--xx--\r\n", raw=raw)
    assert [(v.place, v.keyword) for v in caught.value.violations] == [("f", "pattern")]


@pytest.mark.parametrize(
    "data, media",
    [
        (part("a", b"1") + b"--xx--\r\n", "multipart/form-data"),
        (b"nonsense", MULTIPART),
        (part("a", b"1"), MULTIPART),
        (b"", MULTIPART),
        (b"--xx\r\nnothing\r\n--xx--\r\n", MULTIPART),
        (b"--xx\r\nContent-Disposition: form-data\r\n\r\n1\r\n--xx--\r\n", MULTIPART),
        (b"".join(part(f"a{n}", b"1") for n in range(1001)) + b"--xx--\r\n", MULTIPART),
        (part("a", b"x" * (1 << 20) + b"x") + b"--xx--\r\n", MULTIPART),
    ],
    ids=[
        "no boundary",
        "no part",
        "no end",
        "nothing",
        "no disposition",
        "no name",
        "too many parts",
        "too long a field",
    ],
)
def test_a_broken_multipart_body_is_malformed(data: bytes, media: str) -> None:
    with pytest.raises(Refusal) as caught:
        multipart(data, media)
    assert caught.value.kind is Kind.MALFORMED
    assert caught.value.facts["problem"]


def test_a_spooled_upload_is_read_from_where_it_lies() -> None:
    data = part("f", b"y" * 100, '; filename="big"') + b"--xx--\r\n"
    op = operation("POST", body=body(True, "multipart/form-data"))
    ask = read(op, Call("POST", "/", "", {"content-type": MULTIPART}, spool=io.BytesIO(data)))
    assert ask.body["f"].size == 100


# -- what is accepted


@pytest.mark.parametrize(
    "accept, fine",
    [
        ("*/*", True),
        ("application/*", True),
        ("application/json", True),
        ("APPLICATION/JSON; q=0.1", True),
        ("text/html, application/json;q=0.5", True),
        ("", True),
        ("text/html", False),
        ("application/json;q=0", False),
        ("application/json;q=0.0, text/*", False),
    ],
)
def test_an_accept_header_takes_one_of_what_is_offered_or_not(accept: str, fine: bool) -> None:
    assert acceptable(accept, ["application/json"]) is fine


def test_what_cannot_be_accepted_is_refused_only_where_the_operation_promises_so() -> None:
    call = Call("GET", "/", "", {"accept": "text/html"})
    picky = operation(replies={200: promise(True)}, refusals=refusals(Kind.NOT_ACCEPTABLE))
    assert refused(picky, call).kind is Kind.NOT_ACCEPTABLE
    assert read(operation(replies={200: promise(True)}), call).body is None
