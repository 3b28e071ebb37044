"""A verdict for the terminal: the failures first, each with the command that replays it, then the table of traits."""

from __future__ import annotations

from collections.abc import Iterator

from emulator.fuzz.verdict import TraitVerdict, Verdict

MARKS = {"pass": "pass", "fail": "FAIL", "not exercised": "-"}


def text(verdict: Verdict) -> str:
    """The verdict in lines."""
    return "\n".join(_lines(verdict))


def _lines(verdict: Verdict) -> Iterator[str]:
    for trait in verdict.failed:
        yield from _failure(trait)
        yield ""
    yield f"{verdict.scenario}  {verdict.client}"
    wide = max(len(trait.name) for trait in verdict.traits)
    for trait in verdict.traits:
        said = (
            f"({trait.why})" if trait.state == "not exercised" else f"in {trait.exercised} of {verdict.examples} runs"
        )
        yield f"  {MARKS[trait.state]:<4}  {trait.name:<{wide}}  {trait.title}, {said}".rstrip()
    met = ", ".join(f"{kind} {count}" for kind, count in sorted(verdict.events.items())) or "nothing"
    yield f"  {verdict.examples} runs, {verdict.calls} calls, {verdict.seconds:.1f} s, seed {verdict.seed}, weather {verdict.weather}"
    yield f"  what struck: {met}"
    failed = len(verdict.failed)
    passed = sum(trait.state == "pass" for trait in verdict.traits)
    yield f"  {f'FAILED: {failed} of {failed + passed} traits' if failed else f'passed: all {passed} traits that were exercised'}"


def _failure(trait: TraitVerdict) -> Iterator[str]:
    failure = trait.failure
    if failure is None:
        return
    yield f"FAIL  {trait.name}: {trait.title}"
    yield from (f"  {line}".rstrip() for line in failure.story)
    if failure.file:
        yield f"  Replay it: emulator replay {failure.file}"
