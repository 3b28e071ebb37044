"""A verdict as text, JUnit XML, JSON and HTML: four ways to say the same."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from emulator.fuzz.report.html import page
from emulator.fuzz.report.junit import junit
from emulator.fuzz.report.text import text
from emulator.fuzz.verdict import Verdict

__all__ = ["text", "write"]


def write(verdicts: Sequence[Verdict], folder: Path) -> list[Path]:
    """Writes `verdict.txt`, `junit.xml`, `verdict.json` and `report.html` into a folder, which is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    told = {
        "verdict.txt": "\n\n".join(text(verdict) for verdict in verdicts) + "\n",
        "junit.xml": junit(verdicts),
        "verdict.json": json.dumps([verdict.show() for verdict in verdicts], indent=2, ensure_ascii=False) + "\n",
        "report.html": page(verdicts),
    }
    for name, content in told.items():
        (folder / name).write_text(content, encoding="utf-8")
    return [folder / name for name in told]
