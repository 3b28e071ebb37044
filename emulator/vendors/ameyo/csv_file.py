"""Reads an uploaded CSV row by row, in the encoding that its part names, and writes rows back: RFC 4180, never whole."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from emulator.kit import Kind, Refusal, Upload, Violation

FILE = "file"
CHUNK = 256 * 1024


def lines(upload: Upload) -> Iterator[str]:
    """The file's lines with their endings, from its beginning. Raises Refusal where it is not text of its encoding."""
    encoding = _encoding(upload)
    upload.stream.seek(0)
    try:
        text = io.TextIOWrapper(upload.stream, encoding=encoding, newline="")
    except (LookupError, ValueError):
        raise Refusal(Kind.INVALID, [_broken("encoding", f"{encoding} is no encoding of text")]) from None
    try:
        for line in text:
            if not line.isascii():
                line.encode()  # some encodings can write half a character, which no other text can hold
            yield line
    except UnicodeError as error:
        raise Refusal(Kind.INVALID, [_broken("encoding", f"is not text in {encoding}: {error}")]) from None
    finally:
        if not text.closed:
            text.detach()  # the file can be read once more


def rows(text: Iterable[str]) -> Iterator[list[str]]:
    """The rows of the file; empty lines are none. Raises Refusal where its quotes do not match."""
    reader = csv.reader(text, strict=True)
    try:
        for row in reader:
            if row:
                yield row
    except csv.Error as error:
        raise Refusal(Kind.INVALID, [_broken("csv", f"line {reader.line_num}: {error}")]) from None


def chunks(text: Iterable[str]) -> Iterator[str]:
    """The same text in fewer pieces, each of whole lines."""
    held: list[str] = []
    size = 0
    for line in text:
        held.append(line)
        size += len(line)
        if size >= CHUNK:
            yield "".join(held)
            held, size = [], 0
    if held:
        yield "".join(held)


def lines_of(pieces: Iterable[str]) -> Iterator[str]:
    """The lines of what `chunks` made."""
    for piece in pieces:
        yield from io.StringIO(piece, newline="")


def written(rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV, each ended by a carriage return and a line feed."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def _encoding(upload: Upload) -> str:
    upload.stream.seek(0)
    start = upload.stream.read(4)
    named = upload.charset.strip().strip('"').lower()
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and named in ("", "utf-16"):
        return "utf-16"
    return "utf-8-sig" if named in ("", "utf-8", "utf8") else named


def _broken(keyword: str, said: str) -> Violation:
    return Violation((FILE,), keyword, said=said)
