"""A verdict says the same in four formats."""

import json
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import pytest

from emulator.fuzz import report
from emulator.fuzz.scenario import Finding
from emulator.fuzz.verdict import Failure, TraitVerdict, Verdict
from emulator.fuzz.weather import Event, Weather

STORY = ("2 of 12 are missing: <a>, \x00.", "Call 2 was refused; the client went on.", "", "> 1. GET /contacts -> 200")
FAILURE = Failure(
    Finding("pages", STORY[0], (2,)),
    Weather({"contacts": 12}, (Event("toy.contacts.find", 2, "throttle"),)),
    STORY,
    examples=17,
    seconds=0.4,
    file="failures/pages.json",
)
VERDICT = Verdict(
    "toy.list_contacts",
    "List every contact",
    "mypkg.sync:contacts",
    "all",
    7,
    200,
    3.21,
    1234,
    {"throttle": 40, "mutate": 12},
    (
        TraitVerdict("result", "ends with the right result", "pass", 150),
        TraitVerdict("pages", "pages to the end", "fail", 120, failure=FAILURE),
        TraitVerdict("renews", "renews tokens once", "not exercised", 0, "no token was issued"),
    ),
    "1.0",
)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    report.write([VERDICT], tmp_path / "new" / "folder")
    return tmp_path / "new" / "folder"


def test_the_text_tells_the_failure_first_and_how_to_replay_it() -> None:
    lines = report.text(VERDICT).splitlines()
    assert lines[0] == "FAIL  pages: pages to the end"
    assert "  Replay it: emulator replay failures/pages.json" in lines
    assert "  -     renews  renews tokens once, (no token was issued)" in lines
    assert lines[-1] == "  FAILED: 1 of 2 traits"


def test_junit_has_a_case_for_each_trait_and_bears_any_text(written: Path) -> None:
    suite = ET.parse(written / "junit.xml").getroot()[0]
    assert {name: suite.get(name) for name in ("tests", "failures", "skipped")} == {
        "tests": "3",
        "failures": "1",
        "skipped": "1",
    }
    (failure,) = suite.iter("failure")
    assert "2 of 12 are missing: <a>, \ufffd." in str(failure.text)


def test_the_json_can_be_read_back_as_the_weather_that_fails(written: Path) -> None:
    (told,) = json.loads((written / "verdict.json").read_text("utf-8"))
    failed = next(trait for trait in told["traits"] if trait["state"] == "fail")
    assert told["passed"] is False
    assert Weather.read(failed["failure"]["weather"]) == FAILURE.weather


def test_the_page_is_whole_escaped_and_loads_nothing(written: Path) -> None:
    page = (written / "report.html").read_text("utf-8")
    Closed().feed(page)
    assert "<a>" not in page
    assert "2 of 12 are missing: &lt;a&gt;" in page
    assert "http" not in page.replace("HTTP", "")


class Closed(HTMLParser):
    """Fails where a tag is closed that is not open."""

    VOID = ("meta", "link", "br")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
