"""A client for the tests: a session that knows its base URL and its key."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from emulator.testing.client import Handle


class Api(requests.Session):
    """Calls below the base URL."""

    def __init__(self, base_url: str, key: str = "", secret: str = "") -> None:
        super().__init__()
        self.base_url = base_url
        self.trust_env = False
        if key:
            self.auth = (key, secret)

    def request(self, method: str, url: str, *args: object, **kwargs: object) -> requests.Response:  # type: ignore[override]
        whole = url if url.startswith("http") else self.base_url + url
        return super().request(method, whole, *args, **kwargs)  # type: ignore[arg-type]


@pytest.fixture
def api(agillic: Handle) -> Iterator[Api]:
    """The API with the key of the server's scope, by HTTP Basic."""
    with Api(agillic.base_url, agillic.client_id, agillic.client_secret) as session:
        yield session


@pytest.fixture
def device(agillic: Handle) -> Iterator[Api]:
    """The API with the key of the devices' scope, by HTTP Basic."""
    with Api(agillic.base_url, agillic.app_client_id, agillic.app_client_secret) as session:
        yield session


@pytest.fixture
def stranger(agillic: Handle) -> Iterator[Api]:
    """The API without any key."""
    with Api(agillic.base_url) as session:
        yield session
