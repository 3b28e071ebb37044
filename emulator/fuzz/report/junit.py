"""Verdicts as JUnit XML: a suite for each scenario, a case for each trait."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from emulator.fuzz.verdict import Verdict

NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot bear, not even escaped."""


def junit(verdicts: Sequence[Verdict]) -> str:
    """The document."""
    suites = Element("testsuites", name="emulator fuzz")
    for verdict in verdicts:
        skipped = sum(trait.state == "not exercised" for trait in verdict.traits)
        suite = SubElement(
            suites,
            "testsuite",
            name=_plain(f"{verdict.scenario} {verdict.client}"),
            tests=str(len(verdict.traits)),
            failures=str(len(verdict.failed)),
            errors="0",
            skipped=str(skipped),
            time=f"{verdict.seconds:.3f}",
        )
        properties = SubElement(suite, "properties")
        for name in ("seed", "examples", "calls", "weather", "version"):
            SubElement(properties, "property", name=name, value=str(getattr(verdict, name)))
        for trait in verdict.traits:
            case = SubElement(
                suite, "testcase", classname=verdict.scenario, name=f"{trait.name}: {trait.title}", time="0"
            )
            if trait.failure is not None:
                failure = SubElement(case, "failure", message=_plain(trait.failure.finding.told), type=trait.name)
                file = f"\n\nemulator replay {trait.failure.file}" if trait.failure.file else ""
                failure.text = _plain("\n".join(trait.failure.story) + file)
            elif trait.state == "not exercised":
                SubElement(case, "skipped", message=_plain(trait.why))
    indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(suites, encoding="unicode") + "\n"


def _plain(text: str) -> str:
    return NOT_XML.sub("\ufffd", text)
