import base64
import hashlib
import hmac
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from emulator.contract.model import Contract
from emulator.readers.docs import signature, write
from emulator.readers.transcript import Executed
from tests.unit.readers.conftest import HOSTILE

MADE = [
    Executed("toys.toys.find", 200, "GET /toys HTTP/1.1", f'HTTP/1.1 200 OK\n\n"{HOSTILE}"'),
    Executed("toys.toys.find", 400, "GET /toys?most=wrong HTTP/1.1", "HTTP/1.1 400 Bad Request", "invalid"),
]
VOID = {"meta", "link", "input", "wbr", "br"}


class Page(HTMLParser):
    """Collects ids, links and elements that were left open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: set[str] = set()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.ids += [given["id"]] if "id" in given else []
        if given.get("href", "").startswith("#"):
            self.links.add(given["href"][1:])
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> at {self.getpos()}")


@pytest.fixture(scope="module")
def folder(toy: Contract, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs")
    write([toy], folder, {"toys.toys.find": MADE})
    return folder


@pytest.fixture(scope="module")
def text(folder: Path) -> str:
    return (folder / "toys.html").read_text()


def test_every_operation_event_and_refusal_has_a_place(toy, text):
    page = Page(text)
    wanted = {*toy.operations, *(f"event-{name}" for name in toy.events), *(f"refusal-{kind}" for kind in toy.refusals)}
    assert wanted <= set(page.ids)


def test_every_element_is_closed_every_id_is_one_and_every_link_leads_somewhere(text):
    page = Page(text)
    assert (page.wrong, page.open) == ([], [])
    assert len(page.ids) == len(set(page.ids))
    assert page.links - set(page.ids) == set()


def test_nothing_of_a_contract_is_taken_for_markup(toy, text):
    assert toy.description.startswith("<script>")
    assert toy.description not in text
    assert text.count("&lt;script&gt;") >= 3
    assert re.findall(r"<script[^>]*>", text) == ['<script src="script.js" defer>']


def test_nothing_is_fetched_from_anywhere(folder):
    for file in folder.iterdir():
        assert not re.search(r"(src|href)=\"(https?:)?//|@import|url\(", file.read_text()), file.name


def test_a_guess_says_why(text):
    assert "a number was needed" in text
    assert 'class="source assumed"' in text


def test_a_call_can_be_copied_to_a_shell(text):
    assert "-H &#34;X-Key: $PAIR&#34;" in text
    assert "/toys/toys/a%2Fb:file/text" in text


def test_calls_that_were_made_are_shown_with_their_replies(text):
    assert "Executed on the demo world" in text
    assert "Refused on the demo world: invalid" in text
    assert text.count("GET /toys?most=wrong HTTP/1.1") == 1


def test_the_calculator_knows_how_the_vendor_signs(text):
    assert 'data-algorithm="sha256" data-encoding="hex" data-prefix="v1="' in text


def test_the_test_vector_is_the_documented_signature(toy, text):
    style = toy.webhooks["hook"].signature
    body = json.dumps(toy.events["made"].example, ensure_ascii=False, separators=(",", ":"))
    expected = "v1=" + hmac.new(b"secret", body.encode(), hashlib.sha256).hexdigest()
    assert signature(style, "secret", body) == expected
    assert f"<code>{expected}</code>" in text


SIGN = """
const fs = require("fs"), vm = require("vm");
const output = {}, form = {
  dataset: {algorithm: process.argv[2], encoding: process.argv[3], prefix: process.argv[4]},
  elements: {secret: {value: "naïve"}, body: {value: '{"é":1}'}},
  querySelector: () => output,
};
const page = {querySelectorAll: () => [], getElementById: () => null, addEventListener() {}};
const room = {document: page, window: {crypto: globalThis.crypto}, crypto: globalThis.crypto, TextEncoder, btoa, navigator: {},
  matchMedia: () => ({matches: false}), location: {hash: ""}, addEventListener() {}};
vm.createContext(room);
vm.runInContext(fs.readFileSync(process.argv[1], "utf8") + "; globalThis.sign = sign;", room);
room.sign(form).then(() => console.log(output.textContent));
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node to run the page's script")
@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_the_script_of_the_page_signs_as_python_does(folder, algorithm):
    digest = hmac.digest("naïve".encode(), '{"é":1}'.encode(), algorithm)
    for encoding, expected in (("hex", digest.hex()), ("base64", base64.b64encode(digest).decode())):
        arguments = ["node", "-e", SIGN, str(folder / "script.js"), algorithm, encoding, "v1="]
        told = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=True)
        assert told.stdout.strip() == f"v1={expected}"


def test_the_matrix_has_a_row_for_each_operation(toy, text):
    (matrix,) = re.findall(r'<table class="matrix">.*?</table>', text, re.DOTALL)
    assert matrix.count('scope="row"') == len(toy.operations)
    (create,) = re.findall(r"toys\.create</a></th>(.*?)</tr>", matrix)
    assert create == '<td>–</td><td class="yes">yes</td>'


def test_the_same_contract_gives_the_same_bytes(toy, folder, tmp_path):
    write([toy], tmp_path, {"toys.toys.find": MADE})
    for file in folder.iterdir():
        assert (tmp_path / file.name).read_bytes() == file.read_bytes()


def test_the_index_lists_the_vendors(folder):
    assert '<a href="toys.html">Toys</a>' in (folder / "index.html").read_text()


def test_examples_are_shown_as_json(text):
    assert json.dumps("2024-05-06").replace('"', "&#34;") in text
