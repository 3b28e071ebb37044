"""Assets and extensions."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.testing.client import Box
from tests.vendors.agillic.conftest import Api
from tests.vendors.agillic.examples import content

KINDS = {
    "resources": b"picture",
    "templates": b"<p agblockgroup='x'></p>",
    "webapps": content("upload_webapp"),
    "contexts": content("upload_context"),
}


def file(name: str, text: bytes | str = b"x", **fields: str) -> dict[str, Any]:
    return {"files": {"file": (name, text), **{key: (None, value) for key, value in fields.items()}}}


def text(**fields: str) -> dict[str, Any]:
    return {"files": {key: (None, value) for key, value in fields.items()}}


def names(api: Api, where: str) -> list[str]:
    return [item["name"] for item in api.get(where).json()]


@pytest.mark.parametrize("kind", KINDS)
def test_post_does_not_replace_and_put_does(kind: str, api: Api) -> None:
    sent = file("fresh.json", KINDS[kind])
    first, second = api.post(f"/assets/{kind}", **sent), api.post(f"/assets/{kind}", **sent)
    assert (first.status_code, first.content, second.status_code) == (201, b"", 409)
    assert "fresh.json" in second.json()["message"]
    assert api.put(f"/assets/{kind}", **sent).status_code == 200
    assert api.put(f"/assets/{kind}", **file("newer.json", KINDS[kind])).status_code == 201


def test_folders_are_listed_and_what_is_referred_to_is_marked(api: Api) -> None:
    api.post("/assets/resources", **file("new.png", folder="/images/deep/"))
    assert names(api, "/assets/resources/list") == ["images", "styles"]
    items = {item["name"]: item for item in api.get("/assets/resources/list?folder=images").json()}
    assert items["deep"] == {"name": "deep", "isFolder": True}
    assert (items["logo.png"]["referenced"], items["spare.png"]["referenced"]) == (True, False)
    assert {i["name"]: i.get("referenced") for i in api.get("/assets/templates/list").json()} == {
        "newsletter.html": True,
        "seasons": None,
    }
    for kind in ("resources", "templates"):
        assert api.get(f"/assets/{kind}/list?folder=none").status_code == 404


def test_a_resource_that_a_template_mentions_is_not_deleted(api: Api) -> None:
    reply = api.delete("/assets/resources", **text(file="images/logo.png"))
    assert (reply.status_code, reply.json()) == (409, {"message": "images/logo.png is in use: newsletter.html"})
    assert api.delete("/assets/resources", **text(file="spare.png", folder="images")).status_code == 200
    assert api.delete("/assets/resources", **text(file="images/spare.png")).status_code == 404


def test_only_templates_that_exist_are_committed(sandbox: Box, api: Api) -> None:
    assert api.post("/assets/templates/:commit", **text(file="newsletter.html")).status_code == 200
    assert sandbox.state("agillic").rows("files").get("templates/newsletter.html")["committed"] is True  # type: ignore[index]
    assert api.post("/assets/templates/:commit", **text(file="none.html")).status_code == 404


@pytest.mark.parametrize(
    "sent", [text(file="just text"), file(""), file("/"), {"files": {"file": ("a.png", b"x"), "folder": ("f", b"x")}}]
)
def test_an_upload_is_a_file_with_a_name(sent: dict[str, Any], api: Api) -> None:
    assert api.post("/assets/resources", **sent).status_code == 400


def test_a_deletion_names_its_file_as_text(api: Api) -> None:
    assert api.delete("/assets/resources", **file("images/spare.png")).status_code == 400
    assert api.post("/assets/templates/:commit", **text(file="/")).status_code == 400


def test_a_web_application_is_an_archive(api: Api) -> None:
    assert api.post("/assets/webapps", **file("shop.zip", b"no archive")).status_code == 400


def test_an_extension_is_created_once_and_replaced_only_if_it_is_there(api: Api) -> None:
    source = '// @open:"false"'
    assert api.post("/assets/extensions", **file("price.groovy", source, type="http")).status_code == 201
    assert api.post("/assets/extensions", **file("price.groovy", source, type="http")).status_code == 409
    assert api.post("/assets/extensions", **file("cost.groovy", source)).status_code == 400
    assert api.post("/assets/extensions", **file("cost.groovy", source, type="robot")).status_code == 400
    assert api.put("/assets/extensions", **file("price.groovy", '// @open:"true"')).status_code == 200
    assert api.put("/assets/extensions", **file("cost.groovy", source)).status_code == 404
    assert (
        api.put("/assets/extensions", files={"file": ("price.groovy", source), "type": ("t", b"http")}).status_code
        == 400
    )


def test_an_extension_s_annotations_say_who_may_call_it(api: Api, stranger: Api) -> None:
    api.post("/assets/extensions", **file("price.groovy", '// @open:"true"', type="http"))
    assert stranger.get("/extensions/open/candy/price/x").status_code == 400
    api.put("/assets/extensions", **file("price.groovy", '// @open:"false" @async:"true"'))
    assert stranger.get("/extensions/open/candy/price/x").status_code == 403
    assert api.get("/extensions/secure/price/x").status_code == 202


METHODS = ["GET", "PUT", "POST", "DELETE"]


@pytest.mark.parametrize("method", METHODS)
def test_a_script_answers_what_was_said_beforehand(method: str, sandbox: Box, api: Api, stranger: Api) -> None:
    replies = [
        {"path": "made", "status": 201, "body": {"made": 1}},
        {"path": "quiet", "status": 204},
        {"path": "slow", "status": 202},
        {"path": "broken", "status": 200, "fails": True},
        {"path": "other", "method": "GET", "status": 200, "body": None},
    ]
    for is_open, who, where in (
        (False, api, "/extensions/secure/shop"),
        (True, stranger, "/extensions/open/candy/shop"),
    ):
        sandbox.stimuli.agillic.extension_scripted(extensionId="shop", open=is_open, replies=replies)
        assert [
            who.request(method, f"{where}/{path}").status_code for path in ("made", "quiet", "slow", "broken", "else")
        ] == [201, 204, 202, 400, 400]
        assert who.request(method, f"{where}/made").json() == {"made": 1}
        assert who.request(method, f"{where}/slow").content == b""
        assert who.request(method, f"{where}/other").status_code == (200 if method == "GET" else 400)
        assert who.request(method, f"{where}/broken").content == b""


@pytest.mark.parametrize("method", METHODS)
def test_open_scripts_are_open_and_closed_ones_closed(method: str, api: Api, stranger: Api) -> None:
    assert stranger.request(method, "/extensions/open/candy/ping/status").status_code == 403
    assert api.request(method, "/extensions/secure/hello/status").status_code == 403
    assert stranger.request(method, "/extensions/secure/ping/status").status_code == 401
    assert stranger.request(method, "/extensions/open/others/hello/status").status_code == 404
    assert api.request(method, "/extensions/secure/scoring/status").status_code == 404


def test_a_script_is_given_everything_but_who_calls(api: Api) -> None:
    seen = api.post(
        "/extensions/secure/ping/echo?a=1&a=2",
        data="ræv".encode(),
        headers={"Content-Type": "text/plain", "X-Mark": "7"},
    ).json()
    assert (seen["method"], seen["path"], seen["query"], seen["body"]) == ("POST", "echo", "a=1&a=2", "ræv")
    assert seen["headers"]["x-mark"] == "7"
    assert "authorization" not in seen["headers"]
