"""What is patched of httpx: the two transports that go to the network. Above them clients, redirects and hooks are the library's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emulator.testing.inprocess import Course, Place, Told, ask

if TYPE_CHECKING:
    from emulator.testing.intercept import Board, Interception


def patches(module: Any, board: Board) -> list[tuple[type, str, Any]]:
    """The patches of `httpx`."""
    handle = module.HTTPTransport.handle_request
    handle_async = module.AsyncHTTPTransport.handle_async_request

    def handle_request(self: Any, request: Any) -> Any:
        one, place = _found(module, board, request)
        if one is None:
            return handle(self, request)
        body = request.content if hasattr(request, "_content") else b"".join(request.stream)
        told = _ask(one, place, request, body)
        if told.course is None:
            return _response(module, told)
        return handle(_transport(module, told.course), _again(module, request, body))

    async def handle_async_request(self: Any, request: Any) -> Any:
        one, place = _found(module, board, request)
        if one is None:
            return await handle_async(self, request)
        body = request.content if hasattr(request, "_content") else b"".join([part async for part in request.stream])
        told = _ask(one, place, request, body)
        if told.course is None:
            return _response(module, told)
        return await handle_async(_async_transport(module, told.course), _again(module, request, body))

    extract = module.Cookies.extract_cookies

    def extract_cookies(self: Any, response: Any) -> None:
        """A sixth of a call's cost, to find none where there is none."""
        if "set-cookie" in response.headers:
            extract(self, response)

    return [
        (module.Cookies, "extract_cookies", extract_cookies),
        (module.HTTPTransport, "handle_request", handle_request),
        (module.AsyncHTTPTransport, "handle_async_request", handle_async_request),
    ]


def _found(module: Any, board: Board, request: Any) -> tuple[Interception | None, Place]:
    """Who answers. Raises ConnectError where nobody does and the call may not go out."""
    url = request.url
    place = Place(url.scheme, url.raw_host.decode("ascii"), url.port)
    one = board.answering(place.host, place.port)
    if one is None and (why := board.refusal(place)):
        raise module.ConnectError(why, request=request)
    return one, place


def _ask(one: Interception, place: Place, request: Any, body: bytes) -> Told:
    return ask(one.app, request.method, place, request.url.raw_path.decode("ascii"), request.headers.raw, body)


def _response(module: Any, told: Told) -> Any:
    status, reason, fields = told.parsed()
    return module.Response(
        status,
        headers=fields,
        stream=module.ByteStream(told.body),
        extensions={"http_version": b"HTTP/1.1", "reason_phrase": reason},
    )


# A reply that suffers on its way goes through httpcore over something like a network, so that what goes wrong goes wrong
# there as it would.


def _again(module: Any, request: Any, body: bytes) -> Any:
    """The request with a body that has not been read."""
    return module.Request(
        request.method,
        request.url,
        headers=request.headers,
        stream=module.ByteStream(body),
        extensions=request.extensions,
    )


def _transport(module: Any, played: Course) -> Any:
    import httpcore

    made = object.__new__(module.HTTPTransport)  # its own initialisation would read certificates
    made._pool = httpcore.ConnectionPool(network_backend=_Network(played), **_options())  # type: ignore[arg-type]
    return made


def _async_transport(module: Any, played: Course) -> Any:
    import httpcore

    made = object.__new__(module.AsyncHTTPTransport)
    made._pool = httpcore.AsyncConnectionPool(network_backend=_AsyncNetwork(played), **_options())  # type: ignore[arg-type]
    return made


def _options() -> dict[str, Any]:
    import ssl

    return {"ssl_context": ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), "max_keepalive_connections": 0}


class _Network:
    """What httpcore needs of a network, and of a connection in it."""

    def __init__(self, played: Course) -> None:
        self._course = played

    def connect_tcp(self, *_: Any, **__: Any) -> _Network:
        return self

    start_tls = connect_tcp

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        import httpcore

        try:
            return self._course.read(max_bytes, timeout)
        except TimeoutError as error:
            raise httpcore.ReadTimeout(error) from error
        except OSError as error:
            raise httpcore.ReadError(error) from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """It has been answered already."""

    def close(self) -> None:
        self._course.close()

    def get_extra_info(self, info: str) -> None:
        """There is none."""


class _AsyncNetwork:
    """The same for those who await it."""

    def __init__(self, played: Course) -> None:
        self._course = played

    async def connect_tcp(self, *_: Any, **__: Any) -> _AsyncNetwork:
        return self

    start_tls = connect_tcp

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        import anyio  # httpx has brought it; under trio as well as asyncio
        import httpcore

        nap, in_time = self._course.due(timeout)
        if nap:
            await anyio.sleep(nap)
        if not in_time:
            raise httpcore.ReadTimeout("timed out")
        try:
            return self._course.take(max_bytes)
        except OSError as error:
            raise httpcore.ReadError(error) from error

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """It has been answered already."""

    async def aclose(self) -> None:
        self._course.close()

    def get_extra_info(self, info: str) -> None:
        """There is none."""
