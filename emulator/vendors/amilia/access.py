"""Scans at the organization's doors."""

from __future__ import annotations

from emulator.kit import Ask, Outcome, World
from emulator.vendors.amilia.days import days
from emulator.vendors.amilia.lens import Json, Lens, number, through
from emulator.vendors.amilia.pages import listed
from emulator.vendors.amilia.shapes.doors import scan


def scans(ask: Ask, world: World) -> Outcome:
    """The scans of these days, at any door."""
    lens = through(ask, world)
    return listed(_on(ask, lens), lambda row: scan(row, lens))


def configuration_scans(ask: Ask, world: World) -> Outcome:
    """The scans of these days, of one access configuration."""
    lens = through(ask, world)
    door = lens.own("access_configurations", ask.path["configurationId"], "Access configuration")
    rows = [row for row in _on(ask, lens) if row["ConfigurationId"] == number(door)]
    return listed(rows, lambda row: scan(row, lens))


def _on(ask: Ask, lens: Lens) -> list[Json]:
    within = days(ask, lens, "start", "end")
    return [row for row in lens.all("access_scans") if within.hold(lens.wall(row["ScanDate"]).date())]
