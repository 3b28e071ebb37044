"""What verifications of real servers left behind: dated documents, to be laid beside the contract."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from emulator.contract.model import Contract

FIELDS = {"vendor": str, "at": str, "target": str, "contract": str, "operations": dict}


@dataclass(frozen=True)
class Evidence:
    """One verification: when it was made, of which server, against which contract.

    `operations` tells of each operation the outcomes that were met, and whether they were always as promised.
    """

    file: str
    vendor: str
    at: str
    target: str
    contract: str
    operations: Mapping[str, Mapping[str, Any]]


def evidence(place: Path) -> list[Evidence]:
    """The documents in a file or in a folder, the newest first. Raises ValueError for what is none."""
    files = sorted(place.glob("*.json")) if place.is_dir() else [place]
    return sorted((_read(file) for file in files), key=lambda one: one.at, reverse=True)


def _read(file: Path) -> Evidence:
    try:
        told = orjson.loads(file.read_bytes())
    except OSError as error:
        raise ValueError(f"{file}: {error.strerror}") from None
    except orjson.JSONDecodeError as error:
        raise ValueError(f"{file} is no JSON: {error}") from None
    if not isinstance(told, dict) or any(not isinstance(told.get(name), kind) for name, kind in FIELDS.items()):
        raise ValueError(f"{file} is no evidence: it is to be what `emulator verify --evidence` wrote")
    return Evidence(file.name, *(told[name] for name in FIELDS))


def digest(contract: Contract) -> str:
    """What a contract is known by: it is another when any of its files says something else."""
    text = orjson.dumps(dict(contract.raw), option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(text).hexdigest()[:16]
