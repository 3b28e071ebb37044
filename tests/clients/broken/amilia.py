"""Broken twins of the Amilia client: persons, and the activities of a program."""

from __future__ import annotations

import json
from datetime import date
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.clients.amilia import Amilia, Row
from tests.clients.broken.twin import broken
from tests.clients.patience import GaveUp, Refused

PERSONS, ACTIVITIES = "amilia.list_persons", "amilia.program_activities"

# -- persons


@broken(PERSONS, "pages")
class WalksOnce(Amilia):
    """It follows the pages once, though persons who go away meanwhile move others to a page that it has read."""

    def everything(self, url: str) -> list[Row]:
        return list(self.walk(url)[0].values())


@broken(PERSONS, "pages")
class IgnoresNext(Amilia):
    """It does not follow Next: it goes on only after a page of 250 persons, as version 2 had them."""

    def everything(self, url: str) -> list[Row]:
        rows: list[Row] = []
        number = 1
        while True:
            items = self.get(url.replace("page=1&", f"page={number}&"))["Items"]
            rows += items
            if len(items) < 250:
                return rows
            number += 1


@broken(PERSONS, "pages", "result", "twice")
class ReadsIdsAsDoubles(Amilia):
    """It reads ids as doubles, as JavaScript does."""

    def everything(self, url: str) -> list[Row]:
        return [row | {"Id": int(float(row["Id"]))} for row in super().everything(url)]


class Gender(Enum):
    """As documented."""

    NOT_SPECIFIED = "NotSpecified"
    MALE = "Male"
    FEMALE = "Female"
    PREFER_NOT_TO_SAY = "PreferNotToSay"


@broken(PERSONS, "survives", "gives_up")
class DiesOfANewGender(Amilia):
    """It dies of a gender that it does not know."""

    def persons(self, organization: str) -> list[Row]:
        return [row | {"Gender": Gender(row["Gender"])} for row in super().persons(organization)]


@broken(PERSONS, "survives", "gives_up")
class CountsOnBirthdays(Amilia):
    """It dies of a person without a date of birth."""

    def persons(self, organization: str) -> list[Row]:
        return [row | {"Born": date.fromisoformat(row["DateOfBirth"])} for row in super().persons(organization)]


@broken(PERSONS, "pages")
class TellsPersonsApartByName(Amilia):
    """It takes two persons of the same name for one."""

    def persons(self, organization: str) -> list[Row]:
        return list({row["FullName"]: row for row in super().persons(organization)}.values())


@broken(PERSONS, "gives_up")
class GivesUpAtOnce(Amilia):
    """It gives up at the first trouble."""

    def tried(self, url: str, **options: Any) -> Any:
        reply = self.http.get(url, **options)
        if 400 <= reply.status_code < 500:
            raise Refused(reply.status_code, reply.text)
        return reply.raise_for_status().json()


@broken(PERSONS, "gives_up")
class CountsOnOneToken(Amilia):
    """It gives up when its token is refused: is it not good for a year?"""

    def renewed(self, refused: str) -> str:
        if refused:
            raise Refused(401, "the token is refused")
        return super().renewed(refused)


@broken(PERSONS, "twice")
class BeginsAgainWithWhatItHas(Amilia):
    """It begins again at the first page when its token is refused, and keeps the persons that it has."""

    def everything(self, url: str) -> list[Row]:
        rows: list[Row] = []
        following = url
        while following:
            before = self._token
            page = self.get(following)
            rows += page["Items"]
            following = url if before and before != self._token else page["Paging"]["Next"]
        return rows


# -- activities


@broken(ACTIVITIES, "survives", "gives_up", "lawful")
class DropsThePrefix(Amilia):
    """It follows only the path of Next, below the host that it was given without the path."""

    def get(self, url: str) -> Any:
        if "page=1&" in url:
            return super().get(url)
        place, path = urlsplit(self.base_url), urlsplit(url).path
        return super().get(f"{place.scheme}://{place.netloc}{path[path.index('/api/') :]}?{urlsplit(url).query}")


@broken(ACTIVITIES, "survives", "gives_up")
class CountsOnAges(Amilia):
    """It dies of an activity for every age."""

    def activities(self, organization: str, program_id: int) -> list[Row]:
        return [row | {"From": row["Age"]["Min"]} for row in super().activities(organization, program_id)]


@broken(ACTIVITIES, "lawful")
class SendsAnUnknownParameter(Amilia):
    """It asks for pages by `limit`, which Amilia does not have any more."""

    def url(self, organization: str, rest: str) -> str:
        return super().url(organization, rest) + "&limit=250"


@broken(ACTIVITIES, "survives", "lawful")
class TakesIdsForDoubles(Amilia):
    """It takes the program's id for a double, as JavaScript does."""

    def activities(self, organization: str, program_id: int) -> list[Row]:
        return super().activities(organization, int(float(program_id)))


@broken(ACTIVITIES, "pages")
class TakesTroubleForTheEnd(Amilia):
    """It answers what it has read so far when a page cannot be read."""

    def everything(self, url: str) -> list[Row]:
        rows: list[Row] = []
        try:
            while url:
                reply = self.http.get(url, headers={"Authorization": f"Bearer {self._token or self.renewed('')}"})
                page = json.loads(reply.content)
                rows += page["Items"]
                url = page["Paging"]["Next"]
        except (OSError, ValueError, KeyError):
            pass
        return rows


@broken(ACTIVITIES, "pages", "twice")
class TrustsTheFirstTotal(Amilia):
    """It reckons the pages from the total of the first, though activities go away meanwhile."""

    def everything(self, url: str) -> list[Row]:
        page = self.get(url)
        rows: list[Row] = list(page["Items"])
        for number in range(2, -(-page["Paging"]["TotalCount"] // self.page_size) + 1):
            rows += self.get(url.replace("page=1&", f"page={number}&"))["Items"]
        return rows


@broken(ACTIVITIES, "waits")
class TriesAgainAtOnce(Amilia):
    """It tries again at once when it is throttled, or something else goes wrong."""

    def tried(self, url: str, **options: Any) -> Any:
        for _ in range(20):
            try:
                reply = self.http.get(url, **options)
            except httpx.TransportError:
                continue
            if reply.is_success:
                return reply.json()
            if reply.status_code < 500 and reply.status_code != 429:
                raise Refused(reply.status_code, reply.text)
        raise GaveUp(f"{url} was tried in vain")
