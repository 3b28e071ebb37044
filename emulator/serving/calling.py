"""One call of the application, in whichever thread."""

from __future__ import annotations

import sys
from collections.abc import Callable

from emulator.serving.reply import Answer, Headers, plain
from emulator.serving.request import Request

Application = Callable[[Request], Answer]

WHOLE = 1024 * 1024
"""A body in pieces that is announced to be no longer is sent at once; others go out piece by piece."""


class MustWait(Exception):
    """Raised by an application that was called where it may not wait, before it changed anything.

    The same call is then made again where it may.
    """


def call(application: Application, request: Request) -> Answer:
    """What the application answers. Its failure is an answer too; only `MustWait` gets out.

    What it answers where it may not wait must not wait either when it is read, unless it is a stream: then a thread
    reads it.
    """
    answer = None
    try:
        answer = application(request)
        if answer.pieces is not None and _announced(answer.headers) <= WHOLE:
            answer.body, answer.pieces = b"".join(answer.pieces), None
    except MustWait:
        raise
    except Exception:
        report()
        if answer is not None:
            finish(answer)
        answer = plain(500, "Internal Server Error")
    answer.spool = request.spool
    return answer


def finish(answer: Answer) -> None:
    """Tell the application that its answer is away, or can go nowhere. Once."""
    done, answer.done = answer.done, None
    if done is not None:
        try:
            done()
        except Exception:
            report()
    if answer.spool is not None:
        answer.spool.close()


def report() -> None:
    """Write the exception in hand to standard error."""
    import traceback  # seldom needed, and slow to import

    traceback.print_exc(file=sys.stderr)


def _announced(headers: Headers) -> float:
    for name, value in headers:
        if name.lower() == "content-length":
            return int(value) if value.isdecimal() else float("inf")
    return float("inf")
