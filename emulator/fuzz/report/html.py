"""Verdicts as one HTML page that needs nothing else: to be read, or sent to a colleague."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from emulator.fuzz.verdict import Verdict


def page(verdicts: Sequence[Verdict]) -> str:
    """The page."""
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["pretty"] = lambda value: json.dumps(value, indent=2, ensure_ascii=False)
    return templates.get_template("page.html").render(verdicts=verdicts)
