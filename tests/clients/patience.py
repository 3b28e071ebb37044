"""What the clients share: how long they wait before they try again, and how they say that they will not."""

from __future__ import annotations

from collections.abc import Iterator


class GaveUp(Exception):
    """The job is not done, and why."""


class Refused(GaveUp):
    """The vendor understood the call and said no; making it again would not change that."""

    def __init__(self, status: int, told: str) -> None:
        super().__init__(f"{status}: {told[:200]}")
        self.status = status


class Unknown(GaveUp):
    """Whether the call was carried out is not known, and it must not be carried out twice."""


def pauses(tries: int = 7, first: float = 1.0, longest: float = 60.0) -> Iterator[float]:
    """Seconds to wait after each try: 1, 2, 4, 8 … If one wants more of them than there are tries, it is time to give up."""
    for number in range(tries):
        yield min(first * 2**number, longest)
