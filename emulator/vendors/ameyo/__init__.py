"""Ameyo: contact upload, monitoring and configuration of the 6.x services, and the routes of the 4.x server."""

from emulator.kit import Vendor
from emulator.vendors.ameyo.enrol import enrol
from emulator.vendors.ameyo.envelope import AmeyoEnvelope
from emulator.vendors.ameyo.pagers import Whole
from emulator.vendors.ameyo.schemes import Session

VENDOR = Vendor(envelope=AmeyoEnvelope(), schemes={"session": Session}, pagers={"whole": Whole}, enrol=enrol)
