"""Agillic: recipients, their data, and what is done with it."""

from __future__ import annotations

from emulator.kit import Vendor
from emulator.vendors.agillic.credentials import enrol, named
from emulator.vendors.agillic.envelope import AgillicEnvelope
from emulator.vendors.agillic.limits import InstanceConcurrent, InstanceWindow, Payload
from emulator.vendors.agillic.paging import Documents
from emulator.vendors.agillic.webdav import media

VENDOR = Vendor(
    envelope=AgillicEnvelope(),
    limits={"instance_window": InstanceWindow, "instance_concurrent": InstanceConcurrent, "payload": Payload},
    pagers={"documents": Documents},
    enrol=enrol,
    named=named,
    mounts={"/media": media},
)
