"""Two folders side by side: every fact that differs, each as small as it can be told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from emulator.contract.files import EVENTS, SCHEMAS, STIMULI, VENDOR, Files
from emulator.contract.route import PLACEHOLDER
from emulator.contract.vocabulary import NAMED_SUBSCHEMAS, SUBSCHEMA, SUBSCHEMAS
from emulator.readers.diff.change import ABSENT, Change, Place, same

KEYS = {"parameters": ("name",), "refusals": ("kind",), "aliases": ("prefix", "stands_for")}
"""Lists of objects whose order is nothing, and what their members are known by."""
MAPS = frozenset({"headers", "messages", "variants", "auth", "roles", "limits", "paging", "webhooks", "settings"})
MAPS |= {"figures", "tables", "credentials", "documents", "refusals"}
"""Objects of named facts: one that is not there has none."""


def changes(old: Files, new: Files) -> list[Change]:
    """What differs, in the order of the old files, then what is new."""
    return [*_changes(old, new, _moved(old, new))]


def _changes(old: Files, new: Files, moved: Mapping[str, str]) -> Iterator[Change]:
    for file in dict.fromkeys([*old.files, *new.files]):
        if file in moved.values() and file not in old.files:
            continue
        other = moved.get(file, file)
        before, after = old.files.get(file, ABSENT), new.files.get(other, ABSENT)
        kind = _kind(file)
        if other != file:
            yield Change(old.vendor, kind, file, ("id",), (), (), file, other, new_file=other)
        if same(before, after):
            continue
        start = Change(old.vendor, kind, file, (), (), (), before, after, new_file=other if other != file else "")
        if kind == "schemas":  # a file of definitions is nothing by itself
            start = replace(start, old=before if before is not ABSENT else {"$defs": {}})
            start = replace(start, new=after if after is not ABSENT else {"$defs": {}})
        yield from _document(start)


def _kind(file: str) -> Any:
    first = file.split("/", 1)[0]
    return {VENDOR: "vendor", SCHEMAS: "schemas", EVENTS: "events", STIMULI: "stimuli"}.get(first, "operations")


def _moved(old: Files, new: Files) -> dict[str, str]:
    """Operations that have another name now, and are otherwise called as they were: old file -> new file."""

    def called(files: Files, others: Files) -> dict[tuple[str, str], str]:
        ours = {file: raw for file, raw in files.of("operations") if file not in others.files}
        return {(raw["method"], PLACEHOLDER.sub("{}", raw["path"])): file for file, raw in ours.items()}

    before, after = called(old, new), called(new, old)
    return {file: after[key] for key, file in before.items() if key in after}


def _document(at: Change) -> Iterator[Change]:
    """The differences below a pair of values that are no schemas."""
    at = _with_nothing(at)
    old, new = at.old, at.new
    if same(old, new):
        return
    key = at.path[-1] if at.path else ""
    if _is_schema(at):
        yield from _schema(replace(at, schema=len(at.path)))
    elif old is ABSENT or new is ABSENT or _is_one_fact(at):
        yield at
    elif isinstance(old, dict) and isinstance(new, dict):
        yield from _members(at, {k: (v, k) for k, v in old.items()}, {k: (v, k) for k, v in new.items()})
    elif key in KEYS and isinstance(old, list) and isinstance(new, list) and _keyed(at):
        fields = KEYS[str(key)]
        yield from _members(at, _by_name(old, fields), _by_name(new, fields))
    else:
        yield at


def _members(at: Change, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for name in dict.fromkeys([*old, *new]):
        before, where = old.get(name, (ABSENT, "-" if isinstance(at.old, list) else name))
        after, there = new.get(name, (ABSENT, name))
        member = replace(at, old=before, new=after, path=(*at.path, name))
        yield from _document(replace(member, old_at=(*at.old_at, where), new_at=(*at.new_at, there)))


def _schema(at: Change) -> Iterator[Change]:
    """The differences within a pair of schemas: a keyword, a member that comes or goes, or all of it."""
    old, new = at.old, at.new
    if same(old, new):
        return
    if not isinstance(old, dict) or not isinstance(new, dict):
        yield at
        return
    for keyword in dict.fromkeys([*old, *new]):
        inner = _step(at, keyword, old.get(keyword, ABSENT), new.get(keyword, ABSENT))
        before, after = inner.old, inner.new
        if same(before, after):
            continue
        if before is ABSENT or after is ABSENT:
            yield inner
        elif keyword in SUBSCHEMA:
            yield from _schema(inner)
        elif keyword in SUBSCHEMAS and len(before) == len(after):
            for index, pair in enumerate(zip(before, after, strict=True)):
                yield from _schema(_step(inner, index, *pair))
        elif keyword in NAMED_SUBSCHEMAS:
            for name in dict.fromkeys([*before, *after]):
                member = _step(inner, name, before.get(name, ABSENT), after.get(name, ABSENT))
                yield from [member] if ABSENT in (member.old, member.new) else _schema(member)
        else:
            yield inner


def _with_nothing(at: Change) -> Change:
    """Where named facts, or a list of them, are on one side only: none of them on the other."""
    sides = [side for side in (at.old, at.new) if side is not ABSENT]
    if len(sides) != 1 or not at.path:
        return at
    named = at.path[-1] in MAPS and isinstance(sides[0], dict)
    listed = at.path[-1] in KEYS and isinstance(sides[0], list) and _keyed(at)
    empty: Any = {} if named else []
    if not named and not listed:
        return at
    return replace(at, old=empty) if at.old is ABSENT else replace(at, new=empty)


def _is_schema(at: Change) -> bool:
    named = len(at.path) > 1 and at.path[-2] in ("variants", "$defs")
    return bool(at.path) and (named or at.path[-1] in ("schema", "wrapper"))


def _is_one_fact(at: Change) -> bool:
    """Whether a value is told of as one, whatever it is made of: a source, an example, a setting's default."""
    key = at.path[-1] if at.path else ""
    source = key == "source" and any(isinstance(side, dict) and "basis" in side for side in (at.old, at.new))
    return source or key == "example" or (key == "default" and len(at.path) == 3 and at.path[0] == "settings")


def _step(at: Change, step: str | int, old: Any, new: Any) -> Change:
    return replace(at, path=(*at.path, step), old_at=(*at.old_at, step), new_at=(*at.new_at, step), old=old, new=new)


def _keyed(at: Change) -> bool:
    """Whether this list is one of objects: a paging style's and the defaults' `refusals` are names alone."""
    return at.path[-1] != "refusals" or at.kind == "operations"


def _by_name(items: list[Any], fields: tuple[str, ...]) -> dict[str, tuple[Any, int]]:
    """The items by what they are known by, each with its index; one of the same name goes by its place as well."""
    found: dict[str, tuple[Any, int]] = {}
    for index, item in enumerate(items):
        raw = item if isinstance(item, dict) else {"kind": item}
        name = " ".join(str(raw[field]) for field in fields)
        found[name if name not in found else f"{name} in {raw.get('in', index)}"] = (raw, index)
    return found


def patched(old: Files, new: Files, change: Change) -> Files:
    """The old files with this one change made, and with those shared definitions that only the new ones have."""
    files = dict(old.files)
    for file, raw in new.of(SCHEMAS):
        extra = {k: v for k, v in raw.get("$defs", {}).items() if k not in files.get(file, {}).get("$defs", {})}
        if extra:
            files[file] = {**files.get(file, {}), "$defs": {**files.get(file, {}).get("$defs", {}), **extra}}
    files[change.file] = _edited(files.get(change.file, {}), change.old_at, change.new)
    return Files(old.vendor, old.folder, files)


def _edited(value: Any, at: Place, new: Any) -> Any:
    """The value with what stands at a place replaced, added or, for ABSENT, taken away; nothing else is copied."""
    if not at:
        return new
    step, rest = at[0], at[1:]
    if isinstance(value, str):  # a refusal by its kind alone
        value = {"kind": value}
    if step == "-":
        return [*value, new]
    if isinstance(value, list):
        index = int(step)
        if new is ABSENT and not rest:
            return [*value[:index], *value[index + 1 :]]
        return [*value[:index], _edited(value[index], rest, new), *value[index + 1 :]]
    if new is ABSENT and not rest:
        return {key: item for key, item in value.items() if key != step}
    return {**value, step: _edited(value.get(step, {}), rest, new)}
