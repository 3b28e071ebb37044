import re
from types import SimpleNamespace
from typing import Any

import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from emulator.app import Options
from emulator.assembly import assemble
from emulator.control import control_plane, routes
from emulator.control.desk import Desk
from emulator.courier import Courier
from emulator.readers.control import TABLE, describe_control
from emulator.readers.control_shapes import SHAPES
from emulator.wire import Call, Kind, Refusal, Violation
from emulator.world.clock import Clock
from emulator.world.faults import Faults
from emulator.world.journal import Entry, Journal
from emulator.world.sandboxes import Sandboxes

ROUTES = routes(Desk(None, None, None, None))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return describe_control(ROUTES, "1.2.3")


def judge(name: str, value: Any) -> None:
    schema = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": SHAPES}}
    jsonschema.Draft202012Validator(schema).validate(value)


def test_it_is_valid(document):
    assert [*OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_every_route_has_its_shapes_and_every_shape_its_route():
    described = {(route.method, route.path) for route in ROUTES} | {("GET", "/health"), ("GET", "/openapi.json")}
    assert described == set(TABLE)


def test_what_every_call_may_meet_is_said(document):
    advance = document["paths"]["/sandboxes/{name}/clock/advance"]["post"]
    assert set(advance["responses"]) == {"200", "400", "401", "403", "404", "409", "415", "422"}
    assert set(document["paths"]["/health"]["get"]["responses"]) == {"200"}


def test_numbers_in_a_path_are_numbers(document):
    parameters = document["paths"]["/sandboxes/{name}/journal/{number}"]["get"]["parameters"]
    assert [(p["name"], p["schema"]["type"]) for p in parameters] == [("name", "string"), ("number", "integer")]


def test_examples_meet_their_schemas(document):
    found = 0
    for methods in document["paths"].values():
        for operation in methods.values():
            for media in operation.get("requestBody", {}).get("content", {}).values():
                if "example" in media:
                    judge(media["schema"]["$ref"].rpartition("/")[2], media["example"])
                    found += 1
    assert found >= 6


def test_a_route_that_the_table_does_not_know_is_described_by_itself():
    route = SimpleNamespace(method="POST", path="/new/<thing>", title="New", status=202, body={"type": "object"})
    operation = describe_control([route], "1")["paths"]["/new/{thing}"]["post"]
    assert operation["summary"] == "New"
    assert operation["requestBody"]["content"]["application/json"]["schema"] == {"type": "object"}
    assert "202" in operation["responses"]


def test_a_fault_is_shown_as_described():
    plan = {"match": {"vendor": "toys", "nth": [1, 2]}, "times": 2, "when": "after", "do": {"delay": 1.5}}
    judge("FaultPlan", plan)
    judge("Fault", Faults().add(plan).show())


@pytest.mark.parametrize(
    "plan", [{"do": {"delay": 1, "drip": 1}}, {"do": {"refuse": "no"}}, {"match": {}}, {"do": {"drip": 0}}]
)
def test_a_plan_that_is_refused_is_refused_by_the_description_too(plan):
    with pytest.raises(ValueError, match=r"."):
        Faults().add(plan)
    with pytest.raises(jsonschema.ValidationError):
        judge("FaultPlan", plan)


def test_the_clock_is_shown_as_described():
    judge("Clock", Clock(0.0, "frozen").dump())


def test_an_entry_of_the_journal_is_shown_as_described():
    refusal = Refusal(Kind.INVALID, [Violation(("a", 0), "type", 1, "string", pointer="toys/a.json#/body")])
    call = Call("GET", "/toys", headers={"accept": "*/*"})
    entry = Journal().write(Entry(0.0, "toys", "", "", call, 400, {}, b"{}", refusal))
    judge("Entry", entry.show())
    judge("Explained", {**entry.show(), "why": ["so"]})


BOX = "/sandboxes/default"
STORY: list[tuple[str, str, Any]] = [
    ("GET", "/", None),
    ("POST", "/sandboxes", {"name": "mine", "seed": 7, "ttl": "PT1H", "clock": {"mode": "frozen"}}),
    ("POST", "/sandboxes", {"name": "mine"}),
    ("GET", "/sandboxes", None),
    ("GET", "/sandboxes/nobody", None),
    ("PATCH", f"{BOX}/clock", {"mode": "frozen", "now": "2024-05-06T07:08:09Z"}),
    ("POST", f"{BOX}/clock/advance", {"by": "2h"}),
    ("POST", f"{BOX}/clock/advance", {"by": "later"}),
    ("GET", f"{BOX}/agenda", None),
    ("POST", f"{BOX}/faults", {"do": {"connection": "reset"}}),
    ("GET", f"{BOX}/faults", None),
    ("DELETE", f"{BOX}/faults/1", None),
    ("GET", f"{BOX}/journal", None),
    ("GET", f"{BOX}/world", None),
    ("POST", f"{BOX}/snapshots", {"name": "before"}),
    ("GET", f"{BOX}/snapshots", None),
    ("POST", f"{BOX}/snapshots/before/restore", None),
    ("DELETE", f"{BOX}/snapshots/before", None),
    ("GET", f"{BOX}/deliveries", None),
    ("GET", f"{BOX}/stimuli", None),
    ("GET", f"{BOX}/settings", None),
    ("GET", f"{BOX}/settings?describe=1", None),
    ("PATCH", f"{BOX}/settings", {"limits": "off"}),
    ("POST", f"{BOX}/reset", None),
    ("DELETE", BOX, None),
]


def test_a_real_control_plane_answers_as_described(document):
    assembly = assemble()
    sandboxes = Sandboxes(assembly.makers)
    plane = control_plane(assembly, sandboxes, Courier(sandboxes, assembly.engines), Options()).test_client()
    for method, address, body in STORY:
        answer = plane.open(f"/_emulator{address}", method=method, json=body)
        path = address.partition("?")[0]
        template = next(t for t in document["paths"] if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", t), path))
        described = document["paths"][template][method.lower()]["responses"][str(answer.status_code)]
        for media in described.get("content", {}).values():
            schema = {**media["schema"], "components": {"schemas": SHAPES}}
            assert [
                error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(answer.json)
            ] == [], address
