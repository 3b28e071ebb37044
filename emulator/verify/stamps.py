"""The headers by which a limit tells how it stands: whether they can be what they say."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from emulator.contract.model import Contract, Part
from emulator.verify.pace import allowed

MEANING = {
    "limit_header": "how many calls there are",
    "remaining_header": "how many are left",
    "reset_header": "when there are as many again",
}


def unlikely(
    contract: Contract, part: Part, settings: Mapping[str, Any], headers: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    """The limit's headers that a counted call's reply lacks or that cannot be: option, header and what it is to say.

    `settings` are those that are known of the account; a limit that it does not have by them, or unless given, stamps nothing.
    """
    if allowed(contract, part, settings) is None:
        return
    for option, said in MEANING.items():
        header = part.options.get(option)
        if header and not _plausible(contract, option, part, settings, headers.get(header.lower(), "")):
            yield option, header, said


def _plausible(contract: Contract, option: str, part: Part, settings: Mapping[str, Any], value: str) -> bool:
    if option == "reset_header" and part.options.get("reset_as", "epoch") == "http_date":
        return value.endswith("GMT")
    if not (value.isascii() and value.isdigit()):
        return False
    possible = _possible(contract, part, settings)
    return option != "limit_header" or possible is None or int(value) in possible


def _possible(contract: Contract, part: Part, settings: Mapping[str, Any]) -> Collection[int] | None:
    """How many calls a limit can allow, by what is known of the account; None where it can be any number."""
    figure = part.options.get("calls")
    if isinstance(figure, Mapping) and figure["setting"] in settings:
        return {allowed(contract, part, settings) or 0}
    return _figures(figure)


def _figures(figure: Any) -> Collection[int] | None:
    """The numbers that a figure can be; None where it can be any."""
    if not isinstance(figure, Mapping):
        return {int(figure)} if figure else ()
    if "values" not in figure:
        return None
    branches = [_figures(value) for value in figure["values"].values()]
    return None if None in branches else {number for branch in branches for number in branch or ()}
