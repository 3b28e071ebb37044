"""Adapters: what the fuzzer calls to have a client do a job. Each takes where the vendor is and the job's inputs.

Pages are small where the vendor lets us choose, so that a small world has several.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any, Protocol

from tests.clients.agillic import Agillic
from tests.clients.ameyo import Ameyo
from tests.clients.amilia import Amilia
from tests.clients.amio import Amio
from tests.clients.amio_webhooks import Consumer

PAGE = 10


class Target(Protocol):
    """Where the vendor is: its base URL and each of its credentials by name."""

    @property
    def base_url(self) -> str: ...

    @property
    def credentials(self) -> Mapping[str, str]: ...


Inputs = Mapping[str, Any]
Adapter = Callable[[Target, Inputs], Any]


def amio(target: Target, kind: type[Amio] = Amio) -> Amio:
    """The client for a target."""
    return kind(target.base_url, target.credentials["token"], page_size=PAGE)


def list_contacts(target: Target, inputs: Inputs, kind: type[Amio] = Amio) -> list[str]:
    """amio.list_contacts"""
    with closing(amio(target, kind)) as client:
        return [contact["id"] for contact in client.contacts(inputs["channel_id"])]


def message_history(target: Target, inputs: Inputs, kind: type[Amio] = Amio) -> list[str]:
    """amio.message_history"""
    with closing(amio(target, kind)) as client:
        return [message["id"] for message in client.messages(inputs["channel_id"], inputs["contact_id"])]


def send_once(target: Target, inputs: Inputs, kind: type[Amio] = Amio) -> list[str]:
    """amio.send_once"""
    with closing(amio(target, kind)) as client:
        return [client.send(one["channel_id"], one["contact_id"], one["text"]) for one in inputs["messages"]]


def webhook_consumer(target: Target, inputs: Inputs, kind: type[Consumer] = Consumer) -> Consumer:
    """amio.webhook_consumer"""
    return kind(inputs["secret"])


def agillic(target: Target, kind: type[Agillic] = Agillic) -> Agillic:
    """The client for a target."""
    given = target.credentials
    return kind(target.base_url, given["client_id"], given["client_secret"], page_size=PAGE)


def export_recipients(target: Target, inputs: Inputs, kind: type[Agillic] = Agillic) -> list[str]:
    """agillic.export_recipients"""
    with closing(agillic(target, kind)) as client:
        return [client.id_of(recipient) for recipient in client.export(inputs["filter"])]


def upsert_recipients(target: Target, inputs: Inputs, kind: type[Agillic] = Agillic) -> list[str]:
    """agillic.upsert_recipients"""
    with closing(agillic(target, kind)) as client:
        return client.upsert([(one["id"], one["fields"]) for one in inputs["recipients"]])


def long_job(target: Target, inputs: Inputs, kind: type[Agillic] = Agillic) -> list[dict[str, Any]]:
    """agillic.long_job"""
    with closing(agillic(target, kind)) as client:
        return list(client.read(inputs["recipient_ids"]))


def amilia(target: Target, kind: type[Amilia] = Amilia) -> Amilia:
    """The client for a target."""
    return kind(target.base_url, target.credentials["username"], target.credentials["password"], page_size=PAGE)


def list_persons(target: Target, inputs: Inputs, kind: type[Amilia] = Amilia) -> list[int]:
    """amilia.list_persons"""
    with closing(amilia(target, kind)) as client:
        return [person["Id"] for person in client.persons(inputs["organization"])]


def program_activities(target: Target, inputs: Inputs, kind: type[Amilia] = Amilia) -> list[int]:
    """amilia.program_activities"""
    with closing(amilia(target, kind)) as client:
        found = client.activities(target.credentials["organization"], inputs["program_id"])
        return [activity["Id"] for activity in found]


def ameyo(target: Target, cc_id: str, kind: type[Ameyo] = Ameyo) -> Ameyo:
    """The client for a target."""
    given = target.credentials
    login = given["username"], given["password"], given["bearer_token"]
    return kind(target.base_url, *login, cc_id, page_size=PAGE)


def upload_contacts(target: Target, inputs: Inputs, kind: type[Ameyo] = Ameyo) -> dict[str, Any]:
    """ameyo.upload_contacts"""
    given = target.credentials
    lead_list = f"process-list/{given['process_id']}/leads/{given['lead_id']}"
    with closing(ameyo(target, given["cc_id"], kind)) as client:
        task = client.upload(
            lead_list, inputs["rows"], inputs["header_mapping"], update_duplicate=inputs["update_duplicate"]
        )
        return {"task_id": task, "errors": client.errors(lead_list, task)}


def agents(target: Target, inputs: Inputs, kind: type[Ameyo] = Ameyo) -> list[str]:
    """ameyo.agents"""
    with closing(ameyo(target, inputs["cc_id"], kind)) as client:
        return [agent["interaction_id"] for agent in client.agents()]


GOOD: Mapping[str, Adapter] = {
    "amio.list_contacts": list_contacts,
    "amio.message_history": message_history,
    "amio.send_once": send_once,
    "amio.webhook_consumer": webhook_consumer,
    "agillic.export_recipients": export_recipients,
    "agillic.upsert_recipients": upsert_recipients,
    "agillic.long_job": long_job,
    "amilia.list_persons": list_persons,
    "amilia.program_activities": program_activities,
    "ameyo.upload_contacts": upload_contacts,
    "ameyo.agents": agents,
}
