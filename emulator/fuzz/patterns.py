"""Strings to a pattern, of the part of ECMA's expressions that contracts are written in (no escaped classes, no back references).

Ours because hypothesis draws each character by itself, which takes ten milliseconds for a date, and because it cannot look ahead.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st

from emulator.fuzz.characters import EVERY, Texts
from emulator.fuzz.plain import matcher
from emulator.fuzz.recipe import drawing

MORE = 8  # repetitions beyond the least where there is no greatest
FEW = 500  # characters of a class that are listed
SPECIAL = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v", "0": "\0"}
Part = Callable[[Any], str]
"""Draws the text of one part of a pattern."""


@lru_cache(maxsize=512)
def to_pattern(pattern: str) -> Texts:
    """Strings in which a pattern is found: a search, as JSON Schema has it, not a match of the whole."""
    reading = _Reading(pattern)
    part = reading.choice(outermost=True)
    search = matcher(pattern).search

    found: Texts = drawing(f"to_pattern({pattern!r})", part)
    return found.filter(lambda text: search(text) is not None) if reading.looks_ahead else found


class _Reading:
    """A pattern being read from left to right."""

    def __init__(self, pattern: str) -> None:
        self.text = pattern.replace(r"(?!.|\n)", "$").replace(r"(?![\s\S])", "$")
        self.at = 0
        self.looks_ahead = False

    def choice(self, outermost: bool = False) -> Part:
        """Alternatives, up to the end or the closing bracket."""
        found = [self._sequence(outermost)]
        while self._takes("|"):
            found.append(self._sequence(outermost))
        return found[0] if len(found) == 1 else lambda draw: draw(st.sampled_from(found))(draw)

    def _sequence(self, outermost: bool) -> Part:
        parts: list[Part] = []
        anchored = self._takes("^")
        ended = False
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            if self._takes("$"):
                ended = True
            elif self.text.startswith(("(?=", "(?!"), self.at):
                self.looks_ahead = True
                self.at += 3
                self.choice()
                self.at += 1
            else:
                parts.append(self._repeated())
        if outermost and not anchored:
            parts.insert(0, _anything)
        if outermost and not ended:
            parts.append(_anything)
        return lambda draw: "".join([part(draw) for part in parts])

    def _repeated(self) -> Part:
        """An atom with its quantifier; of single characters a whole run is drawn at once."""
        if self._takes("("):
            self._takes("?:")
            part = self.choice()
            self.at += 1
            least, most = self._times()
            return _times_over(part, least, most)
        characters = self._characters()
        least, most = self._times()
        if isinstance(characters, str) and len(characters) == 1 and least == most == 1:
            return lambda draw: characters
        run = st.text(characters, min_size=least, max_size=least + MORE if most is None else most)
        return lambda draw: draw(run)

    def _characters(self) -> str | st.SearchStrategy[str]:
        character = self.text[self.at]
        self.at += 1
        if character == "\\":
            self.at += 1
            return SPECIAL.get(self.text[self.at - 1], self.text[self.at - 1])
        if character == ".":
            return st.characters(exclude_categories=["Cs"], exclude_characters="\n\r\u2028\u2029")
        return self._class() if character == "[" else character

    def _class(self) -> str | st.SearchStrategy[str]:
        negated = self._takes("^")
        listed: list[int] = []
        while not self._takes("]"):
            low = self._member()
            if self.text[self.at] == "-" and self.text[self.at + 1] != "]":
                self.at += 1
                listed += range(low, self._member() + 1)
            else:
                listed.append(low)
        text = "".join(map(chr, listed))
        if negated:
            return st.characters(exclude_categories=["Cs"], exclude_characters=text)
        return text if len(text) <= FEW else st.sampled_from(text)

    def _member(self) -> int:
        escaped = self._takes("\\")
        character = self.text[self.at]
        self.at += 1
        return ord(SPECIAL.get(character, character) if escaped else character)

    def _times(self) -> tuple[int, int | None]:
        for sign, times in {"*": (0, None), "+": (1, None), "?": (0, 1)}.items():
            if self._takes(sign):
                return times
        if not self._takes("{"):
            return 1, 1
        given = self.text[self.at : self.text.index("}", self.at)]
        self.at += len(given) + 1
        low, comma, high = given.partition(",")
        return int(low), (int(high) if high else None) if comma else int(low)

    def _takes(self, sign: str) -> bool:
        if not self.text.startswith(sign, self.at):
            return False
        self.at += len(sign)
        return True


def _times_over(part: Part, least: int, most: int | None) -> Part:
    if least == most == 1:
        return part
    counts = st.integers(least, least + MORE if most is None else most)
    return lambda draw: "".join([part(draw) for _ in range(draw(counts))])


def _anything(draw: Any) -> str:
    return str(draw(st.one_of(st.just(""), st.text(EVERY, max_size=4))))
