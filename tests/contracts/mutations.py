"""Single facts of the contracts, changed one at a time, and what `diff` must say of each: written before `diff` was."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

GONE = object()
STEPS = {"breaking": "major", "additive": "minor", "neutral": "patch"}


@dataclass(frozen=True)
class Renamed:
    """In place of a new value: the member has another name."""

    name: str


@dataclass(frozen=True)
class Mutation:
    """One edit of one file: at the pointer stands `new`, or GONE; `-` at a list's end adds. `witness` must be said of it."""

    file: str
    pointer: str
    new: Any
    verdict: str
    witness: str

    @property
    def name(self) -> str:
        """For people and for tests: the file, the place and what becomes of it."""
        return f"{self.file.removesuffix('.json')}{self.pointer} {'gone' if self.new is GONE else 'changed'}"

    @property
    def became(self) -> str:
        """What stands there then, for the table of docs/mutations.md."""
        if self.new is GONE:
            return "gone"
        text = f"named {self.new.name}" if isinstance(self.new, Renamed) else f"`{json.dumps(self.new)}`"
        return text if len(text) < 60 else f"{text[:55]}…`"

    @property
    def vendor(self) -> str:
        return self.file.partition("/")[0]

    @property
    def step(self) -> str:
        return STEPS[self.verdict]

    def of(self, raw: Any) -> Any:
        """The file's value with the edit made. Raises where there is nothing to edit."""
        changed = deepcopy(raw)
        *way, last = [part.replace("~1", "/").replace("~0", "~") for part in self.pointer.split("/")[1:]]
        inner = changed
        for part in way:
            inner = inner[int(part)] if isinstance(inner, list) else inner[part]
        if isinstance(inner, list):
            if last == "-":
                inner.append(self.new)
            elif self.new is GONE:
                del inner[int(last)]
            else:
                inner[int(last)] = self.new
        elif self.new is GONE:
            del inner[last]
        elif isinstance(self.new, Renamed):
            inner[self.new.name] = inner.pop(last)
        else:
            inner[last] = self.new
        assert changed != raw, self.name
        return changed


def _rows(vendor: str, table: Mapping[tuple[str, str], tuple[Any, str, str]]) -> list[Mutation]:
    return [Mutation(f"{vendor}/{file}", pointer, *rest) for (file, pointer), rest in table.items()]


GUESS = {"basis": "assumed", "why": "somebody changed their mind"}
WISH, CONTACT = "schemas/message_wish.json", "schemas/contact.json"

AMIO: dict[tuple[str, str], tuple[Any, str, str]] = {
    ("vendor.json", "/limits/hourly/calls/values/free"): (600, "breaking", "the 601st call in 1 hour is refused"),
    ("vendor.json", "/limits/hourly/calls/values/developer"): (3000, "additive", "the 2,001st call"),
    ("vendor.json", "/limits/hourly/per"): ("PT2H", "breaking", "2 hours"),
    ("vendor.json", "/limits/hourly/limit_header"): (GONE, "breaking", "X-RateLimit-Limit"),
    ("vendor.json", "/limits/hourly/reset_as"): ("seconds", "breaking", "seconds"),
    ("vendor.json", "/limits/simultaneous/calls/values/free"): (2, "breaking", "the 3rd call at one time is refused"),
    ("vendor.json", "/paging/listing/parameters/0/schema/maximum"): (50, "breaking", "max="),
    ("vendor.json", "/paging/listing/parameters/0/schema/default"): (25, "breaking", "without max"),
    ("vendor.json", "/paging/listing/headers/X-Total-Count"): (GONE, "breaking", "X-Total-Count"),
    ("vendor.json", "/webhooks/channel/retry/5"): (GONE, "breaking", "4 hours 26 minutes"),
    ("vendor.json", "/webhooks/channel/timeout"): ("PT30S", "breaking", "30 seconds"),
    ("vendor.json", "/webhooks/channel/signature/prefix"): (GONE, "breaking", "X-Hub-Signature"),
    ("vendor.json", "/webhooks/channel/signature/algorithm"): ("sha256", "breaking", "X-Hub-Signature"),
    ("vendor.json", "/refusals/invalid/status"): (400, "breaking", "400"),
    ("vendor.json", "/refusals/throttled/messages/hourly/text"): ("Slow down.", "neutral", "Slow down."),
    ("vendor.json", "/refusals/throttled/messages/hourly/source"): (GUESS, "neutral", "documented -> assumed"),
    ("vendor.json", "/settings/plan/default"): ("developer", "additive", "the 1,001st call"),
    ("vendor.json", "/settings/status_code_type/default"): ("number", "breaking", "status_code_type"),
    ("vendor.json", "/figures/messaging_window/value"): ("PT12H", "breaking", "12 hours"),
    ("vendor.json", "/hosts/1"): (GONE, "breaking", "amio.io"),
    ("vendor.json", "/aliases/0"): (GONE, "breaking", "/api/v1"),
    ("vendor.json", "/auth/token/query"): (GONE, "breaking", "access_token"),
    ("vendor.json", "/media"): ("application/json", "breaking", "Content-Type"),
    ("vendor.json", "/headers/Cache-Control/value"): ("no-store", "breaking", "no-store"),
    ("vendor.json", "/credentials/token/demo"): ("another-token", "breaking", "demo-amio-token"),
    ("messages/send.json", "/refusals/3"): (GONE, "additive", "502"),
    ("messages/send.json", "/replies/201/headers/Location"): (GONE, "breaking", "Location"),
    ("messages/send.json", "/emits/1"): (GONE, "breaking", "message_failed"),
    ("messages/send.json", "/title"): ("Send a message", "neutral", "title"),
    ("messages/find.json", "/refusals/-"): ("upstream", "breaking", "502"),
    ("contacts/delete.json", "/path"): (
        "/v1/contacts/{contact_id}/in/{channel_id}",
        "breaking",
        "DELETE /v1/channels/",
    ),
    ("contacts/delete.json", "/replies/204"): (Renamed("200"), "breaking", "200"),
    ("schemas/error.json", "/$defs/error/required"): (["status", "errors"], "breaking", "timestamp"),
    ("schemas/error.json", "/$defs/status/properties/code/anyOf/0/pattern"): (
        "^[0-9][0-9]{2}(?!.|\n)",
        "neutral",
        "no difference found",
    ),
    (CONTACT, "/$defs/listed/properties/gender/enum/-"): ("other", "breaking", '"other"'),
    (CONTACT, "/$defs/listed/properties/birthday"): ({"type": "string"}, "additive", "birthday"),
    (CONTACT, "/$defs/contact/properties/user_ref"): (GONE, "breaking", "user_ref"),
    (WISH, "/$defs/new/required/-"): ("metadata", "breaking", "metadata"),
    (WISH, "/$defs/new/properties/priority"): ({"type": "integer"}, "breaking", "priority"),
    (WISH, "/$defs/facebook_messenger/properties/metadata/properties/platform_metadata/maxLength"): (
        500,
        "breaking",
        "platform_metadata",
    ),
    ("events/messages_read.json", "/schema/properties/data/required/2"): (GONE, "breaking", "last_read_timestamp"),
    ("events/messages_read.json", "/schema/properties/data/properties/device"): (
        {"type": "string"},
        "additive",
        "device",
    ),
}

AGILLIC: dict[tuple[str, str], tuple[Any, str, str]] = {
    ("vendor.json", "/figures/token_life/value"): ("PT1H", "breaking", "1 hour"),
    ("vendor.json", "/figures/export_life/value"): ("PT30M", "additive", "30 minutes"),
    ("vendor.json", "/figures/export_queue/value"): (5, "breaking", "5"),
    ("vendor.json", "/figures/number_decimals/value"): (8, "additive", "8"),
    ("vendor.json", "/paging/documents/life"): ("PT20M", "breaking", "20 minutes"),
    ("vendor.json", "/paging/documents/parameters/2/schema/maximum"): (500, "breaking", "pageSize="),
    ("vendor.json", "/max_body/bytes"): (10485760, "breaking", "10,485,761 bytes"),
    ("vendor.json", "/limits/concurrent/calls"): (10, "breaking", "the 11th call at one time is refused"),
    ("vendor.json", "/limits/daily/calls/values/staging"): (6000, "additive", "the 5,001st call in 1 day"),
    ("vendor.json", "/trailing_slash"): (GONE, "breaking", "/ at the end"),
    ("vendor.json", "/defaults/auth"): (["oauth"], "breaking", "basic"),
    ("vendor.json", "/defaults/access/-"): ("app_api", "additive", "app_api"),
    ("recipients/delete.json", "/refusals/6"): (GONE, "additive", "409"),
    ("recipients/delete.json", "/parameters/0/decode"): ("once", "breaking", "%252F"),
    ("recipients/find.json", "/parameters/0"): (GONE, "breaking", "filter"),
    ("recipients/find.json", "/paging"): (GONE, "breaking", "pages"),
    ("recipients/create.json", "/replies/201"): (Renamed("200"), "breaking", "200"),
    ("oauth/token.json", "/body/media"): ("application/json", "breaking", "application/x-www-form-urlencoded"),
    ("schemas/export.json", "/$defs/request/properties/fileType/enum/11"): (GONE, "breaking", "TRACKING"),
    ("schemas/export.json", "/$defs/request/properties/fileType/enum/-"): ("FAX", "additive", "FAX"),
    ("schemas/export.json", "/$defs/request/required"): (["fileType", "from"], "additive", '"to"'),
    ("schemas/recipient.json", "/$defs/link/properties/rel/enum/-"): ("up", "breaking", '"up"'),
    ("schemas/recipient.json", "/$defs/recipient/properties/personData/additionalProperties/type"): (
        ["string", "null"],
        "breaking",
        "null",
    ),
    ("schemas/oauth.json", "/$defs/token/properties/expires_in/minimum"): (1, "neutral", "no longer"),
}

AMILIA: dict[tuple[str, str], tuple[Any, str, str]] = {
    ("vendor.json", "/figures/token_lifetime/value"): ("P30D", "breaking", "30 days"),
    ("vendor.json", "/settings/calls_per_second/default"): (50, "breaking", "the 51st call in 1 second"),
    ("vendor.json", "/case/path"): (GONE, "breaking", "letter case"),
    ("vendor.json", "/webhooks/subscription/retry"): (["PT1H"] * 24, "breaking", "1 day"),
    ("vendor.json", "/paging/pages/parameters/1/schema/default"): (100, "breaking", "without perPage"),
    ("vendor.json", "/paging/pages/wrapper/properties/Paging/required/1"): (GONE, "breaking", "Next"),
    ("persons/find.json", "/access/1"): (GONE, "breaking", "scope_persons"),
    ("accounts/find.json", "/parameters/2/required"): (True, "breaking", "accountOwnerEmail"),
    ("accounts/find.json", "/parameters/3/schema/default"): (True, "breaking", "without showArchived"),
    ("accounts/find.json", "/parameters/-"): (
        {"name": "city", "in": "query", "schema": {"type": "string"}},
        "additive",
        "city",
    ),
    ("authentication/authenticate.json", "/replies/200/schema/properties/Token/minLength"): (
        20,
        "neutral",
        "no longer",
    ),
    ("schemas/webhook.json", "/$defs/action/enum/2"): (GONE, "breaking", "Delete"),
    ("schemas/webhook.json", "/$defs/request/properties/Url/maxLength"): (1000, "breaking", "1001 characters"),
    ("webhooks/create.json", "/body/refusal"): ("invalid", "breaking", "400"),
}

UPLOAD = "contact_upload_tasks/create.json"
AMEYO: dict[tuple[str, str], tuple[Any, str, str]] = {
    ("vendor.json", "/paging/configuration/parameters/0/schema/default"): (5, "breaking", "without limit"),
    ("vendor.json", "/paging/configuration/parameters/0/schema/maximum"): (20, "additive", "limit="),
    ("vendor.json", "/paging/app_server/parameters/0/required"): (False, "additive", "offset"),
    ("vendor.json", "/settings/task_ids/schema/enum/1"): (GONE, "breaking", "beyond_2_53"),
    ("sessions/login.json", "/refusals/5/status"): (409, "breaking", "409"),
    ("sessions/login.json", "/refusals/3/messages/default/code"): (40002, "breaking", "40002"),
    ("schemas/presence.json", "/$defs/session/properties/channel_details/properties/channel_type/enum/-"): (
        "VIDEO",
        "breaking",
        "VIDEO",
    ),
    # other rows of the same reply may have null there already, so that no reply shows the change
    ("schemas/presence.json", "/$defs/session/properties/user_id/type"): (
        ["string", "null"],
        "neutral",
        "no difference found",
    ),
    ("schemas/presence.json", "/$defs/session/required/15"): (GONE, "breaking", "waiting"),
    ("schemas/upload.json", "/$defs/form/required"): (["file", "user_id"], "additive", "header_mapping"),
    ("schemas/upload.json", "/$defs/accepted/items/properties/data/properties/task_id/type"): (
        "string",
        "breaking",
        "task_id",
    ),
    ("schemas/app_server.json", "/$defs/login/properties/forceLogin/default"): (True, "breaking", "forceLogin"),
    (UPLOAD, "/path"): (
        "/v2/cc-list/{ccId}/process-list/{processId}/leads/{leadId}/contact-upload-tasks",
        "breaking",
        "POST /v1/cc-list/",
    ),
    (UPLOAD, "/method"): ("PUT", "breaking", "405"),
    (UPLOAD, "/access/1"): (GONE, "breaking", "supervisor"),
    ("monitoring/find.json", "/parameters/2/style"): ("repeat", "breaking", "sort_by"),
    ("monitoring/find.json", "/parameters/5/in"): ("header", "breaking", "user-name"),
}

MUTATIONS = [
    *_rows("amio", AMIO),
    *_rows("agillic", AGILLIC),
    *_rows("amilia", AMILIA),
    *_rows("ameyo", AMEYO),
]
