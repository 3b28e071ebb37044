"""One source of names and chances for each world, seeded: equal seeds and equal calls give equal ids. The only module that draws."""

from __future__ import annotations

import random
import string
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from emulator.world.clock import Clock
    from emulator.world.store import Store

T = TypeVar("T")
ALPHABET = string.ascii_letters + string.digits
LETTERS = bytes(ord(ALPHABET[byte % len(ALPHABET)]) for byte in range(256))
"""A letter or digit for each byte."""
NODE_BITS = 22


class Ids:
    """Draws from a seed. Its state is in the store, so that it is restored with everything else."""

    __slots__ = ("_clock", "_seed", "_store")

    def __init__(self, store: Store, clock: Clock, seed: Any) -> None:
        self._store, self._clock, self._seed = store, clock, seed

    def token(self, length: int, alphabet: str = ALPHABET) -> str:
        """Letters and digits."""
        return "".join(self._draw().choices(alphabet, k=length))

    def hex(self, length: int) -> str:
        """Lower-case hexadecimal digits."""
        return self.token(length, "0123456789abcdef")

    def uuid(self) -> str:
        """A version 4 UUID."""
        return str(uuid.UUID(int=self._draw().getrandbits(128), version=4))

    def integer(self, low: int, high: int) -> int:
        """A number from low to high, both within reach."""
        return self._draw().randint(low, high)

    def choice(self, options: Sequence[T]) -> T:
        """One of the options."""
        return self._draw().choice(options)

    def next(self, name: str, first: int = 1) -> int:
        """`first`, `first` + 1, … for each name."""
        value = int(self._store.number(f"ids.next.{name}", first))
        self._store.set_number(f"ids.next.{name}", value + 1)
        return value

    def snowflake(self) -> str:
        """A decimal id whose high bits are the time in milliseconds; each is greater than the one before."""
        value = max(int(self._clock.now() * 1000) << NODE_BITS, int(self._store.number("ids.snowflake", 0)) + 1)
        self._store.set_number("ids.snowflake", value)
        return str(value)

    def _draw(self) -> random.Random:
        """A generator whose state follows from the seed and the number of draws so far."""
        drawn = int(self._store.number("ids.drawn", 0))
        self._store.set_number("ids.drawn", drawn + 1)
        return random.Random(f"{self._seed}:{drawn}")


def derived(*parts: Any, length: int) -> str:
    """Letters and digits that follow from the parts: the same parts, the same text."""
    import hashlib  # brings OpenSSL with it

    digest = hashlib.shake_256("\0".join(map(str, parts)).encode()).digest(length)
    return digest.translate(LETTERS).decode()


def fresh(length: int = 12) -> str:
    """Letters and digits that nobody can guess."""
    import secrets  # brings OpenSSL with it

    return "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(length))
