"""Attacks by addresses that clients hand in: no webhook of any vendor's goes where it may not."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from emulator.courier import Forbidden, Policy
from emulator.testing.client import Box, Emulator
from tests.unit.receiver import Receiver, receiving

Subscribe = Callable[[Box, str], None]


def amio(box: Box, url: str) -> None:
    """A channel with a webhook, and somebody who writes."""
    wish = {"type": "amio_chat", "name": "X", "webhook": {"url": url}}
    token = {"Authorization": f"Bearer {box.amio.token}"}
    made = requests.post(f"{box.amio.base_url}/v1/channels", json=wish, headers=token, timeout=10).json()
    if "id" in made:
        box.stimuli.amio.message_received(channel_id=made["id"], text="Hi")


def agillic(box: Box, url: str) -> None:
    """A task that calls back."""
    job = {"configuration": {"callback": {"on": "every", "url": url}}, "data": []}
    pair = (box.agillic.client_id, box.agillic.client_secret)
    requests.post(f"{box.agillic.base_url}/recipients/v2/:upsert", json=job, auth=pair, timeout=10)


def amilia(box: Box, url: str) -> None:
    """A subscription, and a donation."""
    pair = (box.amilia.username, box.amilia.password)
    token = requests.get(f"{box.amilia.base_url}/api/v3/authenticate", auth=pair, timeout=10).json()["Token"]
    wish = {"Context": "DonationPurchased", "Action": "Create", "Name": "n", "Url": url, "Version": "V1"}
    hooks = f"{box.amilia.base_url}/api/v3/en/org/8008/webhooks"
    requests.post(hooks, json=wish, headers={"Authorization": f"Bearer {token}"}, timeout=10)
    box.stimuli.amilia.donation_made(donation_id=951, person_id=5003, amount=1)


VENDORS: dict[str, Subscribe] = {"amio": amio, "agillic": agillic, "amilia": amilia}


@pytest.fixture(params=VENDORS)
def subscribe(request: pytest.FixtureRequest) -> Subscribe:
    return VENDORS[request.param]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The addresses to which the courier has opened a connection."""
    found: list[Any] = []
    connect = socket.create_connection

    def noted(place: Any, *rest: Any) -> socket.socket:
        found.append(place)
        return connect(place, *rest)

    monkeypatch.setattr("emulator.courier.socket.create_connection", noted)
    return found


def outcomes(box: Box) -> list[dict[str, Any]]:
    """What came of each attempt; none where the vendor took the address for none."""
    box.deliver()
    return [attempt for delivery in box.deliveries() for attempt in delivery["attempts"]]


HOSTS = [
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "0xa9.0xfe.0xa9.0xfe",
    "0251.0376.0251.0376",
    "169.254.43518",
    "169.16689662",
    "[::ffff:169.254.169.254]",
    "[::ffff:a9fe:a9fe]",
    "[::169.254.169.254]",
    "[64:ff9b::169.254.169.254]",
    "[2002:a9fe:a9fe::]",
    "[fe80::1]",
    "[fd00:ec2::254]",
    "100.100.100.200",
    "192.0.0.192",
    "168.63.129.16",
    "0.0.0.0",
    "0",
    "[::]",
    "255.255.255.255",
    "224.0.0.1",
    "[ff02::1]",
    "8.8.8.8",
    "[2001:4860:4860::8888]",
    "user:pass@169.254.169.254",
    "127.0.0.1@169.254.169.254",
]


@pytest.mark.parametrize("host", HOSTS)
def test_forbidden_addresses_are_refused_however_they_are_written(
    sandbox: Box, subscribe: Subscribe, called: list[Any], host: str
) -> None:
    subscribe(sandbox, f"http://{host}/latest/meta-data/")
    assert all(attempt["refused"] for attempt in outcomes(sandbox))
    assert called == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "gopher://127.0.0.1:70/x",
        "ftp://127.0.0.1/",
        "javascript:alert(1)",
        "//127.0.0.1/",
        "",
        "http:",
    ],
)
def test_what_is_no_web_address_is_not_called(sandbox: Box, subscribe: Subscribe, called: list[Any], url: str) -> None:
    subscribe(sandbox, url)
    assert all(attempt["refused"] for attempt in outcomes(sandbox))
    assert called == []


@pytest.mark.parametrize("rest", ["/\r\nX-Evil: 1", "/ HTTP/1.1\r\nHost: evil.test\r\n\r\nGET /", "/a\nb", "/\0"])
def test_no_header_and_no_second_request_hides_in_an_address(
    sandbox: Box, subscribe: Subscribe, receiver: Receiver, rest: str
) -> None:
    subscribe(sandbox, receiver.url.removesuffix("/hook") + rest)
    outcomes(sandbox)
    assert len(receiver.got) <= 1
    assert not [name for _, headers, _ in receiver.got for name in headers if name.lower() == "x-evil"]


def test_a_password_in_an_address_goes_nowhere(sandbox: Box, subscribe: Subscribe, receiver: Receiver) -> None:
    subscribe(sandbox, receiver.url.replace("http://", "http://user:secret@"))
    outcomes(sandbox)
    for _, headers, _ in receiver.got:
        assert "secret" not in str(headers)
        assert "Authorization" not in headers


def test_a_redirect_is_not_followed(sandbox: Box, subscribe: Subscribe, receiver: Receiver, called: list[Any]) -> None:
    receiver.plan = [(302, {"Location": "http://169.254.169.254/"}), (307, {"Location": receiver.url})]
    subscribe(sandbox, receiver.url)
    assert [attempt["status"] for attempt in outcomes(sandbox)] == [302]
    assert len(called) == len(receiver.got) == 1


def test_a_name_that_changes_its_address_is_called_where_it_was_judged(
    sandbox: Box, subscribe: Subscribe, receiver: Receiver, called: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve, answers = socket.getaddrinfo, iter(["127.0.0.1"] + ["169.254.169.254"] * 9)

    def turning(host: Any, *rest: Any, **more: Any) -> Any:
        return resolve(next(answers) if host == "turning.test" else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", turning)
    subscribe(sandbox, receiver.url.replace("127.0.0.1", "turning.test"))
    assert [attempt["status"] for attempt in outcomes(sandbox)] == [200]
    assert [place[0] for place in called] == ["127.0.0.1"]


def test_nothing_is_ever_allowed_that_leads_to_metadata(monkeypatch: pytest.MonkeyPatch) -> None:
    everything = Policy(("0.0.0.0/0", "::/0"))
    for host in HOSTS:
        bare = host.rpartition("@")[2].strip("[]")
        if bare not in ("8.8.8.8", "2001:4860:4860::8888"):
            with pytest.raises(Forbidden):
                everything.judge(bare, 80)


def test_a_webhook_cannot_call_the_control_plane(sandbox: Box, emulator: Emulator, subscribe: Subscribe) -> None:
    victim = emulator.sandbox()
    victim.snapshot("before")
    victim.clock.freeze()
    subscribe(sandbox, f"{emulator.base_url}/_emulator/sandboxes/{victim.name}/reset")
    assert [attempt["status"] for attempt in outcomes(sandbox)] == [403]
    assert victim.clock.now() == victim.clock.now()
    victim.remove()


def test_nothing_else_of_a_vendor_opens_a_connection(sandbox: Box, called: list[Any]) -> None:
    files = {"file": ("contacts.csv", "customer_name,phone1\nhttp://169.254.169.254/,9810000001\n", "text/csv")}
    parts = {"user_id": "john", "header_mapping": '{"name": "customer_name", "phone1": "phone1"}'}
    path = "/v1/cc-list/1/process-list/13/leads/17/contact-upload-tasks"
    pair = (sandbox.ameyo.username, sandbox.ameyo.password)
    requests.post(sandbox.ameyo.base_url + path, files=files, data=parts, auth=pair, timeout=10)
    sandbox.clock.advance("1d")
    assert called == []
