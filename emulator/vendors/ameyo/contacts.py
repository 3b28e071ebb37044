"""Contacts as people see them: those of a lead list, and what the dialler makes of one."""

from __future__ import annotations

from typing import Any

from emulator.kit import World
from emulator.vendors.ameyo.contact_book import Contact, ContactBook, contacts_of
from emulator.vendors.ameyo.impossible import absent
from emulator.vendors.ameyo.phone import digits

Found = tuple[int, str, Contact]


def of_list(world: World, lead: int) -> list[Found]:
    """The contacts of a lead list: process, number and contact of each, by number."""
    row = world.rows("leads").get(str(lead))
    if row is None:
        raise absent("lead list", lead)
    process = row["process_id"]
    return sorted(
        ((process, number, contact) for number, contact in contacts_of(world, process) if contact.lead == lead),
        key=lambda f: f[1],
    )


def shown(world: World, process: int, number: str, contact: Contact) -> dict[str, Any]:
    """A contact with what has become of it."""
    return {
        "phone1": number,
        "process_id": process,
        "lead_id": contact.lead,
        "status": contact.status or world.table("contact_statuses")["new"],
        "attempts": contact.attempts,
        "churn_count": contact.churns,
        "fields": contact.fields,
    }


def dialled(world: World, process: int, phone: str, answered: bool) -> dict[str, Any]:
    """The dialler has tried a contact: one attempt more, and the status that came of it."""
    number = digits(phone) or ""
    book = ContactBook(world, process)
    book.load([number] if number else [])
    contact = book.get(number)
    if contact is None:
        raise absent("contact", phone)
    contact.attempts += 1
    contact.status = world.table("contact_statuses")["answered" if answered else "unanswered"]
    book.put(number, contact, contact.fields)
    book.save()
    return shown(world, process, number, contact)
