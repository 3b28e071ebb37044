"""Recordings."""

from __future__ import annotations

import io
import json
import wave

import pytest

from emulator.testing.client import Box
from tests.vendors.ameyo.client import Api, key

VOICE = "/ameyorestapi/cc/downloadVoiceLog"
RECORDING = {
    "campaignId": 131,
    "crtObjectId": "d741-6904fad1-vce-daf-638729",
    "targetFormat": "mp3",
    "filters": json.dumps({"callId": "d741-6904fad1-vcall-11"}),
}


def test_a_recording_is_audio_as_long_as_the_call(chief: Api) -> None:
    mp3 = chief.get(VOICE, **RECORDING).content
    assert mp3[:2] == b"\xff\xfb"
    assert round(len(mp3) / 417 * 1152 / 44100) == 12
    with wave.open(io.BytesIO(chief.get(VOICE, **RECORDING | {"targetFormat": "wav"}).content)) as wav:
        assert wav.getnframes() / wav.getframerate() == 12


def test_a_call_that_was_answered_leaves_a_recording(sandbox: Box, chief: Api) -> None:
    sandbox.stimuli.ameyo.agent_answers(interaction_id="d741-6904fad1-vcall-8", user_id="asha")
    sandbox.clock.advance("3s")
    recording = sandbox.stimuli.ameyo.interaction_ends(interaction_id="d741-6904fad1-vcall-8")["crt_object_id"]
    query = RECORDING | {"crtObjectId": recording, "filters": '{"callId": "d741-6904fad1-vcall-8"}'}
    assert chief.get(VOICE, **query).status_code == 200


@pytest.mark.parametrize(
    "wrong, status",
    [
        ({"crtObjectId": "none"}, 404),
        ({"campaignId": 141}, 404),
        ({"campaignId": "x"}, 404),
        ({"filters": '{"callId": "another"}'}, 404),
        ({"filters": "{callId}"}, 512),
        ({"filters": "[]"}, 512),
        ({"targetFormat": "ogg"}, 512),
    ],
)
def test_a_recording_is_found_by_all_that_names_it(chief: Api, wrong: dict[str, object], status: int) -> None:
    assert chief.get(VOICE, **RECORDING | wrong).status_code == status


def test_another_contact_centres_recordings_are_out_of_reach(chief: Api) -> None:
    assert key(chief.get(VOICE, **RECORDING | {"campaignId": 389})) == (403, "invalid.session.id")


def test_a_download_needs_each_parameter(chief: Api) -> None:
    for name in ("crtObjectId", "targetFormat", "filters"):
        assert key(chief.get(VOICE, **{k: v for k, v in RECORDING.items() if k != name})) == (400, "InvalidInput")
