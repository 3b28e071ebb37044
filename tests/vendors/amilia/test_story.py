"""A client's day, from its first token to the second in which it calls too often."""

from __future__ import annotations

from typing import Any

from tests.vendors.amilia.calls import subscribe
from tests.vendors.amilia.client import Amilia
from tests.vendors.amilia.conftest import Receiver


def test_a_client_reads_the_organization_waits_a_week_hears_of_a_registration_and_is_throttled(
    sandbox: Any, nobody: Amilia, amilia: Any, receiver: Receiver
) -> None:
    api = nobody.login(amilia.username, amilia.password)

    names = {
        language: [program["Name"] for program in api.items("org/programs", language)] for language in ("en", "fr")
    }
    assert names["en"][0] == "Winter Session"
    assert names["fr"][0] == "Session d'hiver"

    participants = {
        (activity["Id"], person["Id"])
        for program in api.walk("org/programs", perPage=2)
        for activity in api.walk(f"org/programs/{program['Id']}/activities", perPage=2)
        for person in api.walk(f"org/activities/{activity['Id']}/persons", perPage=2)
    }
    assert {(3001, 5002), (3005, 5013), (3009, 5012)} <= participants

    sandbox.clock.advance("2s")
    near = api.items("org/locations", type="Radius", coordinates="45.5017,-73.5673", radius=10)
    assert [place["Name"] for place in near] == ["Community Centre", "Pool", "Gymnasium", "Studio A", "Tennis Dome"]

    today = [booking["ReservationId"] for booking in api.items("org/reservations")]
    sandbox.clock.advance("7d")
    next_week = [booking["ReservationId"] for booking in api.items("org/reservations")]
    assert today
    assert next_week
    assert not set(today) & set(next_week)

    subscribe(api, receiver.url, "Registration", "Create")
    made = sandbox.stimuli.amilia.person_registers(activity_id=3002, person_id=5003)
    sandbox.deliver()
    (told,) = receiver.bodies
    assert told["Payload"]["RegistrationId"] == made["registration_id"]
    assert api.get(f"org/registrations/{made['registration_id']}")["Activity"] == {"Id": 3002, "Name": "Yoga Tuesdays"}

    sandbox.clock.freeze()
    sandbox.clock.advance("1s")
    statuses = [api.ask("GET", "org/programs/2001").status_code for _ in range(101)]
    assert statuses == [200] * 100 + [429]
    sandbox.clock.advance("1s")
    assert api.ask("GET", "org/programs/2001").status_code == 200
