"""What Amio's stories start from: a client with a token, and somewhere for webhooks to go."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emulator.testing.client import Box, Handle
from tests.vendors.amio.client import Api, Inbox


@pytest.fixture
def api(amio: Handle) -> Iterator[Api]:
    """A client in a sandbox of its own."""
    client = Api(amio.base_url, amio.token)
    yield client
    client.session.close()


@pytest.fixture
def inbox(sandbox: Box) -> Iterator[Inbox]:
    """A server for webhooks."""
    server = Inbox()
    yield server
    server.close()
