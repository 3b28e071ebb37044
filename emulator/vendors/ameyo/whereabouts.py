"""Where a text was put, for very many texts in little memory: an open table of 64-bit hashes, twelve bytes a slot."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

SMALLEST = 1 << 10


class Whereabouts:
    """From a text to the numbers of the places that may hold it: all that do, and rarely one that does not."""

    def __init__(self) -> None:
        self._size, self._mask = 0, SMALLEST - 1
        self._hashes, self._places = _empty(SMALLEST)

    def add(self, text: str, place: int) -> None:
        """Remembers that a place holds a text."""
        if self._size * 2 > self._mask:
            self._grow()
        self._put(hash(text), place)
        self._size += 1

    def find(self, text: str) -> Sequence[int]:
        """The places under the text's hash."""
        wanted, mask, places = hash(text), self._mask, self._places
        at = wanted & mask
        if places[at] < 0:
            return ()
        found = []
        while (place := places[at]) >= 0:
            if self._hashes[at] == wanted:
                found.append(place)
            at = (at + 1) & mask
        return found

    def _put(self, hashed: int, place: int) -> None:
        at, mask, places = hashed & self._mask, self._mask, self._places
        while places[at] >= 0:
            at = (at + 1) & mask
        self._hashes[at], places[at] = hashed, place

    def _grow(self) -> None:
        hashes, places = self._hashes, self._places
        self._mask = self._mask * 2 + 1
        self._hashes, self._places = _empty(self._mask + 1)
        for hashed, place in zip(hashes, places, strict=True):
            if place >= 0:
                self._put(hashed, place)


def _empty(size: int) -> tuple[array[int], array[int]]:
    return array("q", bytes(8 * size)), array("i", b"\xff" * (4 * size))
