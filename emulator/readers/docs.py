"""Reference pages: static HTML that needs no network, one page for each vendor and one for them all."""

from __future__ import annotations

import base64
import hmac
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from emulator.contract.model import Contract, Operation, Signature, Source
from emulator.contract.schema import Schema
from emulator.readers import page, security, words
from emulator.readers.coverage import coverage
from emulator.readers.demo import with_examples
from emulator.readers.exchanges import exchanges
from emulator.readers.transcript import Executed
from emulator.readers.tree import definition_tree, tree
from emulator.wire import NOTHING

TEMPLATES = Path(__file__).parent / "pages"
ASSETS = ("style.css", "script.js")
VECTOR_SECRET = "secret"


def write(contracts: Iterable[Contract], folder: Path, executed: Mapping[str, Sequence[Executed]] = NOTHING) -> None:
    """Writes the pages into a folder, which is made if it is not there. The same contracts give the same bytes.

    `executed` are, by operation, the calls that were made for the pages, with their replies.
    """
    contracts = [with_examples(contract) for contract in contracts]
    folder.mkdir(parents=True, exist_ok=True)
    for asset in ASSETS:
        shutil.copyfile(TEMPLATES / asset, folder / asset)
    templates = _templates()
    ledgers = {contract.vendor: coverage(contract) for contract in contracts}
    index = templates.get_template("index.html").render(contracts=contracts, ledgers=ledgers)
    (folder / "index.html").write_text(index, encoding="utf-8")
    for contract in contracts:
        text = templates.get_template("vendor.html").render(_view(contract, executed), ledger=ledgers[contract.vendor])
        (folder / f"{contract.vendor}.html").write_text(text, encoding="utf-8")


def _view(contract: Contract, executed: Mapping[str, Sequence[Executed]]) -> dict[str, Any]:
    """What a vendor's page is made of."""
    known = exchanges(contract)
    resources: dict[str, list[page.Shown]] = {}
    for operation in contract.operations.values():
        resources.setdefault(operation.resource, []).append(page.shown(contract, operation, known, executed))
    names = sorted(contract.definitions)
    return {
        "contract": contract,
        "base_url": f"{page.EMULATOR}/{contract.vendor}",
        "resources": resources,
        "matrix": page.matrix(contract),
        "auth": [(part, security.alternatives(part)) for part in contract.auth.values()],
        "refusals": [(promise, page.refusal_example(promise)) for promise in contract.refusals.values()],
        "events": [(event, tree(event.schema)) for event in contract.events.values()],
        "definitions": {name: definition_tree(name, contract.definitions) for name in names},
        "raw": contract.raw["vendor.json"],
        "signed": {event.webhook: _compact(event.example) for event in reversed([*contract.events.values()])},
        "secret": VECTOR_SECRET,
    }


def _templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters.update(
        pretty=_pretty,
        compact=_compact,
        ticks=_ticks,
        sentence=_sentence,
        counted=_counted,
        breakable=_breakable,
        source=_source,
    )
    templates.globals.update(
        words=words,
        reached=_reached,
        trees=lambda parameter: tree(parameter.schema),
        plainly=_plainly,
        signature=signature,
    )
    return templates


def signature(style: Signature, secret: str, body: str) -> str:
    """The header of a webhook: what the calculator of the page must come to."""
    digest = hmac.digest(secret.encode(), body.encode(), style.algorithm)
    return style.prefix + (digest.hex() if style.encoding == "hex" else base64.b64encode(digest).decode())


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _ticks(text: str) -> Markup:
    """Text with what stands between backticks as code."""
    parts = str(text).split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    pieces = (Markup("<code>{}</code>").format(part) if i % 2 else escape(part) for i, part in enumerate(parts))
    return Markup("").join(pieces)


def _sentence(text: str) -> str:
    """The text with a capital at its start, unless it starts with a name."""
    word = text.partition(" ")[0].rstrip(",;:.")
    return text[0].upper() + text[1:] if word.isalpha() and word.islower() else text


def _counted(count: int, noun: str) -> str:
    """`1 member`, `2 members`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _breakable(text: str) -> Markup:
    """A path or a dotted name that may be broken after each step."""
    return escape(text).replace("/", Markup("/<wbr>")).replace(".", Markup(".<wbr>"))


def _source(given: Source | Mapping[str, Any] | None) -> Mapping[str, str] | None:
    """A source as one mapping with every key, wherever it was read from."""
    if given is None:
        return None
    raw = given if isinstance(given, Mapping) else asdict(given)
    return {name: raw.get(name, "") for name in ("basis", "document", "section", "says", "why")}


def _reached(operation: Operation) -> str:
    """Who may call, in words."""
    if not operation.auth:
        return "everybody, without a credential"
    return ", ".join(sorted(operation.access)) or "whoever is authenticated"


def _plainly(schema: Schema) -> str:
    """A small schema in one line."""
    node = tree(schema)
    one_of = f"one of {', '.join(node.values)}" if node.values else ""
    return ", ".join(filter(None, [one_of or node.kind, *node.rules]))
