"""Who may import whom: every line of the law in docs/architecture.md, over the syntax trees."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterable

import pytest

from tests.architecture.sources import ROOT, Module, attributes, imports, modules, nodes

VENDORS = sorted(path.parent.name for path in (ROOT / "contracts").glob("*/vendor.json"))
HEAVY = ("flask", "jsonschema", "hypothesis", "cryptography", "requests", "phonenumbers", "jwt", "wsgidav")

# A package or module of ours, and what of ours it may import. The longest name that fits decides.
MAY_IMPORT = {
    "emulator.wire": ["emulator.contract.model"],  # for annotations only, see below
    "emulator.data": [],
    "emulator.contract": ["emulator.wire", "emulator.data", "emulator.contract"],
    "emulator.world": ["emulator.wire", "emulator.contract", "emulator.world"],
    "emulator.parts": ["emulator.wire", "emulator.contract", "emulator.world", "emulator.parts"],
    "emulator.kit": ["emulator.wire", "emulator.contract", "emulator.world", "emulator.parts"],
    "emulator.engine": ["emulator.wire", "emulator.contract", "emulator.world", "emulator.parts", "emulator.kit"],
    "emulator.explain": ["emulator.wire", "emulator.contract", "emulator.world", "emulator.engine"],
    "emulator.readers": ["emulator.wire", "emulator.contract", "emulator.data", "emulator.readers"],
    "emulator.verify": [
        "emulator.wire",
        "emulator.contract",
        "emulator.world",
        "emulator.readers",
        "emulator.verify",
    ],
    "emulator.serving": ["emulator.wire", "emulator.serving"],
}
FLASK = ("emulator.control",)
TIME = ("emulator.world.clock", "emulator.fuzz.hours")
RANDOM = ("emulator.world.ids",)
ENVIRONMENT = ("emulator.cli",)
NETWORK = ("emulator.app", "emulator.courier", "emulator.post", "emulator.serving", "emulator.verify.line")
WAITING = (
    "emulator.serving",
    "emulator.courier",
    "emulator.verify.pace",
)  # may measure how long a socket takes, by time.monotonic


def offences(
    rule: Callable[[Module, str], bool], which: Iterable[Module] | None = None, typing: bool = False
) -> list[str]:
    """Each import that a rule is against."""
    return [
        f"{module.place}:{line} imports {name}"
        for module in (modules() if which is None else which)
        for name, line in imports(module, typing=typing)
        if rule(module, name)
    ]


def top(name: str) -> str:
    return name.partition(".")[0]


def below(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_a_layer_imports_only_what_lies_below_it(package: str) -> None:
    ours = [module for module in modules() if module.within(package)]
    allowed = MAY_IMPORT[package]
    assert ours
    assert not offences(lambda _, name: top(name) == "emulator" and not below(name, *allowed), ours)


def test_the_values_import_nothing_of_ours_when_they_run() -> None:
    wire = [module for module in modules() if module.name == "emulator.wire"]
    assert not offences(lambda _, name: top(name) == "emulator", wire)


def test_contracts_know_no_world_even_for_annotations() -> None:
    ours = [module for module in modules() if module.within("emulator.contract")]
    allowed = MAY_IMPORT["emulator.contract"]
    assert not offences(lambda _, name: top(name) == "emulator" and not below(name, *allowed), ours, typing=True)


def test_a_vendor_imports_the_kit_and_its_own_modules() -> None:
    def outside(module: Module, name: str) -> bool:
        own = ".".join(module.name.split(".")[:3])
        return top(name) == "emulator" and not below(name, "emulator.kit", own)

    assert not offences(outside, [m for m in modules() if m.within("emulator.vendors")], typing=True)


def test_nobody_imports_a_vendor() -> None:
    outsiders = [module for module in modules() if not module.within("emulator.vendors")]
    assert not offences(lambda _, name: below(name, "emulator.vendors"), outsiders, typing=True)


def test_flask_is_the_control_planes() -> None:
    assert not offences(lambda module, name: top(name) == "flask" and not module.within(*FLASK))


def test_hypothesis_is_the_fuzzers() -> None:
    outsiders = [module for module in modules() if not module.within("emulator.fuzz")]
    assert not offences(lambda _, name: top(name) == "hypothesis", outsiders)


def test_pytest_is_the_test_kits() -> None:
    outsiders = [module for module in modules() if not module.within("emulator.fuzz", "emulator.testing")]
    assert not offences(lambda _, name: top(name) in ("pytest", "_pytest"), outsiders)


def test_the_core_needs_four_libraries() -> None:
    core = ("emulator.wire", "emulator.contract", "emulator.world", "emulator.parts", "emulator.engine", "emulator.kit")
    allowed = {*sys.stdlib_module_names, "emulator", "werkzeug", "jsonschema", "jsonschema_rs", "orjson", "referencing"}
    assert not offences(lambda _, name: top(name) not in allowed, [m for m in modules() if m.within(*core)])


def test_time_is_read_in_one_place() -> None:
    reading = {"time", "perf_counter", "monotonic", "time_ns", "monotonic_ns", "sleep", "localtime", "gmtime"}
    for module in modules():
        if module.within(*TIME):
            continue
        used = [(name, line) for name, line in attributes(module) if top(name) == "time" and name[5:] in reading]
        if module.within(*WAITING):
            used = [(name, line) for name, line in used if name not in ("time.monotonic", "time.sleep")]
        now = [(n, ln) for n, ln in attributes(module) if n.endswith(("datetime.now", "datetime.utcnow", "date.today"))]
        assert not used + now, f"{module.place}: {used + now}"


def test_nobody_takes_the_time_by_another_name() -> None:
    def taken(module: Module) -> list[int]:
        froms = [node for node in nodes(module) if isinstance(node, ast.ImportFrom) and node.module == "time"]
        names = {alias.name: node.lineno for node in froms for alias in node.names}
        fine = {"monotonic"} if module.within(*WAITING) else set()
        return [line for name, line in names.items() if name not in fine]

    assert not [f"{m.place}:{line}" for m in modules() if not m.within(*TIME) for line in taken(m)]


def test_chance_is_drawn_in_one_place() -> None:
    drawing = {"random", "secrets", "uuid"}
    outsiders = [m for m in modules() if not m.within(*RANDOM, "emulator.serving", "emulator.fuzz")]
    assert not offences(lambda _, name: top(name) in drawing, outsiders)
    drawn = [f"{m.place}:{line}" for m in outsiders for name, line in attributes(m) if name.startswith("os.urandom")]
    assert not drawn


def test_the_environment_is_read_by_the_command_line() -> None:
    outsiders = [module for module in modules() if not module.within(*ENVIRONMENT)]
    read = [f"{m.place}:{ln}" for m in outsiders for name, ln in attributes(m) if name in ("os.environ", "os.getenv")]
    assert not read


def test_the_network_is_touched_by_three() -> None:
    network = ("socket", "http.client", "http.server", "urllib.request", "ssl", "select", "selectors", "asyncio")

    def touches(module: Module, name: str) -> bool:
        asks_a_served_emulator = module.name == "emulator.cli.explain" and below(name, "urllib.request")
        return below(name, *network) and not module.within(*NETWORK, "emulator.testing") and not asks_a_served_emulator

    assert not offences(touches, [m for m in modules() if not m.within("emulator.fuzz")])


@pytest.mark.parametrize("vendor", VENDORS)
def test_no_vendors_name_is_known_outside_its_own_folder(vendor: str) -> None:
    word = re.compile(rf"(?<![a-z]){vendor}(?![a-z])", re.IGNORECASE)
    found = []
    for module in modules():
        if module.within("emulator.vendors", "emulator.fuzz.scenarios"):
            continue
        prose = _docstrings(module)
        for node in nodes(module):
            texts = [getattr(node, field, None) for field in ("id", "attr", "arg", "name", "module")]
            if isinstance(node, ast.Constant) and id(node) not in prose:
                texts.append(node.value)
            found += [f"{module.place}:{node.lineno}" for t in texts if isinstance(t, str) and word.search(t)]
    assert not found


def _docstrings(module: Module) -> set[int]:
    """Texts that stand alone are told to people; they may give an example."""
    return {id(n.value) for n in nodes(module) if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant)}


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    program = (
        "import sys, json, emulator.service\n"
        "from emulator.assembly import assemble\n"
        "assemble()\n"
        f"print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"
    )
    told = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(told.stdout) == []
