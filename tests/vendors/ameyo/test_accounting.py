"""Whatever a file holds and the switches say, each row is accounted for once: held against a model of its own."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.testing.client import Box, Emulator
from tests.vendors.ameyo.client import Api, table, task_id

HEADER = ["who", "tel", "mail"]
MAPPED = {"name": "who", "phone1": "tel", "email": "mail"}
HOME, OTHER = 17, 18

TEL = st.sampled_from(
    ["9911000001", "9911000002", "991-100-0003", "+9911000001", "(991) 1000 002", "", "98x", "123", "98100001011"]
)
MAIL = st.sampled_from(["", "", "a@mail.example", "b@mail.example", "no mail", "c@mail.example"])
NAME = st.sampled_from(["", "Ann", "Bé, n", 'C "x"', "D\nd"])
ROW = st.tuples(NAME, TEL, MAIL) | st.tuples(NAME, TEL, MAIL, st.just("surplus")) | st.tuples(NAME, TEL)
FLAGS = st.fixed_dictionaries(dict.fromkeys(("update_duplicate", "churn_updated_records", "migrate"), st.booleans()))


@dataclass
class Person:
    lead: int
    name: str
    tel: str
    mail: str


@dataclass
class Model:
    """What should happen, told slowly: people by their digits, and rows by what became of them."""

    people: dict[str, Person] = field(default_factory=dict)
    errors: list[tuple[list[str], str]] = field(default_factory=list)
    ways: list[str] = field(default_factory=list)

    def take(self, cells: list[str], lead: int, flags: dict[str, bool]) -> None:
        name, tel, mail, *surplus = [*cells, "", ""][: max(3, len(cells))]
        number = "".join(c for c in tel if c not in " -()[]").removeprefix("+")
        known = self.people.get(number)
        taken = any(mail and p.mail == mail and n != number for n, p in self.people.items())
        wrong = (
            "INVALID_FORMAT"
            if surplus
            else "MISSING_REQUIRED"
            if not tel
            else "INVALID_PHONE"
            if not number.isdigit()
            else "PREPROCESSING_INVALID_LENGTH"
            if len(number) != 10
            else "INVALID_EMAIL"
            if mail and "@" not in mail
            else ""
        )
        moves = known is not None and flags["migrate"] and known.lead != lead
        writes = known is None or flags["update_duplicate"]
        if not wrong and not writes and not moves:
            self.ways.append("ignored")
            self.errors.append((cells[:3], "DUPLICATE_ENTRY"))
        elif wrong or (writes and taken):
            self.ways.append("failed")
            self.errors.append((cells[:3], wrong or "DUPLICATE_ENTRY"))
        else:
            person = self.people.setdefault(number, Person(lead, "", "", ""))
            if writes:
                person.name, person.tel, person.mail = name or person.name, tel, mail or person.mail
            person.lead = lead if moves else person.lead
            self.ways.append("taken")


@pytest.fixture(scope="module")
def box(emulator: Emulator) -> Iterator[Box]:
    found = emulator.sandbox()
    found.snapshot("fresh")
    yield found
    found.remove()


@settings(max_examples=60)
@given(
    files=st.lists(st.tuples(st.lists(ROW, max_size=8), st.sampled_from([HOME, OTHER]), FLAGS), min_size=1, max_size=3)
)
def test_lead_lists_error_file_and_ignored_duplicates_account_for_every_row(
    box: Box, files: list[tuple[list[tuple[str, ...]], int, dict[str, bool]]]
) -> None:
    box.restore("fresh")
    api = Api(box.ameyo.base_url, (box.ameyo.username, box.ameyo.password))
    model = Model()
    for rows, lead, flags in files:
        model.errors, model.ways = [], []
        for row in rows:
            model.take(list(row), lead, flags)
        upload = api.upload(table(HEADER, rows), MAPPED, lead=lead, **{name: str(on) for name, on in flags.items()})
        text = api.error_file(upload, lead).content.decode()
        told = list(csv.reader(io.StringIO(text, newline="")))[1:]
        assert [(row[:3], row[3]) for row in told] == [(([*cells, ""])[:3], code) for cells, code in model.errors]
        task = box.state("ameyo").rows("contact_upload_tasks").get(str(task_id(upload))) or {}
        assert task["rows"] == len(rows) == sum(task["counts"].values())
        assert task["counts"].get("ignored", 0) == model.ways.count("ignored")
        assert task["counts"].get("failed", 0) == model.ways.count("failed")
    held = {
        c["phone1"]: c
        for lead in (HOME, OTHER)
        for c in box.stimuli.ameyo.lead_list_opened(lead_id=lead, limit=10000)["contacts"]
    }
    for number, person in model.people.items():
        fields = held[number]["fields"]
        seen = Person(held[number]["lead_id"], fields.get("name", ""), fields["phone1"], fields.get("email", ""))
        assert seen == person
    assert {number for number in held if number.startswith("99110000")} == set(model.people)
    api.session.close()
