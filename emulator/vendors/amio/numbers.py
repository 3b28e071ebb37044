"""Phone numbers: taken in any common form, known by their digits."""

from __future__ import annotations

from emulator.kit import World
from emulator.vendors.amio.references import broken


def digits(text: str, at: tuple[str, ...]) -> str:
    """Country code and number without a plus: `+1 (555) 857-6309` -> `15558576309`. Refuses what cannot be a number."""
    found = _international(text)
    if not found:
        raise broken(at, "phone_number", text)
    return found


def has_user(number: str, world: World) -> bool:
    """Whether the platform has a user of this number (given as digits)."""
    return number not in _listed("numbers_without_user", world)


def is_test_device(number: str, world: World) -> bool:
    """Whether an RBM agent that is not launched yet may reach this number (given as digits)."""
    return number in _listed("rbm_test_numbers", world)


def _listed(setting: str, world: World) -> set[str]:
    return {_international(text) for text in world.settings[setting]}


def _international(text: str) -> str:
    """The digits, or nothing if the text is no possible number. Without a plus or 00 it is read as if the plus were there."""
    import phonenumbers  # its metadata takes a while to load

    plain = text.strip()
    if not plain.startswith("+"):
        plain = "+" + plain.removeprefix("00")
    try:
        number = phonenumbers.parse(plain)
    except phonenumbers.NumberParseException:
        return ""
    if number.extension or not phonenumbers.is_possible_number(number):
        return ""
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)).removeprefix("+")
