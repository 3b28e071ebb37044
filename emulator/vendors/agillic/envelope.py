"""How answers look: the payload as it is; errors without a body, but for a message on 400 and 409 and for OAuth's own errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emulator.kit import Ask, Call, Operation, Outcome, Refusal, RefusalPromise, Reply, World

PLAIN = "default"


class AgillicEnvelope:
    """Agillic's shapes."""

    def success(self, outcome: Outcome, ask: Ask, world: World) -> Reply:
        """The payload itself; a page of a document stands between its links and its measures."""
        body = outcome.data
        if outcome.page is not None and outcome.page.facts:
            facts = outcome.page.facts
            body = {"links": facts["links"], "content": outcome.data, "page": facts["page"]}
        return Reply(outcome.status, body, media=outcome.media)

    def refusal(
        self, refusal: Refusal, promised: RefusalPromise, operation: Operation | None, call: Call, world: World
    ) -> Reply:
        """A status, and a message where the contract has a body for it."""
        if promised.schema is None:
            return Reply(promised.status)
        name = _wording(refusal, promised.messages)
        code = promised.code(name) if name else None
        text = said(refusal, promised)
        return Reply(promised.status, {"error": code, "error_description": text} if code else {"message": text})


def said(refusal: Refusal, promised: RefusalPromise) -> str:
    """The refusal in the contract's words."""
    name = _wording(refusal, promised.messages)
    if not name:
        return refusal.detail or refusal.kind.value
    problems = "; ".join(
        f"{violation.place or 'the body'}: {violation.said or violation.keyword}" for violation in refusal.violations
    )
    return promised.message(name, _Gaps({"problems": problems or "no detail", **refusal.facts}))


def told(refusal: Refusal, world: World) -> str:
    """What a refusal would have said, for an entry of a batch and for a task that failed."""
    return said(refusal, world.contract.refusals[refusal.kind])


def _wording(refusal: Refusal, messages: Mapping[str, Any]) -> str:
    if refusal.detail in messages:
        return refusal.detail
    return PLAIN if PLAIN in messages else next(iter(messages), "")


class _Gaps(dict[str, Any]):
    """Facts for the gaps of a wording; a gap without a fact (in a refusal that a test planned) is left out."""

    def __missing__(self, key: str) -> str:
        return "…"
