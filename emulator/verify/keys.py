"""The credentials that a user gave, as the headers that show them; and how to keep them out of all that is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from emulator.contract.model import Contract, Part
from emulator.readers.credentials import Credential, presented
from emulator.wire import NOTHING
from emulator.world.journal import HIDDEN
from emulator.world.sandbox import Maker, Sandbox, credentials_of
from emulator.world.world import CREDENTIALS

NOBODY = "nobody-has-this"
SHORTEST_SECRET = 4
SECRETS = ("token", "secret", "password", "sessionid", "session_id")


def keys(maker: Maker, given: Mapping[str, str]) -> list[Credential]:
    """A key for each credential that the vendor's own enrolment makes of the values given.

    What would need a value that was not given is left out.
    """
    contract = maker.contract
    absent = {name: value for name, value in credentials_of(contract, "verify").items() if name not in given}

    def enrol(world: Any, own: Mapping[str, str]) -> None:
        maker.enrol(world, {**own, **given})

    sandbox = Sandbox("verify", {contract.vendor: replace(maker, enrol=enrol)}, start="empty")
    rows = [row.data for row in sandbox.worlds[contract.vendor].rows(CREDENTIALS).all()]
    secret = [value for name, value in absent.items() if not contract.credentials[name].same]
    ours = [row for row in rows if not any(value in str(row.get(field, "")) for value in secret for field in row)]
    return _in_headers(contract, *ours)


def issued(contract: Contract, token: str, known: Iterable[Credential]) -> list[Credential]:
    """The keys that a token gives which the server issued: those of the bearer schemes that have none yet."""
    have = {key.scheme for key in known}
    parts = [part for part in contract.auth.values() if part.name not in have and _bears_a_word(part)]
    return _in_headers(contract, *({"id": f"{part.name}:{token}"} for part in parts))


def wrong(contract: Contract, scheme: str) -> Credential:
    """A key of this scheme that nobody has. It names an owner that there is not, so that no account is locked for it."""
    return _in_headers(contract, {"id": f"{scheme}:{NOBODY}", "password": NOBODY, "secret": NOBODY})[0]


def presentable(part: Part) -> bool:
    """Whether a scheme asks a caller to show anything."""
    return part.kind == "basic" or "key_header" in part.options or "header" in part.options or _bears_a_word(part)


def _in_headers(contract: Contract, *rows: Mapping[str, Any]) -> list[Credential]:
    """The keys of these rows; where a scheme has a place in the query as well, the header's."""
    return [key for key in presented(contract, rows) if not key.query]


def _bears_a_word(part: Part) -> bool:
    return part.kind == "bearer" or "scheme" in part.options


def secrets_in(value: Any) -> list[str]:
    """The texts that stand under the names of secrets in what was handed out."""
    members = value.items() if isinstance(value, dict) else ()
    return [text for name, text in members if isinstance(text, str) and name.lower().endswith(SECRETS)]


class Redaction:
    """Takes secrets out of texts. A value of a few letters is no secret, and would be found everywhere."""

    def __init__(self, contract: Contract, given: Mapping[str, str] = NOTHING) -> None:
        self._secrets: set[str] = set()
        public = {name for name, credential in contract.credentials.items() if credential.same}
        self.add(*(value for name, value in given.items() if name not in public))

    def add(self, *secrets: str) -> None:
        """From now on these are secrets, too."""
        self._secrets |= {secret for secret in secrets if len(secret) >= SHORTEST_SECRET}

    def know(self, key: Credential) -> None:
        """The parts of a key's headers are secrets."""
        self.add(*(value.rpartition(" ")[2] for value in key.headers.values()))

    def __call__(self, text: str) -> str:
        """The text with each secret hidden."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, HIDDEN)
        return text
