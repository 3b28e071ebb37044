"""The limits of an instance: all its keys share them, calls of strangers do not count, and a payload's size is one of them if so set."""

from __future__ import annotations

from emulator.kit import FREE, Anonymous, Call, Charge, Concurrent, Kind, Principal, Refusal, Window, World, fixed


@fixed
class InstanceWindow(Window):
    """A window of calls for the instance as a whole; a call that nobody is known for is free."""

    counted_by: str = "everyone"

    def charge(self, who: Principal | Anonymous, call: Call, world: World) -> Charge:
        return super().charge(who, call, world) if isinstance(who, Principal) else FREE


@fixed
class InstanceConcurrent(Concurrent):
    """Calls at a time for the instance as a whole; a call that nobody is known for is free."""

    counted_by: str = "everyone"

    def charge(self, who: Principal | Anonymous, call: Call, world: World) -> Charge:
        return super().charge(who, call, world) if isinstance(who, Principal) else FREE


@fixed
class Payload:
    """A body above the vendor's size is one call too many, where the setting `oversize_status` asks for the status of limits."""

    name: str
    status: int

    def charge(self, who: Principal | Anonymous, call: Call, world: World) -> Charge:
        most = world.contract.max_body
        if isinstance(who, Anonymous) or world.settings["oversize_status"] != self.status or size(call) <= most:
            return FREE
        return Charge(
            refusal=Refusal(
                Kind.THROTTLED, detail=self.name, facts={"limit": self.name, "bytes": size(call), "most": most}
            )
        )


def size(call: Call) -> int:
    """The bytes of a call's body."""
    if call.spool is None:
        return len(call.body)
    length = call.spool.seek(0, 2)
    call.spool.seek(0)
    return length
