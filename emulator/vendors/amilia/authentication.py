"""Tokens: what a user name and a password are exchanged for."""

from __future__ import annotations

from emulator.kit import Anonymous, Ask, Outcome, World
from emulator.vendors.amilia.tokens import written


def authenticate(ask: Ask, world: World) -> Outcome:
    """A token that holds for the contract's lifetime. Earlier ones go on holding."""
    user = ask.principal
    assert not isinstance(user, Anonymous)  # the engine let nobody else through
    issued = int(world.clock.now())
    ends = issued + int(world.figure("token_lifetime"))
    letters = world.ids.token(int(world.figure("token_letters")))
    token = written({"sub": user.id, "iat": issued, "exp": ends, "jti": letters}, world)
    row = {"id": f"token:{token}", "principal": user.id, "username": user.data["username"]}
    world.rows("credentials").add(row, expires=ends)
    return Outcome(data={"Token": token})
