"""One call of the application, in whichever thread."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable
from typing import Any

from emulator.serving.heads import Environ
from emulator.serving.reply import Answer, Headers, plain

Application = Callable[[Environ, Any], Iterable[bytes]]

MAY_WAIT = "emulator.may_wait"
"""The environment's key that says whether this call may wait, for a lock, a file or another host."""

WHOLE = 1024 * 1024
"""A body that is announced to be no longer is sent at once; others go out piece by piece."""


class MustWait(Exception):
    """Raised by an application that was called where it may not wait, before it changed anything.

    The same call is then made again where it may.
    """


def call(application: Application, environ: Environ) -> Answer:
    """What the application answers. Its failure is an answer too; only `MustWait` gets out.

    What it returns where it may not wait must not wait either when it is read, unless it is a stream: then a thread
    reads it.
    """
    answer = Answer()
    body = environ["wsgi.input"]
    if type(body) is not io.BytesIO:
        answer.spool = body
    try:
        result = application(environ, answer)
        if hasattr(result, "close"):
            answer.done = result.close
        if isinstance(result, (list, tuple)) or _announced(answer.headers) <= WHOLE:
            answer.body += b"".join(result)
        else:
            answer.pieces = result
        if not answer.status:
            raise RuntimeError("the application did not start its response")
    except MustWait:
        raise
    except Exception:
        report()
        finish(answer)
        return plain(500, "Internal Server Error")
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
