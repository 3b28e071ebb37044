"""Broken twins of the Agillic client: exporting, writing, and a long job."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

import httpx

from tests.clients.agillic import Agillic, Expired, Recipient
from tests.clients.broken.twin import broken
from tests.clients.patience import GaveUp, Refused

EXPORT, UPSERT, LONG_JOB = "agillic.export_recipients", "agillic.upsert_recipients", "agillic.long_job"

# -- exporting


@broken(EXPORT, "pages")
class TakesAnExpiredDocumentForTheEnd(Agillic):
    """It takes the 404 of an expired document for the end of the pages."""

    def document(self, filter: str | None) -> Iterator[Recipient]:
        try:
            yield from super().document(filter)
        except Expired:
            return


@broken(EXPORT, "gives_up")
class HoldsOnToAnExpiredDocument(Agillic):
    """It does not begin anew when the document has expired."""

    def export(self, filter: str | None = None) -> list[Recipient]:
        return list(self.document(filter))


@broken(EXPORT, "twice")
class TakesPageStartForAPageNumber(Agillic):
    """It takes pageStart for the number of a page."""

    def following(self, start: int, page: Mapping[str, Any]) -> int | None:
        return start + 1 if start < page["page"]["totalPages"] else None


@broken(EXPORT, "twice")
class CountsFromNought(Agillic):
    """It takes the last recipient of a page for the first of the next: items are counted from one, not from nought."""

    def following(self, start: int, page: Mapping[str, Any]) -> int | None:
        following = super().following(start, page)
        return None if following is None else following - 1


@broken(EXPORT, "pages")
class LooksForNextInTheWrongPlace(Agillic):
    """It looks for the next page among the measures of the page, not among its links, and so reads one page only."""

    def following(self, start: int, page: Mapping[str, Any]) -> int | None:
        following: int | None = page["page"].get("next")
        return following


@broken(EXPORT, "result", "pages", "survives", "lawful")
class WritesTheFilterRaw(Agillic):
    """It writes the filter into the URL as it stands."""

    def get(self, path: str, query: Mapping[str, str] | None = None) -> httpx.Response:
        given = "&".join(f"{name}={value}" for name, value in (query or {}).items())
        return self.call("GET", f"{path}?{given}")


@broken(EXPORT, "result")
class CapitalizesIds(Agillic):
    """It writes ids in capitals."""

    def id_of(self, recipient: Recipient) -> str:
        return super().id_of(recipient).upper()


@broken(EXPORT, "renews")
class SignsInForEveryPage(Agillic):
    """It fetches a token for every call."""

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        self._token = ""
        return super().call(method, path, **options)


@broken(EXPORT, "waits")
class TriesAgainAtOnce(Agillic):
    """It tries again at once when it is throttled, as often as it takes."""

    def tried(self, method: str, path: str, **options: Any) -> httpx.Response:
        while True:
            try:
                reply = self.http.request(method, self.base_url + path, **options)
            except httpx.TransportError:
                continue
            if reply.is_success:
                return reply
            if reply.status_code < 500 and reply.status_code != 429:
                raise Refused(reply.status_code, reply.text)


# -- writing


@broken(UPSERT, "result", "survives")
class EncodesOnce(Agillic):
    """It percent-encodes an id once."""

    def encoded(self, segment: str) -> str:
        return quote(segment, safe="")


@broken(UPSERT, "result")
class SwallowsRefusals(Agillic):
    """It does not tell who was refused."""

    def upsert(self, recipients: Iterable[tuple[str, Mapping[str, Any]]]) -> list[str]:
        super().upsert(recipients)
        return []


@broken(UPSERT, "result")
class TakesCreatedForFailed(Agillic):
    """It takes 201 for a failure."""

    def upsert(self, recipients: Iterable[tuple[str, Mapping[str, Any]]]) -> list[str]:
        failed = []
        for name, fields in recipients:
            try:
                done = self.call("PUT", self.path(name), json={"personData": dict(fields)}).status_code == 200
            except Refused:
                done = False
            if not done:
                failed.append(name)
        return failed


@broken(UPSERT, "result")
class LeavesNullsOut(Agillic):
    """It leaves out the fields that are null, which are to be cleared."""

    def upsert(self, recipients: Iterable[tuple[str, Mapping[str, Any]]]) -> list[str]:
        return super().upsert(
            (name, {key: value for key, value in fields.items() if value is not None}) for name, fields in recipients
        )


@broken(UPSERT, "result")
class StopsAtTheFirstRefusal(Agillic):
    """It stops at the first recipient that is refused."""

    def upsert(self, recipients: Iterable[tuple[str, Mapping[str, Any]]]) -> list[str]:
        for one in recipients:
            if failed := super().upsert([one]):
                return failed
        return []


@broken(UPSERT, "result")
class TakesTroubleForARefusal(Agillic):
    """It takes the server's trouble for a refusal of the recipient."""

    def tried(self, method: str, path: str, **options: Any) -> httpx.Response:
        if method != "PUT":
            return super().tried(method, path, **options)
        try:
            reply = self.http.request(method, self.base_url + path, **options)
        except httpx.TransportError as error:
            raise GaveUp(str(error)) from error
        if not reply.is_success:
            raise Refused(reply.status_code if reply.status_code < 429 else 422, reply.text)
        return reply


@broken(UPSERT, "result")
class BlamesTheWholeBatch(Agillic):
    """It writes in batches, which tell how many failed and not who, and blames all of a batch for one."""

    def upsert(self, recipients: Iterable[tuple[str, Mapping[str, Any]]]) -> list[str]:
        wishes = list(recipients)
        people = [{"personData": {self.id_field(): name, **fields}} for name, fields in wishes]
        reply = self.call("POST", "/recipients/:batch", json=people).json()
        return [name for name, _ in wishes] if reply["errors"] else []


@broken(UPSERT, "result")
class SpeaksLatin(Agillic):
    """It writes text in Latin-1, and question marks for what that does not have."""

    def upsert(self, recipients: Iterable[tuple[str, Mapping[str, Any]]]) -> list[str]:
        return super().upsert(
            (name, {key: _latin(value) for key, value in fields.items()}) for name, fields in recipients
        )


def _latin(value: Any) -> Any:
    return value.encode("latin-1", "replace").decode("latin-1") if isinstance(value, str) else value


# -- a long job


@broken(LONG_JOB, "gives_up", "survives")
class CountsOnOneToken(Agillic):
    """It fetches one token and gives up when that has ended."""

    def renewed(self, refused: str) -> str:
        if refused:
            raise GaveUp("the token has ended")
        return super().renewed(refused)


@broken(LONG_JOB, "renews")
class SignsInPerWorker(Agillic):
    """Its workers, which take turns, each fetch a token of their own."""

    def read(self, ids: Iterable[str]) -> Iterator[Recipient]:
        workers = [Agillic(self.base_url, self.key, self.secret) for _ in range(4)]
        for number, name in enumerate(ids):
            yield from workers[number % 4].read([name])
        for worker in workers:
            worker.close()


@broken(LONG_JOB, "renews")
class TakesSecondsForMilliseconds(Agillic):
    """It takes the seconds that a token lives for milliseconds, and fetches one every seven seconds."""

    _until = 0.0

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        if time.monotonic() >= self._until:
            self._token = self.sign_in()
            self._until = time.monotonic() + 7200 / 1000
        return super().call(method, path, **options)


@broken(LONG_JOB, "renews")
class RenewsForAnyTrouble(Agillic):
    """It fetches a new token whatever has gone wrong."""

    def tried(self, method: str, path: str, **options: Any) -> httpx.Response:
        if path == "/oauth2/token":
            return super().tried(method, path, **options)
        for _ in range(7):
            try:
                reply = self.http.request(method, self.base_url + path, **options)
                if reply.is_success or reply.status_code == 404:
                    break
            except httpx.TransportError:
                pass
            time.sleep(1)
            self._token = self.sign_in()
            options["headers"] = {"Authorization": f"Bearer {self._token}"}
        else:
            raise GaveUp(f"{path} was tried in vain")
        if reply.status_code == 404:
            raise Refused(404, path)
        return reply


@broken(LONG_JOB, "result", "pages", "twice")
class ReadsAgainAfterRenewal(Agillic):
    """It begins the list again when its token had to be renewed, and keeps what it had."""

    def read(self, ids: Iterable[str]) -> Iterator[Recipient]:
        names = list(ids)
        for name in names:
            before = self._token
            yield from super().read([name])
            if before and self._token != before:
                yield from super().read(names)
                return


@broken(LONG_JOB, "pages", "result")
class SkipsWhoMeetsTrouble(Agillic):
    """It leaves out a recipient that it could not read at the first try."""

    def read(self, ids: Iterable[str]) -> Iterator[Recipient]:
        for name in ids:
            token = self._token or self.renewed("")
            url = self.base_url + self.path(name)
            try:
                reply = self.http.get(url, headers={"Authorization": f"Bearer {token}"})
            except httpx.TransportError:
                continue
            if reply.status_code == 401:
                self.renewed(token)
                yield from super().read([name])
            elif reply.is_success:
                yield reply.json()
