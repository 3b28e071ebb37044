"""Ranges of days, both ends included, on an organization's calendar."""

from __future__ import annotations

from datetime import date, timedelta

from emulator.kit import Ask, Kind, Refusal, Violation, fixed, seconds
from emulator.vendors.amilia.lens import Lens

DAY = 86400


@fixed
class Days:
    """From the first day to the last; an absent end is open."""

    first: date | None = None
    last: date | None = None

    def hold(self, day: date) -> bool:
        """Whether a day is among them."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    def meet(self, first: date, last: date | None) -> bool:
        """Whether a period (open without a last day) has a day in common with them."""
        return (self.last is None or first <= self.last) and (self.first is None or last is None or self.first <= last)


def days(ask: Ask, lens: Lens, lower: str = "from", upper: str = "to") -> Days:
    """The days that a call asks about, by the contract's rule for what it leaves out. Raises Refusal for a date that is none."""
    world = lens.world
    name = f"{ask.operation.resource}.{ask.operation.name}"
    rule = {**world.table("windows_stated"), **world.table("windows_supposed")}[name]
    first, last = _day(ask, lower), _day(ask, upper)
    if first is None and last is None:
        return _left_out(rule["none"], lens.today)
    if last is None and rule["lower_only"] == "day":
        last = first
    return Days(first, last)


def _left_out(rule: str, today: date) -> Days:
    if rule == "everything":
        return Days()
    back = 0 if rule == "today" else int(seconds(rule) // DAY)
    return Days(today - timedelta(days=back), today)


def _day(ask: Ask, name: str) -> date | None:
    text = ask.query.get(name)
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        said = f"{text!r} is not a day of the calendar"
        raise Refusal(Kind.INVALID, [Violation((name,), "format", text, "YYYY-MM-DD", "query", said)]) from None
