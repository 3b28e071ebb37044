"""Schemathesis against the served emulator: every operation, in all its phases, with all its checks.

But for two that are off unless they are told more: the longest time of an answer, which would tell of the machine, and
peers who must not see each other's things, of whom a vendor's account has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import schemathesis
from hypothesis import settings
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure
from schemathesis.core.transport import Response
from schemathesis.engine import events, from_schema
from schemathesis.generation.case import Case
from schemathesis.openapi.checks import AllowHeaderMismatch, RejectedPositiveData

from emulator.contract.read import Reader
from emulator.engine import Engine
from emulator.testing.client import Emulator, Handle
from emulator.wire import Anonymous, Call, Refusal

EXAMPLES = max(1, settings.default.max_examples // 60)
THEN = "2026-01-05T09:00:00Z"  # the contracts' examples speak of the demo world as it is at this moment

STATUSES = {
    "ameyo": ["512"],  # how the documented 4.x application server refuses
    "amio": ["502"],  # documented: the platform behind the channel answered with an error
}
"""Statuses from 500 up that a vendor documents as refusals, besides which `not_a_server_error` takes none."""

SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "ameyo": {"register_reply": "record"},  # else 200 without a body, or with one: OpenAPI cannot say either
}

OVERLAP = "The path is one of `…/{id}` too, whose methods it therefore has: they answer that there is no such id."
EXCLUDED: Mapping[tuple[str, type[Failure]], str] = {
    ("agillic.exports.start", AllowHeaderMismatch): OVERLAP,
    ("agillic.global_tables.find", AllowHeaderMismatch): OVERLAP,
    ("agillic.one_to_many.upsert_later", AllowHeaderMismatch): OVERLAP,
    ("agillic.recipient_events.achieve_later", AllowHeaderMismatch): OVERLAP,
    ("agillic.recipients.batch", AllowHeaderMismatch): OVERLAP,
    ("agillic.target_groups.add", AllowHeaderMismatch): OVERLAP,
    ("agillic.target_groups.remove", AllowHeaderMismatch): OVERLAP,
    ("ameyo.customer_callbacks.find", AllowHeaderMismatch): OVERLAP,
}
"""What is not held against an operation, and why."""

Schemes = Mapping[str, Mapping[str, str]]


def _amio(vendor: Handle) -> Schemes:
    return {"token": {"bearer": vendor.token}}


def _agillic(vendor: Handle) -> Schemes:
    return {"basic": {"username": vendor.client_id, "password": vendor.client_secret}}


def _amilia(vendor: Handle) -> Schemes:
    user = vendor.username, vendor.password
    token = requests.get(f"{vendor.base_url}/api/v3/authenticate", auth=user, timeout=10).json()["Token"]
    return {"token": {"bearer": token}, "basic": {"username": user[0], "password": user[1]}}


def _ameyo(vendor: Handle) -> Schemes:
    basic = {"username": vendor.username, "password": vendor.password}
    return {"basic": basic, "session": {"api_key": vendor.session_id}}


CREDENTIALS: Mapping[str, Callable[[Handle], Schemes]] = {
    "agillic": _agillic,
    "ameyo": _ameyo,
    "amilia": _amilia,
    "amio": _amio,
}


@contextmanager
def _served(vendor: str) -> Iterator[tuple[Emulator, Handle]]:
    """An emulator and a sandbox of its own, since Schemathesis changes what it finds, without limits and at rest."""
    with Emulator(vendors=[vendor], limits="off") as emulator:
        box = emulator.sandbox(clock={"now": THEN, "mode": "frozen"})
        box.settings.update({vendor: SETTINGS.get(vendor, {})})
        yield emulator, box.vendor(vendor)


def _schema(emulator: Emulator, vendor: str, handle: Handle) -> Any:
    """The document as it is served, with every check, every phase, and as many examples as the profile allows."""
    config = {
        "base-url": handle.base_url,
        "seed": 1,
        "continue-on-failure": True,
        "cache": {"enabled": False},
        "auth": {"openapi": CREDENTIALS[vendor](handle)},
        "generation": {"max-examples": EXAMPLES, "deterministic": True},
        "checks": {"not_a_server_error": {"expected-statuses": ["2xx", "3xx", "4xx", *STATUSES.get(vendor, ())]}},
    }
    address = f"{emulator.base_url}/_emulator/openapi/{vendor}.json"
    schema = schemathesis.openapi.from_url(address, config=SchemathesisConfig.from_dict(config))
    engine = emulator.assembly.engines[vendor]

    @schema.hook
    def filter_failure(context: Any, failure: Failure, case: Case, response: Response) -> bool:
        operation = case.operation.definition.raw["operationId"]
        beyond = isinstance(failure, RejectedPositiveData) and _understood(engine, handle, response)
        return not beyond and (operation, type(failure)) not in EXCLUDED

    return schema


def _understood(engine: Engine, handle: Handle, response: Response) -> bool:
    """Whether the contract has nothing against a call that was refused.

    Then it was refused for what is or is not in the world, or for a rule that no schema of parameters and bodies can say.
    """
    request = response.request
    assert request.url is not None
    url = urlsplit(request.url)
    body = request.body.encode() if isinstance(request.body, str) else request.body or b""
    headers = {name.lower(): str(value) for name, value in request.headers.items()}
    call = Call(request.method or "", url.path.removeprefix(urlsplit(handle.base_url).path), url.query, headers, body)
    operation, segments = engine.router.match(call)
    try:
        Reader(engine.contract, operation, decoders=engine.vendor.media).read(call, segments, Anonymous())
    except Refusal:
        return False
    return True


def _found(event: events.ScenarioFinished) -> Iterator[str]:
    for ident, checks in event.recorder.checks.items():
        case = event.recorder.cases[ident].value
        for check in checks:
            if check.failure_info is not None:
                told = check.failure_info.failure
                yield f"{case.operation.label}: {check.name}: {told.title}\n{told.message}\n{case.as_curl_command()}"


def _done(event: events.ScenarioFinished) -> Iterator[str]:
    for ident, interaction in event.recorder.interactions.items():
        if interaction.response is not None and interaction.response.status_code < 400:
            yield event.recorder.cases[ident].value.operation.definition.raw["operationId"]


@pytest.mark.slow
@pytest.mark.parametrize("vendor", sorted(CREDENTIALS))
def test_schemathesis_finds_nothing_where_most_operations_have_succeeded(vendor: str) -> None:
    found: dict[str, str] = {}
    done: set[str] = set()
    with _served(vendor) as (emulator, handle):
        for event in from_schema(_schema(emulator, vendor, handle)).execute():
            assert not isinstance(event, events.FatalError | events.NonFatalError), event
            if isinstance(event, events.ScenarioFinished):
                found |= {finding.partition("\n")[0]: finding for finding in _found(event)}
                done.update(_done(event))
    assert "\n\n".join(found.values()) == ""
    assert len(done) > 2 / 3 * len(emulator.assembly.engines[vendor].contract.operations)
