"""Puts what a bench found into docs/performance.md, between the markers that bear its name."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"


def put(name: str, text: str) -> None:
    """Replaces what stands between the markers. Raises ValueError where there are none."""
    page = DOCS / "performance.md"
    between = re.compile(rf"(<!-- {re.escape(name)} -->\n).*?(<!-- /{re.escape(name)} -->)", re.DOTALL)
    told, found = between.subn(lambda at: f"{at[1]}\n{text.strip()}\n\n{at[2]}", page.read_text(encoding="utf-8"))
    if found != 1:
        raise ValueError(f"{page.name} has no markers {name}")
    page.write_text(told, encoding="utf-8")
