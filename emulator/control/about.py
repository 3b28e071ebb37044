"""What is served, and where."""

from __future__ import annotations

from typing import Any

from flask import Response

from emulator import __version__
from emulator.app import CONTROL
from emulator.control.desk import Problem, Route, Views
from emulator.readers.openapi import openapi


class About(Views):
    """About the emulator: its index, the vendors' OpenAPI, the authority of --tls."""

    def routes(self) -> list[Route]:
        """The calls, in the order of the documentation."""
        return [
            Route("GET", "/", "What is served, and where", self.index),
            Route("GET", "/openapi/<vendor>.json", "A vendor's contract as OpenAPI 3.1", self.vendor_openapi),
            Route("GET", "/ca.pem", "The local authority that signs the certificate of --tls", self.authority),
        ]

    def index(self) -> Any:
        base = self.desk.base_url()
        return {
            "name": "vendor-emulator",
            "version": __version__,
            "vendors": {
                vendor: {
                    "title": contract.title,
                    "base_url": f"{base}/{vendor}",
                    "openapi": f"{base}{CONTROL}/openapi/{vendor}.json",
                }
                for vendor, contract in self.desk.assembly.contracts.items()
            },
            "sandboxes": f"{base}{CONTROL}/sandboxes",
            "openapi": f"{base}{CONTROL}/openapi.json",
        }

    def vendor_openapi(self, vendor: str) -> Any:
        contract = self.desk.assembly.contracts.get(vendor)
        if contract is None:
            raise Problem(404, f"There is no vendor {vendor!r}; there are {', '.join(self.desk.assembly.engines)}.")
        return openapi(contract, f"{self.desk.base_url()}/{vendor}")

    def authority(self) -> Response:
        if self.desk.options.tls_authority is None:
            raise Problem(404, "The emulator was not served with --tls.")
        return Response(self.desk.options.tls_authority(), content_type="application/x-pem-file")
