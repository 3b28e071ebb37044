"""A client's day: five thousand recipients in, all of them out again, a token outlived, both limits met."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import requests

from emulator.testing.client import Box, Handle

MANY = 5000


class Client:
    """What a customer would write with nothing but the documentation: renews its token when told, follows links."""

    def __init__(self, agillic: Handle) -> None:
        self.base, self.pair = (
            agillic.base_url,
            {"client_id": agillic.client_id, "client_secret": agillic.client_secret},
        )
        self.session = requests.Session()
        self.session.trust_env = False
        self.tokens = 0

    def call(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        url = path if path.startswith("http") else self.base + path
        reply = self.session.request(method, url, **kwargs)
        if reply.status_code == 401:
            form = {"grant_type": "client_credentials", **self.pair}
            granted = self.session.post(f"{self.base}/oauth2/token", data=form).json()
            self.session.headers["Authorization"] = f"Bearer {granted['access_token']}"
            self.tokens += 1
            reply = self.session.request(method, url, **kwargs)
        return reply

    def pages(self, expression: str, size: int) -> Iterator[list[str]]:
        query = {"objectResponse": "true", "filter": expression, "pageSize": size}
        shown = self.call("GET", "/recipients", params=query).json()
        while True:
            yield [item["personData"]["EMAIL"] for item in shown["content"]]
            links = {link["rel"]: link["href"] for link in shown["links"]}
            if "next" not in links:
                return
            shown = self.call("GET", links["next"]).json()


@pytest.fixture
def client(agillic: Handle) -> Iterator[Client]:
    made = Client(agillic)
    yield made
    made.session.close()


def upserted(client: Client) -> None:
    for begin in range(0, MANY, 1000):
        batch = [
            {"personData": {"EMAIL": f"n{n}@example.com", "CITY": f"City {n % 2}", "AGE": n % 90}}
            for n in range(begin, begin + 1000)
        ]
        assert client.call("POST", "/recipients/:batch", json=batch).json() == {
            "created": 1000,
            "updated": 0,
            "warnings": 0,
            "errors": 0,
        }


def test_a_client_s_day(sandbox: Box, agillic: Handle, client: Client) -> None:
    upserted(client)
    assert client.tokens == 1

    exported: list[str] = []
    for number, page in enumerate(client.pages('CITY=="City 1" and EMAIL==n*', 500)):
        exported += page
        sandbox.stimuli.agillic.recipient_saved(personData={"EMAIL": f"n-late-{number}@example.com", "CITY": "City 1"})
        sandbox.stimuli.agillic.recipient_removed(recipientId=f"n{4999 - 2 * number}@example.com")
        client.call("PUT", f"/recipients/n{2 * number + 1}@example.com", json={"personData": {"CITY": "Elsewhere"}})
    assert exported == [f"n{n}@example.com" for n in range(1, MANY, 2)]

    sandbox.clock.advance("2h")
    assert client.call("GET", "/recipients/n2@example.com").status_code == 200
    assert client.tokens == 2

    sandbox.faults.add(vendor="agillic", operation="agillic.recipients.read", delay=1.0)
    ready = Barrier(21)

    def read(number: int) -> int:
        ready.wait()
        headers = {"Authorization": str(client.session.headers["Authorization"])}
        return requests.get(f"{client.base}/recipients/n{number}@example.com", headers=headers, timeout=10).status_code

    with ThreadPoolExecutor(21) as pool:
        assert sorted(pool.map(read, range(100, 142, 2))) == [200] * 20 + [429]
    sandbox.faults.clear()

    sandbox.settings.update({"agillic": {"active_recipients": 1}})
    assert client.call("GET", "/recipients/n2@example.com").status_code == 429
    sandbox.clock.advance("24h")
    assert client.call("GET", "/recipients/n2@example.com").status_code == 200
