"""With `only_documented`, what no document states is answered 501, and the answer names the guess."""

from __future__ import annotations

import json
import re

import pytest

from emulator import data
from emulator.assembly import assemble, vendors_in
from emulator.contract.model import Operation
from emulator.verify.keys import keys
from emulator.wire import Call
from emulator.world.sandboxes import Sandboxes

VENDORS = vendors_in(data.folder("contracts"))
PROBLEM = "application/problem+json"


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_guess_is_not_served_but_named(vendor: str) -> None:
    assembly = assemble([vendor])
    engine = assembly.engines[vendor]
    world = Sandboxes(assembly.makers, limits="off", only_documented=True).default.worlds[vendor]
    known = keys(assembly.makers[vendor], world.credentials)

    def answered(operation: Operation) -> tuple[int, str, str]:
        headers = next((dict(key.headers) for key in known if key.scheme in operation.auth), {})
        call = Call(operation.method, re.sub(r"\{[^}]*\}", "1", operation.path), "", headers)
        answer = engine.handle(call, world)
        body = answer.body if isinstance(answer.body, bytes) else b""
        told = json.loads(body)["detail"] if answer.headers.get("Content-Type") == PROBLEM else ""
        return answer.status, answer.headers.get("Content-Type", ""), told

    for operation in engine.contract.operations.values():
        source = operation.source
        if source.basis == "documented":
            assert answered(operation)[0] != 501
        else:
            told = f"{operation.id} is {source.basis}, not documented: {source.why}"
            assert answered(operation) == (501, PROBLEM, told)
