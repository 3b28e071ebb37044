"""Recordings of calls."""

from __future__ import annotations

from typing import Any

import orjson

from emulator.kit import Ask, Kind, Outcome, Refusal, Violation, World
from emulator.vendors.ameyo import audio, scope

FILTERS, CALL = "filters", "callId"


def download(ask: Ask, world: World) -> Outcome:
    """The recording of a call, in the format that was asked for."""
    query = ask.query
    campaign = scope.campaign(ask, world, query["campaignId"])
    form = query["targetFormat"].lower()
    if broken := ask.operation.variants["format"].explain(form, ("targetFormat",), "query"):
        raise Refusal(Kind.UNPROCESSABLE, broken)
    call = _call(query[FILTERS])
    recording = world.rows("recordings").get(query["crtObjectId"])
    if recording is None or recording["campaign_id"] != int(campaign["id"]) or recording["call_id"] != call:
        raise scope.missing("recording", query["crtObjectId"])
    seconds = min(recording["seconds"], world.figure("recording_seconds_max"))
    return Outcome(data=audio.FORMATS[form](seconds), media=ask.operation.replies[ask.operation.success].media)


def _call(text: str) -> Any:
    """The call that the filters name: they are the text of an object."""
    try:
        filters = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Refusal(
            Kind.UNPROCESSABLE, [Violation((FILTERS,), "syntax", text, where="query", said=error.msg)]
        ) from None
    if not isinstance(filters, dict) or not isinstance(filters.get(CALL), str):
        raise Refusal(
            Kind.UNPROCESSABLE, [Violation((FILTERS, CALL), "type", text, where="query", said="names no call")]
        )
    return filters[CALL]
