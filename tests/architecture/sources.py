"""The program's modules as syntax trees, for the tests of its shape."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "emulator"


@dataclass(frozen=True, eq=False)
class Module:
    """One file of the program: its dotted name, where it is, and its tree."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def place(self) -> str:
        """As complaints name it."""
        return self.path.relative_to(ROOT).as_posix()

    def within(self, *packages: str) -> bool:
        """Whether it is one of these modules, or stands below one."""
        return any(self.name == package or self.name.startswith(package + ".") for package in packages)


@cache
def modules() -> tuple[Module, ...]:
    """Every module of the program."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        if "_data" in path.parts:
            continue
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found.append(Module(name, path, ast.parse(path.read_text(encoding="utf-8"))))
    return tuple(found)


@cache
def nodes(module: Module) -> tuple[ast.AST, ...]:
    """Everything in a module's tree."""
    return tuple(ast.walk(module.tree))


def imports(module: Module, *, typing: bool = False) -> tuple[tuple[str, int], ...]:
    """What a module imports, anywhere in it, with the line; `typing` adds what only type checkers see.

    `from emulator.world import clock` counts as `emulator.world.clock`, where that is a module.
    """
    return _imports(module, typing)


@cache
def _names() -> frozenset[str]:
    return frozenset(other.name for other in modules())


@cache
def _imports(module: Module, typing: bool) -> tuple[tuple[str, int], ...]:
    return tuple(_imported(module, typing))


def _imported(module: Module, typing: bool) -> Iterator[tuple[str, int]]:
    known = _names()
    skipped = set() if typing else {id(inner) for block in _for_typing(module) for inner in ast.walk(block)}
    for node in nodes(module):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            assert node.level == 0, f"{module.place}:{node.lineno}: imports are written in full"
            inner = [f"{base}.{alias.name}" for alias in node.names]
            yield from ((name if name in known else base, node.lineno) for name in inner)


def _for_typing(module: Module) -> Iterator[ast.If]:
    for node in nodes(module):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            yield node


def attributes(module: Module) -> Iterator[tuple[str, int]]:
    """Dotted names that a module reads, such as `os.environ`, with the line."""
    for node in nodes(module):
        if isinstance(node, ast.Attribute):
            parts, inner = [node.attr], node.value
            while isinstance(inner, ast.Attribute):
                parts.append(inner.attr)
                inner = inner.value
            if isinstance(inner, ast.Name):
                yield ".".join([inner.id, *reversed(parts)]), node.lineno
