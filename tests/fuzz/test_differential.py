"""Two validators, one meaning: what is generated for every schema of every contract, judged by both."""

import jsonschema
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from emulator.contract.schema import DIALECT, Schema
from emulator.contract.vocabulary import subschemas
from emulator.fuzz.invalid import errors
from emulator.fuzz.patterns import to_pattern
from emulator.fuzz.strategies import invalid, valid
from tests.fuzz.support import VENDORS, schemas, share

PARTS = 20  # of the profile's examples, for each of many schemas


TAILS = ["\n", "", "\r", "\r\n", "\u2028", " ", "\x00", "é", "\n\n", "x"]


def authority(schema: Schema) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(schema.closed)


QUIET = settings(share(PARTS), suppress_health_check=list(HealthCheck), phases=[Phase.generate, Phase.shrink])


def holds_valid(schema: Schema) -> None:
    judge = authority(schema)

    @QUIET
    @given(valid(schema))
    def agree(value) -> None:
        assert judge.is_valid(value), (schema, value)
        assert schema.valid(value), (schema, value)

    agree()


def holds_invalid(schema: Schema) -> None:
    @QUIET
    @given(invalid(schema))
    def agree(pair) -> None:
        value, broken = pair
        found = {(tuple(e.absolute_path), e.validator) for e in errors(schema, value)}
        assert (broken.at, broken.keyword) in found or broken.keyword == "propertyNames", (schema, value, broken)
        assert not schema.valid(value), (schema, value, broken)
        assert schema.explain(value), (schema, value, broken)

    agree()


def differing(pattern: str) -> list[str]:
    schema = Schema({"type": "string", "pattern": pattern}, {}, "pattern")
    judge = jsonschema.Draft202012Validator({"$schema": DIALECT, "pattern": pattern})
    found: list[str] = []

    @QUIET
    @given(to_pattern(pattern), st.sampled_from(TAILS), st.booleans())
    def agree(text, odd, first) -> None:
        text = odd + text if first else text + odd
        if judge.is_valid(text) != schema.valid(text):
            found.append(text)

    agree()
    return found


@pytest.mark.parametrize("vendor", VENDORS)
def test_what_is_generated_as_valid_is_valid_by_both(vendor: str) -> None:
    for schema in schemas(vendor):
        holds_valid(schema)


@pytest.mark.parametrize("vendor", VENDORS)
def test_what_is_generated_as_invalid_breaks_the_stated_rule_by_both(vendor: str) -> None:
    breakable = [schema for schema in schemas(vendor) if not invalid(schema).is_empty]
    assert breakable, "nothing could be broken"
    for schema in breakable:
        holds_invalid(schema)


@pytest.mark.parametrize("vendor", VENDORS)
def test_patterns_mean_the_same_to_both(vendor: str) -> None:
    """On what matches, on what nearly does, and on a final newline: the place where `$` is known to differ."""
    stated = [sub.get("pattern") for s in schemas(vendor) for _, sub in subschemas(s.closed) if isinstance(sub, dict)]
    differ = {pattern: found[0] for pattern in sorted({*filter(None, stated)}) if (found := differing(pattern))}
    assert not differ, differ
