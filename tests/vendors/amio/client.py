"""A client of Amio's, as its documentation would have one write it, and a server that waits for its webhooks."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

WEBHOOK_PATH = "/webhook"
NEEDS: dict[str, dict[str, Any]] = {
    "amio_chat": {},
    "email": {
        "provider": {"type": "mailgun", "access_token": "key", "sender": {"email": "shop@example.com", "name": "Shop"}}
    },
    "facebook_messenger": {"facebook_page": {"id": "1045", "access_token": "page-token"}},
    "mobile": {"provider": {"type": "messagebird", "sender_id": "SHOP", "access_token": "bird-token"}},
    "rbm": {"rbm": {"agent_name": "Shop", "agent_state": "launched", "region": "europe"}},
    "telegram": {"telegram": {"access_token": "bot-token"}},
    "viber": {"viber": {"access_token": "viber-token"}},
    "viber_business_messages": {"viber_business_messages": {"sender_id": "Shop"}},
    "whatsapp": {"whatsapp_business_account": {"phone_number": "+44 20 7946 0000"}},
}
"""What each platform needs to be told when a channel is created."""


class Api:
    """Amio's API with a token."""

    def __init__(self, base_url: str, token: str) -> None:
        self.base_url, self.token = base_url, token
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        return self.session.request(method, self.base_url + "/v1" + path, timeout=30, **more)

    def get(self, path: str, **query: Any) -> requests.Response:
        return self.call("GET", path, params=query)

    def post(self, path: str, body: Any) -> requests.Response:
        return self.call("POST", path, json=body)

    def patch(self, path: str, body: Any) -> requests.Response:
        return self.call("PATCH", path, json=body)

    def delete(self, path: str) -> requests.Response:
        return self.call("DELETE", path)

    def new_channel(self, kind: str, **more: Any) -> dict[str, Any]:
        """A channel with what its platform needs."""
        reply = self.post("/channels", {"type": kind, "name": f"Test {kind}", **NEEDS[kind], **more})
        assert reply.status_code == 201, reply.text
        return reply.json()  # type: ignore[no-any-return]

    def demo_channel(self, kind: str) -> str:
        """The demo world's first channel of a type."""
        return next(channel["id"] for channel in self.get("/channels", max=100).json() if channel["type"] == kind)

    def send(self, channel_id: str, contact: dict[str, Any], content: Any = None, **more: Any) -> requests.Response:
        """Sends a text, or other content."""
        content = content or {"type": "text", "payload": "Hello"}
        return self.post("/messages", {"channel": {"id": channel_id}, "contact": contact, "content": content, **more})

    def messages(self, channel_id: str, contact_id: str, **query: Any) -> list[dict[str, Any]]:
        """What was said with a contact."""
        return self.get(f"/channels/{channel_id}/contacts/{contact_id}/messages", **query).json()  # type: ignore[no-any-return]


class Inbox:
    """A server that takes webhooks, and remembers them."""

    def __init__(self) -> None:
        self.status = 200
        self.requests: list[tuple[dict[str, str], bytes]] = []
        inbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                inbox.requests.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(inbox.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}{WEBHOOK_PATH}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events so far, in order."""
        return [json.loads(body) for _, body in self.requests]

    @property
    def names(self) -> list[str]:
        """Their names."""
        return [event["event"] for event in self.events]


def signature(secret: str, body: bytes) -> str:
    """X-Hub-Signature as the documentation tells one to compute it."""
    return "sha1=" + hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()


def errors(reply: requests.Response) -> list[dict[str, Any]]:
    """What is wrong, of a refusal."""
    return reply.json()["errors"]  # type: ignore[no-any-return]


def fields(reply: requests.Response) -> list[str]:
    """The fields that a validation error names."""
    assert reply.status_code == 422, reply.text
    return [error.get("field", "") for error in errors(reply)]
