"""People register for activities, cancel, wait, and are marked present."""

from __future__ import annotations

from emulator.kit import Ask, Outcome, World
from emulator.vendors.amilia.hooks import announce
from emulator.vendors.amilia.lens import Json, Lens, absent, anywhere, number
from emulator.vendors.amilia.numbers import unused
from emulator.vendors.amilia.refusing import impossible
from emulator.vendors.amilia.selling import post
from emulator.vendors.amilia.shapes import enrolment, offers


def person_registers(ask: Ask, world: World) -> Outcome:
    """A registration for the whole activity, or for one occurrence; whoever waited for the activity waits no more."""
    activity, lens = anywhere("activities", ask.body["activity_id"], "Activity", world)
    person = lens.own("persons", ask.body["person_id"], "Person")
    held = _occurrence(activity, ask.body.get("occurrence_id"), lens)
    group = _group(activity, ask.body.get("group_id"), lens)
    if activity["Status"] == "Cancelled":
        raise impossible("the activity is cancelled")
    _room(activity, person, held, lens)
    prefix = world.table("prefixes")["subscription" if held is None else "drop_in"]
    row = {
        "id": f"{prefix}{unused('registrations', world)}",
        "OrganizationId": lens.id,
        "ActivityId": number(activity),
        "PersonId": number(person),
        "GroupId": group,
        "DateCreated": lens.stamp(),
        "OccurrenceId": None if held is None else number(held),
        "StaffId": None,
        "InvoiceItemId": post(person, "activities", activity["Price" if held is None else "DropInPrice"], "Sale", lens),
        "IsCancelled": False,
    }
    world.rows("registrations").add(row)
    waited = _waiting(activity, person, lens)
    if held is None and waited is not None:
        _stop_waiting(waited, lens)
    announce("Registration", "Create", enrolment.webhook_payload(row, lens), lens)
    return Outcome(data={"registration_id": row["id"]})


def registration_cancelled(ask: Ask, world: World) -> Outcome:
    """A registration is cancelled, and what was paid is paid back."""
    row, lens = anywhere("registrations", ask.body["registration_id"], "Registration", world)
    if row["IsCancelled"]:
        raise impossible("the registration is cancelled already")
    cancel(row, lens)
    return Outcome(data={"registration_id": row["id"]})


def cancel(row: Json, lens: Lens) -> None:
    """Cancels a registration, pays back, and tells."""
    row = {**row, "IsCancelled": True}
    lens.world.rows("registrations").put(row)
    person = lens.find("persons", row["PersonId"])
    paid = (
        lens.world.rows("journal_entries").where(InvoiceItemId=row.get("InvoiceItemId"), PostingType="Credit").first()
    )
    if person is not None and paid is not None and paid.data["Amount"]:
        post(person, "activities", -paid.data["Amount"], "Refund", lens)
    announce("Registration", "Delete", enrolment.webhook_payload(row, lens), lens)


def person_waits(ask: Ask, world: World) -> Outcome:
    """A person joins the waiting list; a registration that it has for the activity is given up."""
    activity, lens = anywhere("activities", ask.body["activity_id"], "Activity", world)
    person = lens.own("persons", ask.body["person_id"], "Person")
    if not activity["HasWaitListEnabled"]:
        raise impossible("the activity has no waiting list")
    if _waiting(activity, person, lens) is not None:
        raise impossible("the person waits already")
    mine = _registration(activity, person, None, lens)
    if mine is not None:
        cancel(mine, lens)
    row = {
        "id": str(unused("waiting", world)),
        "OrganizationId": lens.id,
        "ActivityId": number(activity),
        "PersonId": number(person),
        "DateCreated": lens.stamp(),
    }
    world.rows("waiting").add(row)
    announce("WaitListRegistration", "Create", enrolment.wait_list_payload(row, lens), lens)
    return Outcome(data={"wait_list_registration_id": number(row), "cancelled": mine and mine["id"]})


def person_stops_waiting(ask: Ask, world: World) -> Outcome:
    """A person leaves the waiting list."""
    activity, lens = anywhere("activities", ask.body["activity_id"], "Activity", world)
    person = lens.own("persons", ask.body["person_id"], "Person")
    row = _waiting(activity, person, lens)
    if row is None:
        raise impossible("the person does not wait for the activity")
    _stop_waiting(row, lens)
    return Outcome(data={"wait_list_registration_id": number(row)})


def attendance_taken(ask: Ask, world: World) -> Outcome:
    """A participant of an occurrence is marked."""
    held, lens = anywhere("occurrences", ask.body["occurrence_id"], "Occurrence", world)
    person = ask.body["person_id"]
    if all(found["Id"] != person for found in enrolment.participants(held, lens)):
        raise impossible("the person takes no part in the occurrence")
    marked = world.rows("attendances").where(OccurrenceId=number(held), PersonId=person).first()
    ident = str(unused("attendances", world)) if marked is None else marked.id
    row = {"id": ident, "OccurrenceId": number(held), "PersonId": person, "Status": ask.body["status"]}
    world.rows("attendances").put(row)
    return Outcome(data={"attendance_id": number(row)})


def _occurrence(activity: Json, ident: int | None, lens: Lens) -> Json | None:
    if ident is None:
        return None
    held = lens.own("occurrences", ident, "Occurrence")
    if held["ActivityId"] != number(activity):
        raise absent("Occurrence", ident)
    return held


def _group(activity: Json, ident: int | None, lens: Lens) -> int | None:
    found = lens.find("groups", ident)
    if ident is not None and (found is None or found["ActivityId"] != number(activity)):
        raise absent("Group", ident)
    return ident


def _room(activity: Json, person: Json, held: Json | None, lens: Lens) -> None:
    """Raises Refusal if the person is in already, or there is no room, or it is not sold that way."""
    if _registration(activity, person, held, lens) is not None:
        raise impossible("the person is registered already")
    if held is None:
        if not activity["HasSessionEnabled"]:
            raise impossible("the activity is sold by the occurrence only")
        if offers.left(activity, lens) <= 0:
            raise impossible("the activity is full")
        return
    if not activity["HasDropInEnabled"]:
        raise impossible("the activity is not open to drop-ins")
    if offers.occurrence(held, lens)["DropInSpotsRemaining"] <= 0:
        raise impossible("the occurrence is full")


def _registration(activity: Json, person: Json, held: Json | None, lens: Lens) -> Json | None:
    fields = {"ActivityId": number(activity), "PersonId": number(person), "OccurrenceId": held and number(held)}
    row = lens.world.rows("registrations").where(**fields, IsCancelled=False).first()
    return None if row is None else row.data


def _waiting(activity: Json, person: Json, lens: Lens) -> Json | None:
    row = lens.world.rows("waiting").where(ActivityId=number(activity), PersonId=number(person)).first()
    return None if row is None else row.data


def _stop_waiting(row: Json, lens: Lens) -> None:
    lens.world.rows("waiting").drop(row["id"])
    announce("WaitListRegistration", "Delete", {"Id": number(row)}, lens)
