"""What the outside world can do to the organization, by the names that the control plane offers."""

from emulator.vendors.amilia.booking import (
    booking_cancelled,
    location_booked,
    person_scanned,
    private_lesson_booked,
)
from emulator.vendors.amilia.enrolling import (
    attendance_taken,
    person_registers,
    person_stops_waiting,
    person_waits,
    registration_cancelled,
)
from emulator.vendors.amilia.households import account_opened, person_changed, tokens_revoked
from emulator.vendors.amilia.offering import (
    activity_removed,
    activity_saved,
    occurrence_moved,
    program_archived,
    program_saved,
)
from emulator.vendors.amilia.selling import donation_made, membership_bought, merchandise_bought, multipass_bought

__all__ = [
    "account_opened",
    "activity_removed",
    "activity_saved",
    "attendance_taken",
    "booking_cancelled",
    "donation_made",
    "location_booked",
    "membership_bought",
    "merchandise_bought",
    "multipass_bought",
    "occurrence_moved",
    "person_changed",
    "person_registers",
    "person_scanned",
    "person_stops_waiting",
    "person_waits",
    "private_lesson_booked",
    "program_archived",
    "program_saved",
    "registration_cancelled",
    "tokens_revoked",
]
