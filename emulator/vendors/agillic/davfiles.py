"""What WebDAV clients see of a world: one folder of context parameter schemas. Imports the WebDAV library; import it late."""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import Any

from wsgidav.dav_error import HTTP_BAD_REQUEST, HTTP_CONFLICT, HTTP_FORBIDDEN, DAVError
from wsgidav.dav_provider import DAVCollection, DAVNonCollection, DAVProvider
from wsgidav.error_printer import ErrorPrinter
from wsgidav.request_resolver import RequestResolver
from wsgidav.wsgidav_app import WsgiDAVApp

from emulator.kit import Kind, Refusal, World
from emulator.vendors.agillic import contexts, files
from emulator.vendors.agillic.envelope import told
from emulator.vendors.agillic.webdav import WORLD

STATUS = {Kind.CONFLICT: HTTP_CONFLICT, Kind.INVALID: HTTP_BAD_REQUEST}
MEDIA = "application/json"


def application(mount: str) -> Any:
    """A WSGI application that stands below a path and serves whatever world a call brings with it."""
    return WsgiDAVApp(
        {
            "provider_mapping": {"/": _Media()},
            "mount_path": mount or None,
            "middleware_stack": [ErrorPrinter, RequestResolver],
            "lock_storage": False,
            "property_manager": None,
            "verbose": 0,
            "logging": {"enable": False},
        }
    )


class _Media(DAVProvider):  # type: ignore[misc]
    """Finds the world in the call, and the file in the world."""

    def get_resource_inst(self, path: str, environ: dict[str, Any]) -> Any:
        return _Folder("/", environ, dict.fromkeys(_world(environ).table("media_folders"), _Schemas)).resolve("", path)


class _Folder(DAVCollection):  # type: ignore[misc]
    """The top: a fixed set of folders."""

    def __init__(self, path: str, environ: dict[str, Any], folders: dict[str, type[DAVCollection]]) -> None:
        super().__init__(path, environ)
        self._folders = folders

    def get_member_names(self) -> list[str]:
        return list(self._folders)

    def get_member(self, name: str) -> Any:
        kind = self._folders.get(name)
        return kind and kind(f"/{name}", self.environ)


class _Schemas(DAVCollection):  # type: ignore[misc]
    """The folder of schemas."""

    def get_member_names(self) -> list[str]:
        return list(files.paths(_world(self.environ), files.CONTEXTS))

    def get_member(self, name: str) -> Any:
        exists = files.exists(_world(self.environ), files.CONTEXTS, name)
        return _Schema(f"{self.path}/{name}", self.environ) if exists else None

    def create_empty_resource(self, name: str) -> Any:
        return _Schema(f"{self.path}/{name}", self.environ)


class _Schema(DAVNonCollection):  # type: ignore[misc]
    """One schema's file. It is checked and put in force when it has been written whole."""

    def __init__(self, path: str, environ: dict[str, Any]) -> None:
        super().__init__(path, environ)
        self._written: _Kept | None = None

    def _content(self) -> bytes:
        return files.content(_world(self.environ), files.CONTEXTS, self.name) or b""

    def get_content_length(self) -> int:
        return len(self._content())

    def get_content_type(self) -> str:
        return MEDIA

    def get_etag(self) -> str:
        return hashlib.sha256(self._content()).hexdigest()[:32]

    def support_etag(self) -> bool:
        return True

    def support_ranges(self) -> bool:
        return True

    def get_content(self) -> BytesIO:
        return BytesIO(self._content())

    def begin_write(self, *, content_type: str | None = None) -> BytesIO:
        self._written = _Kept()
        return self._written

    def end_write(self, *, with_errors: bool) -> None:
        if self._written is not None and not with_errors:
            _publish(_world(self.environ), self.name, self._written.content)

    def delete(self) -> None:
        contexts.withdraw(_world(self.environ), self.name)

    def support_recursive_move(self, dest_path: str) -> bool:
        return False  # a move is a copy and a deletion

    def copy_move_single(self, dest_path: str, *, is_move: bool) -> None:
        folder, _, name = dest_path.strip("/").rpartition("/")
        if folder not in _world(self.environ).table("media_folders"):
            raise DAVError(HTTP_FORBIDDEN)
        _publish(_world(self.environ), name, self._content())


class _Kept(BytesIO):
    """Remembers what was written to it when it is closed."""

    content = b""

    def close(self) -> None:
        if not self.closed:
            self.content = self.getvalue()
        super().close()


def _world(environ: dict[str, Any]) -> World:
    world: World = environ[WORLD]
    return world


def _publish(world: World, name: str, content: bytes) -> None:
    try:
        contexts.publish(world, files.Sent(name, content))
    except Refusal as refusal:
        raise DAVError(STATUS[refusal.kind], told(refusal, world)) from None
