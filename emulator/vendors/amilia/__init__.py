"""Amilia: registration for activities and management of recreation, version 3 of its API."""

from emulator.kit import Vendor
from emulator.vendors.amilia.browsers import cors
from emulator.vendors.amilia.callers import IssuedToken, ScopedKey, Visitor, enrol
from emulator.vendors.amilia.counting import ClientWindow
from emulator.vendors.amilia.envelope import AmiliaEnvelope
from emulator.vendors.amilia.hooks import discarded
from emulator.vendors.amilia.pages import Pages

VENDOR = Vendor(
    envelope=AmiliaEnvelope(),
    schemes={"issued_token": IssuedToken, "scoped_key": ScopedKey, "visitor": Visitor},
    limits={"client_window": ClientWindow},
    pagers={"pages": Pages},
    enrol=enrol,
    cors=cors,
    discarded=discarded,
)
