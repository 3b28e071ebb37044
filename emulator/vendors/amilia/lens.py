"""What a call looks through: its language, its organization, that organization's zone; and how rows are found by it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo
from functools import cached_property
from typing import Any, overload

from emulator.kit import Ask, Kind, Refusal, Row, World, fixed, time_zone

DIGITS = re.compile(r"[0-9]+", re.ASCII)
LANGUAGE = "en"  # in which webhooks speak: they name none
Json = dict[str, Any]


@fixed
class Lens:
    """A world as one organization shows it in one language."""

    world: World
    language: str
    organization: Mapping[str, Any]

    @property
    def id(self) -> int:
        """The organization's number."""
        return number(self.organization)

    @cached_property
    def zone(self) -> tzinfo:
        """The organization's time zone."""
        return time_zone(self.organization["TimeZone"])

    @cached_property
    def today(self) -> date:
        """The day that it is there."""
        return self.world.clock.utc().astimezone(self.zone).date()

    @cached_property
    def now(self) -> datetime:
        """The organization's wall clock when it was first looked at, without a zone."""
        return self.world.clock.utc().astimezone(self.zone).replace(tzinfo=None)

    def say(self, value: Any) -> Any:
        """A localised value in the call's language, or in any it has; other values as they are."""
        if not isinstance(value, dict):
            return value
        return value.get(self.language) or next(iter(value.values()), "")

    def wall(self, text: str) -> datetime:
        """When a moment or a wall-clock time is, on the organization's wall clock."""
        when = datetime.fromisoformat(text)
        return when if when.tzinfo is None else when.astimezone(self.zone).replace(tzinfo=None)

    def moment(self, text: str) -> str:
        """A moment or a wall-clock time as the API writes it: the organization's clock with its offset at that time."""
        when = datetime.fromisoformat(text)
        when = when.replace(tzinfo=self.zone) if when.tzinfo is None else when.astimezone(self.zone)
        return when.isoformat()

    def perhaps(self, text: str | None) -> str | None:
        """The same for what may be absent."""
        return None if text is None else self.moment(text)

    def stamp(self) -> str:
        """The present moment in UTC, as rows keep what happened."""
        return self.world.clock.utc().astimezone(UTC).isoformat().replace("+00:00", "Z")

    def find(self, collection: str, ident: Any) -> Json | None:
        """A row of any organization by its id; nothing for no id."""
        return None if ident is None else self.world.rows(collection).get(str(ident))

    def name(self, collection: str, ident: Any) -> Json | None:
        """The id and name of a row, or null."""
        row = self.find(collection, ident)
        return None if row is None else {"Id": number(row), "Name": self.say(row["Name"])}

    def names(self, collection: str, idents: Any) -> list[Json]:
        """The ids and names of those rows that exist."""
        return [found for ident in idents if (found := self.name(collection, ident)) is not None]

    def own(self, collection: str, ident: Any, noun: str) -> Json:
        """A row of this organization. Raises Refusal where there is none."""
        row = self.find(collection, ident)
        if row is None or row.get("OrganizationId") != self.id:
            raise absent(noun, ident)
        return row

    def all(self, collection: str, **fields: Any) -> Sequence[Json]:
        """This organization's rows, by id; parsed when they are looked at."""
        kept = self.world.rows(collection)
        rows = kept.where(OrganizationId=self.id, **fields)
        return Parsed(rows if kept.climbs() else sorted(rows, key=lambda row: (numbered(row.id), row.id)))


class Parsed(Sequence[Json]):
    """The JSON of rows, each fresh: of a long list only the page that is asked for is parsed."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, at: int) -> Json: ...
    @overload
    def __getitem__(self, at: slice) -> list[Json]: ...
    def __getitem__(self, at: int | slice) -> Json | list[Json]:
        return [row.data for row in self._rows[at]] if isinstance(at, slice) else self._rows[at].data


def by_id(row: Mapping[str, Any]) -> tuple[int, str]:
    """How lists are ordered."""
    return number(row), row["id"]


def number(row: Mapping[str, Any]) -> int:
    """The number in a row's id."""
    return numbered(row["id"])


def numbered(ident: str) -> int:
    """The number in an id: 7001 of `SUB-7001`."""
    if ident.isascii() and ident.isdigit():
        return int(ident)
    found = DIGITS.search(ident)
    return int(found.group()) if found else 0


def absent(noun: str, ident: Any) -> Refusal:
    """There is no such thing."""
    return Refusal(Kind.MISSING, detail="entity", facts={"resource": noun, "id": ident})


def organization_called(identifier: str, world: World) -> Json | None:
    """The organization of this number or slug."""
    organizations = world.rows("organizations")
    found = organizations.get(identifier)
    if found is None:
        row = organizations.where(Slug=identifier.lower()).first()
        found = None if row is None else row.data
    return found


def through(ask: Ask, world: World, segment: str = "orgIdentifier") -> Lens:
    """What a call to an organization looks through. Raises Refusal where there is no such organization."""
    identifier = ask.path[segment]
    organization = organization_called(identifier, world)
    if organization is None:
        raise absent("Organization", identifier)
    return Lens(world, ask.path["language"], organization)


def whose(row: Mapping[str, Any], language: str, world: World) -> Lens:
    """What a row of any organization is looked at through."""
    organization = world.rows("organizations").get(str(row["OrganizationId"]))
    if organization is None:
        raise absent("Organization", row["OrganizationId"])
    return Lens(world, language, organization)


def anywhere(collection: str, ident: Any, noun: str, world: World, language: str = LANGUAGE) -> tuple[Json, Lens]:
    """A row of whichever organization, with its lens. Raises Refusal where there is none."""
    row = world.rows(collection).get(str(ident))
    if row is None:
        raise absent(noun, ident)
    return row, whose(row, language, world)
