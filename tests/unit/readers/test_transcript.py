import json

from emulator.readers.transcript import call_text, reply_text
from emulator.wire import Call


def test_a_call_is_shown_without_its_secrets():
    call = Call("GET", "/a", "b=c", {"authorization": "Bearer xyz", "x-key": "xyz", "accept": "*/*"})
    text = call_text(call, "api.test", {"authorization": "Authorization", "x-key": "X-KEY"})
    assert text == "GET /a?b=c HTTP/1.1\nHost: api.test\nAuthorization: Bearer …\nX-KEY: …\nAccept: */*"


def test_a_long_reply_is_cut_where_it_says_so():
    body = json.dumps(list(range(100))).encode()
    lines = reply_text(200, {"Content-Type": "application/json"}, body).splitlines()
    assert lines[:4] == ["HTTP/1.1 200 OK", "Content-Type: application/json", "", "["]
    assert lines[-1] == "… and 42 lines more"


def test_bytes_that_are_no_text_do_not_spoil_a_page():
    assert reply_text(200, {"Content-Type": "audio/mpeg"}, b"\x00\xff").endswith("��")
