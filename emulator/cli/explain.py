"""`emulator explain`: why a call of a served emulator's journal was answered as it was."""

from __future__ import annotations

import argparse
import json
import os
from typing import Any

from emulator.cli.common import Stop, command


def add(commands: Any) -> None:
    """Adds `explain`."""
    explain = command(commands, "explain", _explain, "why a call of the journal was answered as it was")
    explain.add_argument("id", type=int, metavar="ID")
    explain.add_argument("--url", default="http://127.0.0.1:8080", help="where the emulator is served")
    explain.add_argument("--sandbox", default="default")
    explain.add_argument("--admin-token", default=os.environ.get("EMULATOR_ADMIN_TOKEN", ""))


def _explain(options: argparse.Namespace) -> int:
    from urllib.error import HTTPError, URLError
    from urllib.request import Request, urlopen

    url = f"{options.url.rstrip('/')}/_emulator/sandboxes/{options.sandbox}/journal/{options.id}"
    headers = {"Authorization": f"Bearer {options.admin_token}"} if options.admin_token else {}
    if not url.startswith(("http://", "https://")):
        raise Stop(f"{options.url!r} is no http address")
    try:
        with urlopen(Request(url, headers=headers), timeout=30) as reply:
            entry = json.load(reply)
    except HTTPError as error:
        raise Stop(json.load(error).get("detail", str(error)), 1) from None
    except URLError as error:
        raise Stop(f"no emulator answers at {options.url}: {error.reason}", 1) from None
    request = entry["request"]
    print(
        f"{request['method']} {request['path']} -> {entry['reply']['status']} ({entry['operation'] or 'no operation'})"
    )
    for line in entry["why"]:
        print(f"  {line}")
    return 0
