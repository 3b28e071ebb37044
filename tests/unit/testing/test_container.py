"""The container of Testcontainers, without one: what it asks of the library, and how it is called."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.error import HTTPError

import pytest

from emulator.testing.client import Emulator
from tests import toy


class Docker:
    """What the module uses of DockerContainer; in the place of the container a server in this process."""

    def __init__(self, image: str, **options: Any) -> None:
        self.image, self.options, self.env, self.ports, self.awaited = image, options, {}, [], None

    def with_exposed_ports(self, *ports: int) -> None:
        self.ports += ports

    def with_env(self, name: str, value: str) -> None:
        self.env[name] = value

    def waiting_for(self, strategy: Any) -> None:
        self.awaited = strategy

    def get_container_host_ip(self) -> str:
        return "127.0.0.1"

    def get_exposed_port(self, port: int) -> int:
        assert port in self.ports
        assert self.server.address is not None
        return self.server.address[1]

    server: Emulator


class Wait:
    def __init__(self, port: int, path: str) -> None:
        self.asked = (port, path)

    def for_status_code(self, status: int) -> Wait:
        self.asked += (status,)  # type: ignore[assignment]
        return self


@pytest.fixture
def container(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    for name in ("testcontainers", "testcontainers.core"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    for name, kind in (("container", Docker), ("wait_strategies", Wait)):
        module = ModuleType(f"testcontainers.core.{name}")
        setattr(module, "DockerContainer" if kind is Docker else "HttpWaitStrategy", kind)
        monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.delitem(sys.modules, "emulator.testing.container", raising=False)
    made = importlib.import_module("emulator.testing.container").EmulatorContainer(name="emu")
    contracts, fixtures = toy.write(tmp_path)
    monkeypatch.syspath_prepend(tmp_path / "package")
    token = made.env["EMULATOR_ADMIN_TOKEN"]
    with Emulator(admin_token=token, contracts=contracts, fixtures=fixtures, package="") as made.server:
        yield made
    sys.modules.pop("emulator.testing.container", None)


def test_it_waits_until_the_image_is_healthy_and_has_a_token(container: Any) -> None:
    assert (container.image, container.options, container.ports) == ("vendor-emulator", {"name": "emu"}, [8080])
    assert container.awaited.asked == (8080, "/_emulator/health", 200)
    assert len(container.admin_token) == 24


def test_a_sandbox_is_made_by_the_control_plane(container: Any) -> None:
    made = container.sandbox(seed=7)
    assert made["vendors"]["toy"]["base_url"].startswith(container.base_url)
    assert container.control("DELETE", f"/sandboxes/{made['name']}") is None
    with pytest.raises(HTTPError, match="404"):
        container.control("GET", f"/sandboxes/{made['name']}")


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "testcontainers", None)
    monkeypatch.delitem(sys.modules, "emulator.testing.container", raising=False)
    with pytest.raises(ImportError, match="pip install testcontainers"):
        importlib.import_module("emulator.testing.container")
