"""What changed between two contracts of a vendor, and what that means for a client."""

from emulator.readers.diff.compare import Diff, VendorDiff, diff
from emulator.readers.diff.journal import Replay, entries, replay
from emulator.readers.diff.show import as_json, as_text
from emulator.readers.diff.witness import Hunt

__all__ = ["Diff", "Hunt", "Replay", "VendorDiff", "as_json", "as_text", "diff", "entries", "replay"]
