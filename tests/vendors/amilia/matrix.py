"""The access matrix: which caller may make which call, once as the dossier states it and once as the contracts do.

`python -m tests.vendors.amilia.matrix` prints the table that stands in the documentation.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import orjson

from emulator.data import folder

CONTRACTS = folder("contracts") / "amilia"
CALLERS = ("anonymous", "any token", "partner", "administrator", "key", "key without the scope")

# what the labels mean, and which call bears which: the documents' side of the matter
LABELS = {
    "authenticated": (401, 200, 200, 200, 200, 403),
    "partner": (401, 403, 200, 403, 200, 403),
    "organization": (401, 403, 403, 200, 200, 403),
}
BEARS = {
    "authenticated": """programs.find programs.read programs.activities activities.read activities.occurrences calendar.find
        locations.find locations.activities partner.program_activities memberships.find memberships.read multipass.find
        multipass.read merchandise.find merchandise.read private_lessons.find version2.activity version2.tagged""",
    "partner": """activities.find partner.keywords partner.locations partner.location_activities partner.activity
        partner.occurrences""",
    "organization": """programs.persons activities.persons activities.waitlist activities.waitlists occurrences.persons
        accounts.find accounts.read accounts.contacts accounts.registrations accounts.private_lessons persons.find persons.read
        persons.external persons.registrations persons.private_lessons registrations.find registrations.read reservations.find
        locations.reservations memberships.persons memberships.accounts multipass.persons multipass.accounts donations.sold
        accounting.ledger_codes accounting.journal_entries access.scans access.configuration_scans staff.find
        staff.availabilities staff.member_availabilities webhooks.find webhooks.create webhooks.delete""",
}
LABEL_OF = {name: label for label, names in BEARS.items() for name in names.split()}


@cache
def operations() -> dict[str, Any]:
    """Every operation's contract, by resource and name."""
    files = sorted(
        path for path in CONTRACTS.glob("*/*.json") if path.parent.name not in ("schemas", "events", "stimuli")
    )
    return {f"{path.parent.name}.{path.stem}": orjson.loads(path.read_bytes()) for path in files}


@cache
def protected() -> dict[str, Any]:
    """Those that ask for more than a user name and a password."""
    return {name: found for name, found in operations().items() if found.get("auth") != "basic"}


def scope_of(name: str) -> str:
    """The scope that a key needs for an operation."""
    roles = [role for role in protected()[name]["access"] if role.startswith("scope_")]
    assert len(roles) == 1
    return roles[0].removeprefix("scope_")


def stated(name: str) -> tuple[int, ...]:
    """What the contract's roles come to for each caller: 200 stands for any success."""
    access, scope = set(protected()[name]["access"]), f"scope_{scope_of(name)}"
    roles: list[set[str]] = [
        set(),
        {"user"},
        {"user", "partner"},
        {"user", "manager"},
        {scope},
        {"scope_of_something_else"},
    ]
    return (401, *(200 if access & held else 403 for held in roles[1:]))


def table() -> str:
    """The matrix in Markdown, one row an operation."""
    lines = [f"| operation | {' | '.join(CALLERS)} | scope |", f"|{'---|' * (len(CALLERS) + 2)}"]
    for name in protected():
        cells = ["yes" if status == 200 else str(status) for status in stated(name)]
        lines.append(f"| `{name}` | {' | '.join(cells)} | `{scope_of(name)}` |")
    return "\n".join(lines)


def page() -> str:
    """The page of the documentation that bears the table."""
    return (Path(__file__).parents[3] / "docs" / "vendors" / "amilia.md").read_text(encoding="utf-8")


if __name__ == "__main__":
    print(table())
