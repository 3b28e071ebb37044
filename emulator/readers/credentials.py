"""What callers show: a credential of each scheme, from the rows by which a vendor knows them."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from emulator.contract.model import Contract, Operation


@dataclass(frozen=True, slots=True)
class Credential:
    """What a caller shows: headers or a query parameter of one scheme, and the roles they give where that is known beforehand."""

    scheme: str
    headers: Mapping[str, str]
    roles: frozenset[str] | None = None
    query: tuple[tuple[str, str], ...] = ()

    def opens(self, operation: Operation) -> bool:
        """Whether the operation takes it, as far as can be told."""
        allowed = self.roles is None or not operation.access or bool(operation.access & self.roles)
        return self.scheme in operation.auth and allowed


def presented(contract: Contract, rows: Iterable[Mapping[str, Any]]) -> list[Credential]:
    """Credentials from the rows by which a vendor knows them."""
    found = []
    for row in rows:
        scheme, _, shown = str(row["id"]).partition(":")
        part = contract.auth.get(scheme)
        if part is None:
            continue
        options = part.options
        if "key_header" in options:
            headers = {
                options["key_header"].lower(): shown,
                options["secret_header"].lower(): str(row.get("secret", "")),
            }
        elif part.kind == "basic":
            pair = base64.b64encode(f"{shown}:{row.get('password', '')}".encode()).decode()
            headers = {"authorization": f"Basic {pair}"}
        else:
            word = options.get("scheme", "Bearer" if "header" not in options else "")
            headers = {options.get("header", "Authorization").lower(): f"{word} {shown}".strip()}
        roles = frozenset(row["roles"]) if "roles" in row else None
        found.append(Credential(scheme, headers, roles))
        if options.get("query"):
            found.append(Credential(scheme, {}, roles, ((options["query"], shown),)))
    return found
