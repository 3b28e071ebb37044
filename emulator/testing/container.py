"""The emulator in a container, for tests that use Testcontainers (`pip install testcontainers`)."""

from __future__ import annotations

import json
from typing import Any
from urllib.request import Request, urlopen

from emulator.world.ids import fresh

try:
    from testcontainers.core.container import DockerContainer
    from testcontainers.core.wait_strategies import HttpWaitStrategy
except ImportError as error:
    raise ImportError("EmulatorContainer needs Testcontainers: pip install testcontainers") from error

PORT = 8080
PATIENCE = 30.0


class EmulatorContainer(DockerContainer):  # type: ignore[misc]
    """A container of the emulator's image, while its `with` block lasts; calls can be answered as soon as the block begins.

    Takes what DockerContainer takes. `admin_token` guards the control plane; one is made if none is given.
    """

    def __init__(self, image: str = "vendor-emulator", *, admin_token: str = "", **options: Any) -> None:
        super().__init__(image, **options)
        self.admin_token = admin_token or fresh(24)
        self.with_exposed_ports(PORT)
        self.with_env("EMULATOR_ADMIN_TOKEN", self.admin_token)
        self.waiting_for(HttpWaitStrategy(PORT, "/_emulator/health").for_status_code(200))

    @property
    def base_url(self) -> str:
        """Where it is served, seen from the tests."""
        return f"http://{self.get_container_host_ip()}:{self.get_exposed_port(PORT)}"

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """What the control plane answers to a call below `/_emulator`; None for nothing. Raises HTTPError for a refusal."""
        headers = {"Authorization": f"Bearer {self.admin_token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        asked = Request(f"{self.base_url}/_emulator{path}", data, headers, method=method)
        with urlopen(asked, timeout=PATIENCE) as reply:
            told = reply.read()
        return json.loads(told) if told else None

    def sandbox(self, **wish: Any) -> dict[str, Any]:
        """A new sandbox, as the control plane shows it: `name`, and of each vendor `base_url` and `credentials`."""
        made: dict[str, Any] = self.control("POST", "/sandboxes", wish)
        return made
