"""Where Ameyo is reached, and how a call finds its sandbox."""

from __future__ import annotations

from collections.abc import Callable

from emulator.testing.client import Box, Emulator
from tests.vendors.ameyo.client import Api, code

AGENTS = "/v4/cc-list/1/monitoring/user-session-information"


def test_a_registered_pair_leads_to_the_sandbox_that_registered_it(
    emulator: Emulator, sandbox: Box, admin: Api
) -> None:
    admin.register("only_here", "s3cret")
    sandbox.stimuli.ameyo.agent_signs_in(user_id="meera", campaign_id=131)
    plain = Api(f"{emulator.base_url}/ameyo", ("only_here", "s3cret"))
    assert [row["user_id"] for row in plain.agents(user_ids="meera")] == ["meera"]
    plain.session.close()


def test_a_session_leads_to_the_sandbox_that_opened_it(emulator: Emulator, sandbox: Box, anyone: Api) -> None:
    session = anyone.login("john", "john-secret").json()["sessionId"]
    ident = sandbox.stimuli.ameyo.callback_promised(campaign_id=132, phone="9810000555")["customer_callback_id"]
    plain = Api(f"{emulator.base_url}/ameyo", session_id=session)
    found = plain.get("/ameyorestapi/voice/customerCallbacks/getFiltered", campaignId=132, offset=0, limit=9).json()
    assert [callback["customerCallbackId"] for callback in found] == [ident]
    plain.session.close()


def test_a_pair_of_one_sandbox_is_unknown_in_another(emulator: Emulator, admin: Api) -> None:
    admin.register("only_here", "s3cret")
    other = emulator.sandbox()
    stranger = Api(other.ameyo.base_url, ("only_here", "s3cret"))
    assert code(stranger.get(AGENTS)) == (401, "CONF-1002")
    stranger.session.close()
    other.remove()


def test_the_vendors_own_hosts_are_served_at_the_root(
    emulator: Emulator, clients: Callable[..., Api], admin: Api
) -> None:
    admin.register("only_here", "s3cret")
    client = Api(emulator.base_url, ("only_here", "s3cret"))
    reply = client.call("GET", "/cms/configuration/cc/1/process", headers={"Host": "cms.harbour.cc.exotel.com"})
    assert reply.status_code == 200
    client.session.close()
