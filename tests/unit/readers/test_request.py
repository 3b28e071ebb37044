import io
import json
import zipfile
from dataclasses import replace

from emulator.contract.schema import Schema
from emulator.readers.request import encoded, example_call, files


def test_a_call_is_made_of_what_is_required(toy):
    call = example_call(toy.operations["toys.toys.file"])
    assert (call.method, call.path, call.query, call.body) == ("GET", "/toys/a%2Fb:file/text", "", b"")


def test_what_is_given_takes_the_place_of_an_example(toy):
    call = example_call(toy.operations["toys.toys.find"], {"most": 7, "colours": ["red", "blue"]})
    assert call.query == "colours=red%2Cblue&most=7"


def test_a_body_is_written_in_its_first_media_type(toy):
    create = toy.operations["toys.toys.create"]
    call = example_call(create, body={"id": "x"})
    assert (call.headers["content-type"], json.loads(call.body)) == ("application/json", {"id": "x"})
    form = replace(create.body, media=("application/x-www-form-urlencoded",))
    assert encoded(form, {"a b": "é"}) == ("application/x-www-form-urlencoded", b"a+b=%C3%A9")


def test_a_part_that_is_a_file_is_sent_as_one(toy):
    body = replace(toy.operations["toys.toys.create"].body, media=("multipart/form-data",))
    schema = replace_schema(body.schema, {"type": "object", "properties": {"f": {"contentMediaType": "a/b"}, "t": {}}})
    assert files(schema) == {"f"}
    media, content = encoded(replace(body, schema=schema), {"f": "shop.zip", "t": "x"})
    head, archive = content.split(b"\r\n\r\n", 1)
    assert media.startswith("multipart/form-data; boundary=")
    assert b'filename="shop.zip"' in head
    assert zipfile.ZipFile(io.BytesIO(archive.split(b"\r\n--example-boundary")[0])).namelist() == ["index.html"]


def replace_schema(schema, raw):
    return Schema(raw, schema.definitions, schema.pointer)
