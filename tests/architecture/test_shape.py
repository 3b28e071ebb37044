"""Small modules, small functions, one sentence at the top of each."""

from __future__ import annotations

import ast

from tests.architecture.sources import Module, modules, nodes

LONGEST_MODULE = 400
LONGEST_FUNCTION = 60
OUTGROWN: dict[str, int] = {}
"""Modules that may be longer for now, and how long; each wants a second noun."""


def lines(module: Module) -> int:
    return len(module.path.read_text(encoding="utf-8").splitlines())


def test_a_module_is_one_idea() -> None:
    sizes = {module.place: lines(module) for module in modules()}
    assert {place: n for place, n in sizes.items() if n > OUTGROWN.get(place, LONGEST_MODULE)} == {}
    assert [place for place in OUTGROWN if sizes.get(place, 0) <= LONGEST_MODULE] == []


def test_functions_are_short() -> None:
    found = {
        f"{module.place}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for module in modules()
        for node in nodes(module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: length for name, length in found.items() if length > LONGEST_FUNCTION} == {}


def test_a_module_opens_with_a_sentence() -> None:
    heads = {module.place: (ast.get_docstring(module.tree) or "").split("\n")[0] for module in modules()}
    assert [place for place, head in heads.items() if not head.rstrip().endswith((".", "?", ":"))] == []
