"""Silence of a given length, as a playable MP3 or WAV file."""

from __future__ import annotations

from collections.abc import Callable, Mapping

# MPEG-1 layer III, 128 kbit/s, 44.1 kHz, mono, no checksum.
# A frame whose side information and data are all zero decodes to silence.
_FRAME = bytes((0xFF, 0xFB, 0x90, 0xC4)).ljust(417, b"\0")
_SAMPLES, _RATE = 1152, 44100
_WAV_RATE = 8000


def mp3(seconds: float) -> bytes:
    """As many frames as the length needs, one at least."""
    return _FRAME * max(1, round(seconds * _RATE / _SAMPLES))


def wav(seconds: float) -> bytes:
    """16-bit samples at the rate of a telephone."""
    import io
    import wave

    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_WAV_RATE)
        file.writeframes(bytes(2 * max(1, round(seconds * _WAV_RATE))))
    return held.getvalue()


FORMATS: Mapping[str, Callable[[float], bytes]] = {"mp3": mp3, "wav": wav}
