"""Strings: of every length that is allowed, in many scripts, and to a pattern."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st

from emulator.fuzz.characters import EVERY, PLAIN, Texts
from emulator.fuzz.patterns import to_pattern

ODD = st.sampled_from("äßçñøżЖשع漢字かな한ไ\u0301\u200b\u202e\ufeff\uffff😀🧑‍🚀𝔘𐍈\U0010ffff\x00\x1f\x7f\u2028\\\"'<%&;")
USUAL = 24  # characters more than the least, where the greatest length is far away
LONGEST = 70_000  # a string of the greatest length is drawn up to this


@lru_cache(maxsize=512)
def texts(least: int = 0, most: int | None = None, alphabet: st.SearchStrategy[str] | None = None) -> Texts:
    """Strings within two lengths; both are often reached."""
    usual = least + USUAL if most is None else min(most, least + USUAL)
    alphabets = [alphabet] if alphabet is not None else [PLAIN, EVERY, ODD]
    found = [st.text(characters, min_size=least, max_size=usual) for characters in alphabets]
    ends = [
        size for size in {least, most if most is not None else least} if USUAL < size <= LONGEST or 0 < size == most
    ]
    found += [st.builds(_repeated, alphabets[-1], st.just(size)) for size in ends]
    return st.one_of(found)


def matching(schema: Mapping[str, Any]) -> Texts:
    """Strings that meet `pattern`, `minLength` and `maxLength` of a plain schema."""
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    pattern = schema.get("pattern")
    if pattern is None:
        return texts(least, most)
    found = to_pattern(pattern)
    if least > 1 or most is not None:
        found = found.filter(lambda text: least <= len(text) and (most is None or len(text) <= most))
    return found


def _repeated(character: str, times: int) -> str:
    return character * times
