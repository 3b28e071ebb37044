"""How Amilia answers: the payload as it is, lists with their paging, errors with a TransactionId."""

from __future__ import annotations

from emulator.kit import Ask, Call, Kind, Operation, Outcome, Refusal, RefusalPromise, Reply, Violation, World

WORDING = {Kind.NOT_FOUND: "path", Kind.METHOD_NOT_ALLOWED: "method"}
UNSAID = "unsaid"  # the wording where nothing more is known than the kind


class AmiliaEnvelope:
    """Amilia's two shapes."""

    def success(self, outcome: Outcome, ask: Ask, world: World) -> Reply:
        """The payload; what was cut into pages stands in `Items`, beside `Paging`."""
        body = outcome.data if outcome.page is None else {"Items": outcome.data, "Paging": dict(outcome.page.facts)}
        return Reply(outcome.status, body, media=outcome.media)

    def refusal(
        self, refusal: Refusal, promised: RefusalPromise, operation: Operation | None, call: Call, world: World
    ) -> Reply:
        """`Message`, which speaks of the first thing that is wrong, and a `TransactionId` of its own for each answer."""
        body = {"Message": _message(refusal, promised), "TransactionId": world.ids.uuid()}
        return Reply(promised.status, body)


def _message(refusal: Refusal, promised: RefusalPromise) -> str:
    if refusal.violations:
        return promised.message(
            "value", {"place": refusal.violations[0].place or "body", "reason": _reason(refusal.violations[0])}
        )
    name = refusal.detail or WORDING.get(refusal.kind, UNSAID)
    if name not in promised.messages or refusal.facts.get("planned"):
        name = UNSAID
    return promised.message(name, refusal.facts)


def _reason(violation: Violation) -> str:
    return violation.said or violation.keyword
