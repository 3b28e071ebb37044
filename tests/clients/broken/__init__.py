"""Broken twins of the model clients, one realistic bug each: what a fuzzer of clients has to find."""

from __future__ import annotations

from collections.abc import Mapping

from tests.clients.broken import agillic, ameyo, amilia, amio, amio_webhooks
from tests.clients.broken.twin import Twin

TWINS: Mapping[str, Twin] = {
    f"{twin.scenario}/{name}": twin
    for module in (amio, amio_webhooks, agillic, amilia, ameyo)
    for name, twin in vars(module).items()
    if isinstance(twin, Twin)
}
"""Every twin by its scenario and name. On a command line it is `--client tests.clients.broken.amio:ReadsOnePage`."""
