"""Broken twins of the Ameyo client: uploading contacts, and agents."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

import requests

from tests.clients.ameyo import Ameyo
from tests.clients.broken.twin import broken
from tests.clients.offsets import Row
from tests.clients.patience import Unknown, pauses

UPLOAD, AGENTS = "ameyo.upload_contacts", "ameyo.agents"
Rows = Sequence[Mapping[str, str]]

# -- uploading


@broken(UPLOAD, "unsafe", "result")
class UploadsAgainBlindly(Ameyo):
    """It uploads again when the reply is lost, and then its own rows are duplicates."""

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        for pause in pauses():
            try:
                return super().call(method, path, **options)
            except Unknown:
                time.sleep(pause)
        raise Unknown(f"{method} {path}")


@broken(UPLOAD, "result", "survives", "lawful")
class ReversesTheMapping(Ameyo):
    """It writes the mapping from column to field."""

    def upload(self, lead_list: str, rows: Rows, header_mapping: Mapping[str, str], **flags: Any) -> int:
        turned = {column: field for field, column in header_mapping.items() if column}
        return super().upload(lead_list, rows, turned, **flags)


@broken(UPLOAD, "result")
class IgnoresTheErrorFile(Ameyo):
    """It does not read the error file: was the upload not answered with 200?"""

    def errors(self, lead_list: str, task_id: int) -> list[dict[str, str]]:
        return []


@broken(UPLOAD, "result")
class TakesTroubleForNoErrors(Ameyo):
    """It takes an error file that could not be read for a task without errors."""

    def errors(self, lead_list: str, task_id: int) -> list[dict[str, str]]:
        path = f"/cc-list/{self.cc_id}/{lead_list}/contact-upload-tasks/{task_id}/error-file"
        try:
            return self.parsed(self.once("GET", path).content)
        except Unknown:
            return []


@broken(UPLOAD, "result", "survives")
class SplitsAtCommas(Ameyo):
    """It reads the error file by splitting lines at commas."""

    def parsed(self, raw: bytes) -> list[dict[str, str]]:
        header, *lines = [line.split(",") for line in raw.decode().splitlines()]
        return [dict(zip(header, line, strict=False)) for line in lines]


@broken(UPLOAD, "result", "survives")
class JoinsWithCommas(Ameyo):
    """It writes CSV by joining values with commas."""

    def table(self, rows: Rows, header_mapping: Mapping[str, str]) -> bytes:
        columns, *lines = csv.reader(io.StringIO(super().table(rows, header_mapping).decode(), newline=""))
        return "\r\n".join(",".join(line) for line in (columns, *lines)).encode()


@broken(UPLOAD, "result", "survives")
class SpeaksLatin(Ameyo):
    """It writes the file in Latin-1, as an office program does."""

    def table(self, rows: Rows, header_mapping: Mapping[str, str]) -> bytes:
        return super().table(rows, header_mapping).decode().encode("latin-1", "replace")


@broken(UPLOAD, "result")
class AlwaysUpdates(Ameyo):
    """It asks for duplicates to be updated whatever it was told."""

    def upload(self, lead_list: str, rows: Rows, header_mapping: Mapping[str, str], **flags: Any) -> int:
        return super().upload(lead_list, rows, header_mapping, update_duplicate=True)


@broken(UPLOAD, "result", "survives", "gives_up")
class ReadsTaskIdsAsDoubles(Ameyo):
    """It reads the task's id as a double, as JavaScript does."""

    def task_id(self, text: str) -> int:
        return int(json.loads(text, parse_int=float)["response"][0]["data"]["task_id"])


@broken(UPLOAD, "result")
class TellsTheFirstError(Ameyo):
    """It tells of the first row that failed, and not of the others."""

    def parsed(self, raw: bytes) -> list[dict[str, str]]:
        return super().parsed(raw)[:1]


@broken(UPLOAD, "result", "survives")
class EscapesWithBackslashes(Ameyo):
    """It writes a backslash before a quotation mark, where CSV has two marks."""

    def table(self, rows: Rows, header_mapping: Mapping[str, str]) -> bytes:
        text = io.StringIO(newline="")
        lines = csv.reader(io.StringIO(super().table(rows, header_mapping).decode(), newline=""))
        csv.writer(text, doublequote=False, escapechar="\\").writerows(lines)
        return text.getvalue().encode()


@broken(UPLOAD, "result")
class TakesNumbersForNumbers(Ameyo):
    """It takes phone numbers for numbers, which do not begin with a nought."""

    def upload(self, lead_list: str, rows: Rows, header_mapping: Mapping[str, str], **flags: Any) -> int:
        plain = [{name: str(int(value)) if value.isdecimal() else value for name, value in row.items()} for row in rows]
        return super().upload(lead_list, plain, header_mapping, **flags)


# -- agents


@broken(AGENTS, "pages")
class TakesCountForTotal(Ameyo):
    """It takes the rows of a page for all that there are: `count` for `total`."""

    def agents(self) -> list[Row]:
        rows: list[Row] = []
        total = 1
        while len(rows) < total:
            reply = self.some(len(rows))
            rows += [row["data"] for row in reply["response"]]
            total = reply["metadata"]["count"]
        return rows

    def some(self, offset: int) -> Any:
        """A page as it comes."""
        path = f"/v4/cc-list/{self.cc_id}/monitoring/user-session-information"
        return self.get(path, params={"offset": offset, "limit": self.page_size}).json()


@broken(AGENTS, "twice", "bounded")
class TakesOffsetForPage(Ameyo):
    """It counts the offset in pages."""

    def agents(self) -> list[Row]:
        rows: list[Row] = []
        number = 0
        while (page := self.page(number)).rows:
            rows += page.rows
            number += 1
        return rows


@broken(AGENTS, "pages", "twice")
class TrustsOffsets(Ameyo):
    """It goes on from the next offset though agents come and go."""

    def agents(self) -> list[Row]:
        rows: list[Row] = []
        while (page := self.page(len(rows))).rows:
            rows += page.rows
        return rows


@broken(AGENTS, "pages", "twice")
class ForgetsLimit(Ameyo):
    """It counts on pages of 50 and does not ask for them, so it reads every other half again."""

    def agents(self) -> list[Row]:
        rows: list[Row] = []
        path = f"/v4/cc-list/{self.cc_id}/monitoring/user-session-information"
        for offset in range(0, 100_000, 50):
            found = self.get(path, params={"offset": offset}).json()["response"]
            rows += [row["data"] for row in found]
            if len(found) < 50:
                break
        return rows


class Channel(Enum):
    """As documented."""

    VOICE = "VOICE"
    CHAT = "CHAT"


@broken(AGENTS, "survives", "gives_up")
class DiesOfANewChannel(Ameyo):
    """It dies of a channel that it does not know."""

    def agents(self) -> list[Row]:
        return [row | {"channel": Channel(row["channel_details"]["channel_type"])} for row in super().agents()]


@broken(AGENTS, "survives", "gives_up")
class CountsOnACustomer(Ameyo):
    """It dies of an agent who serves no customer: the name is null."""

    def agents(self) -> list[Row]:
        return [row | {"customer": row["customer_details"]["name"].title()} for row in super().agents()]


@broken(AGENTS, "twice", "pages")
class TellsAgentsApartByUser(Ameyo):
    """It takes an agent who works in two campaigns for one row."""

    def agents(self) -> list[Row]:
        return list({row["user_id"]: row for row in super().agents()}.values())
