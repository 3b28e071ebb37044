"""What a schema allows and what it does not: the strategies that others use."""

from emulator.fuzz.instances import valid
from emulator.fuzz.invalid import Broken, invalid

__all__ = ["Broken", "invalid", "valid"]
