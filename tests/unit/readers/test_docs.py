import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from emulator.contract.model import Contract
from emulator.readers.docs import write

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
    write([toy], folder)
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


def test_the_calculator_knows_how_the_vendor_signs(text):
    assert 'data-algorithm="sha256" data-encoding="hex" data-prefix="v1="' in text


def test_the_matrix_has_a_row_for_each_operation(toy, text):
    (matrix,) = re.findall(r'<table class="matrix">.*?</table>', text, re.DOTALL)
    assert matrix.count('scope="row"') == len(toy.operations)
    (create,) = re.findall(r"toys\.create</a></th>(.*?)</tr>", matrix)
    assert create == '<td>–</td><td class="yes">yes</td>'


def test_the_same_contract_gives_the_same_bytes(toy, folder, tmp_path):
    write([toy], tmp_path)
    for file in folder.iterdir():
        assert (tmp_path / file.name).read_bytes() == file.read_bytes()


def test_the_index_lists_the_vendors(folder):
    assert '<a href="toys.html">Toys</a>' in (folder / "index.html").read_text()


def test_examples_are_shown_as_json(text):
    assert json.dumps("2024-05-06").replace('"', "&#34;") in text
