"""Takes the rows of a file into a lead list: each is inserted, updated, moved, ignored or refused, once and whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from emulator.kit import World, fixed
from emulator.vendors.ameyo.contact_book import Contact, ContactBook
from emulator.vendors.ameyo.phone import digits
from emulator.vendors.ameyo.row_rules import IDENTITY, Fault, RowRules

BATCH = 5_000
IGNORED, FAILED = "ignored", "failed"


@fixed
class Plan:
    """What an upload asks for: the lead list, the column of each field, and the three switches.

    `width` is how many cells a row may have, `own` how many of them are the caller's and no error file's.
    """

    lead: int
    places: Mapping[str, int]
    width: int
    own: int
    update_duplicate: bool
    churn_updated_records: bool
    migrate: bool


@dataclass(slots=True)
class Line:
    """One row of the file: its cells, the mapped columns, the number it is about, and what is wrong with it."""

    cells: list[str]
    values: dict[str, str]
    identity: str
    fault: Fault | None


class Intake:
    """One upload into one lead list. `counts` says how many rows went which way; together they are the file."""

    def __init__(self, world: World, process: Mapping[str, Any], plan: Plan) -> None:
        self._rules = RowRules(world, process, plan.places)
        self._book = ContactBook(world, int(process["id"]), self._rules.unique)
        self._plan = plan
        self._wordings = world.table("row_errors")
        self._ignored = world.table("duplicate_ignored") if world.settings["ignored_in_error_file"] else None
        self.counts: Counter[str] = Counter()

    def take(self, rows: Iterable[list[str]]) -> Iterator[list[tuple[str, ...]]]:
        """Works through the rows in their order; yields, batch by batch, the error file's rows."""
        rest = iter(rows)
        while batch := [self._line(cells) for cells in islice(rest, BATCH)]:
            sound = [line for line in batch if line.fault is None]
            keys = [(c, v) for line in sound for c in self._rules.unique if (v := line.values.get(c))]
            self._book.load([line.identity for line in sound], keys)
            bad = [told for line in batch if (told := self._placed(line)) is not None]
            self._book.save()
            if bad:
                yield bad

    def _line(self, cells: list[str]) -> Line:
        size = len(cells)
        values = {field: value for field, at in self._plan.places.items() if at < size and (value := cells[at].strip())}
        fault = self._rules.fault(values, cells[self._plan.width :])
        return Line(cells, values, "" if fault else digits(values[IDENTITY]) or "", fault)

    def _placed(self, line: Line) -> tuple[str, ...] | None:
        """Puts the row where it belongs; answers its row of the error file, if it has one."""
        fault = line.fault
        if fault is None:
            known = self._book.get(line.identity)
            way, fault = self._inserted(line) if known is None else self._met(line, known)
            self.counts[way] += 1
            if way == IGNORED and self._ignored:
                return self._told(line, self._ignored["code"], self._ignored["text"])
            if fault is None:
                return None
        else:
            self.counts[FAILED] += 1
        return self._told(line, fault.code, self._wordings[fault.code].format_map(fault.facts))

    def _inserted(self, line: Line) -> tuple[str, Fault | None]:
        taken = self._taken(line)
        if taken:
            return FAILED, taken
        self._book.put(line.identity, Contact(self._plan.lead, line.values))
        return "inserted", None

    def _met(self, line: Line, known: Contact) -> tuple[str, Fault | None]:
        """What becomes of a row whose contact the process has already."""
        move = self._plan.migrate and known.lead != self._plan.lead
        update = self._plan.update_duplicate
        if not move and not update:
            return IGNORED, None
        if update and (taken := self._taken(line)):
            return FAILED, taken
        before, contact = known.fields, known
        if update:
            contact.fields = before | line.values
            if self._plan.churn_updated_records:
                contact.status, contact.attempts, contact.churns = "", 0, contact.churns + 1
        if move:
            contact.lead = self._plan.lead
        self._book.put(line.identity, contact, before)
        return ("updated_and_moved" if move else "updated") if update else "moved", None

    def _taken(self, line: Line) -> Fault | None:
        """The unique column whose value another contact of the process has."""
        for column in self._rules.unique:
            value = line.values.get(column)
            if value and self._book.owner(column, value) not in (None, line.identity):
                return Fault("DUPLICATE_ENTRY", {"column": column})
        return None

    def _told(self, line: Line, code: str, text: str) -> tuple[str, ...]:
        cells = line.cells[: self._plan.own]
        return (*cells, *[""] * (self._plan.own - len(cells)), code, text)
