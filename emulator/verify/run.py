"""One verification from beginning to end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from emulator.readers.evidence import digest
from emulator.verify.judge import Judge
from emulator.verify.keys import Redaction, keys
from emulator.verify.line import Seen
from emulator.verify.pace import Pace, Spent
from emulator.verify.probes import once, variations
from emulator.verify.reach import reach, sign_in, teach
from emulator.verify.replay import replay_readings, replay_writings
from emulator.verify.report import Report
from emulator.verify.session import Session
from emulator.verify.walk import walk
from emulator.wire import Call
from emulator.world.sandbox import Maker


@dataclass(frozen=True)
class Account:
    """What the user says of an account: its credentials, the settings that are known of it, and ids of things it has, by collection."""

    credentials: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    known: Mapping[str, list[str]] = field(default_factory=dict)


def verify(
    maker: Maker,
    account: Account,
    send: Callable[[Call], Seen],
    pace: Pace,
    *,
    target: str,
    at: str,
    writes: bool = False,
    exact: bool = False,
) -> Report:
    """Asks everything that may be asked, and reports. Raises Silent where the server does not answer, Unknown where it knows nobody."""
    contract, redaction = maker.contract, Redaction(maker.contract, account.credentials)
    session = Session(
        contract=contract,
        send=send,
        pace=pace,
        judge=Judge(contract, account.settings),
        redaction=redaction,
        credentials=account.credentials,
        keys=keys(maker, account.credentials),
    )
    teach(session, account.known)
    stopped = ""
    try:
        _everything(session, writes=writes, exact=exact)
    except Spent as spent:
        stopped = str(spent)
    operations = {
        name: {
            "reached": any(outcome.isdigit() for outcome in session.outcomes.get(name, ())),
            "outcomes": session.outcomes.get(name, {}),
        }
        for name in (*contract.operations, contract.vendor)
    }
    return Report(
        vendor=contract.vendor,
        contract=digest(contract),
        target=target,
        at=at,
        share=pace.share,
        writes=writes,
        calls=session.calls,
        operations=operations,
        departures=tuple(session.departures.values()),
        skipped=tuple(session.skipped),
        stopped=stopped,
    )


def _everything(session: Session, *, writes: bool, exact: bool) -> None:
    sign_in(session)
    replay_readings(session, exact=exact)
    reach(session)
    session.insist()
    for probe in once(session):
        session.ask(probe)
    for base in list(session.bases.values()):
        walk(session, base)
        for probe in variations(session, base):
            session.ask(probe)
    replay_writings(session, allowed=writes)
