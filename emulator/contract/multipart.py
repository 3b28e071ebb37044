"""Reads multipart bodies: fields as text, files as uploads; a large file is read from where it was spooled."""

from __future__ import annotations

from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import HTTPException
from werkzeug.formparser import FormDataParser

from emulator.wire import Call, Kind, Refusal, Upload

MOST_PARTS = 1000
HELD = 1 << 20


class Spool(SpooledTemporaryFile[bytes]):
    """A part's file, which is closed when nobody holds it any more, read or not."""

    def __del__(self) -> None:
        self.close()


def parts(call: Call) -> dict[str, Any]:
    """Each part by name: text, or an `Upload` where a file name was sent; of parts with one name the first.

    Raises Refusal of kind `malformed`, with the problem, for a body that is not what its boundary says.
    """
    stream = call.spool if call.spool is not None else BytesIO(call.body)
    stream.seek(0)
    length = stream.seek(0, 2)
    stream.seek(0)
    media, options = _parsed(call.headers.get("content-type", ""))
    if "boundary" not in options:
        raise Refusal(Kind.MALFORMED, detail="syntax", facts={"problem": "a multipart body needs a boundary"})
    parser = FormDataParser(_spool, max_form_parts=MOST_PARTS, max_form_memory_size=1 << 20, silent=False)
    try:
        _, fields, files = parser.parse(stream, media, length, options)
    except (ValueError, HTTPException) as error:
        raise Refusal(Kind.MALFORMED, detail="syntax", facts={"problem": f"not a multipart body: {error}"}) from None
    if (
        None in fields or None in files
    ):  # werkzeug's parser goes on where a part has no name, or one that cannot be read
        raise Refusal(Kind.MALFORMED, detail="syntax", facts={"problem": "a part of the multipart body has no name"})
    found: dict[str, Any] = {name: fields[name] for name in fields}
    for name in files:
        found.setdefault(name, _upload(files[name]))
    return found


def _spool(*told: object, **more: object) -> IO[bytes]:
    """Where a part is kept: held while it is small, in a file when it is not."""
    return Spool(max_size=HELD)


def _parsed(content_type: str) -> tuple[str, dict[str, str]]:
    from werkzeug.http import parse_options_header

    media, options = parse_options_header(content_type)
    return media, dict(options)


def _upload(file: FileStorage) -> Upload:
    stream = file.stream
    size = stream.seek(0, 2)
    stream.seek(0)
    charset = str(file.mimetype_params.get("charset", ""))
    return Upload(file.filename or "", file.mimetype or "application/octet-stream", stream, size, charset)
