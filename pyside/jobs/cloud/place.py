"""A folder in a bucket or on a disk: list, read, write, and compute checksums."""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import json
import os
import re
from os import PathLike
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from pyside.errors import BadOption, ExtraMissing, PathMissing
from pyside.jobs.cloud import errors as cloud_errors
from pyside.system.files import write_errors, written_beside
from pyside.system.paths import absolute
from pyside.system.records import to_json

CHUNK_BYTES = 16 * 2**20  # fetched, or read from disk, at a time
IN_PARTS = ("gs", "gcs")
WHOLE_AT_ONCE = ("s3", "s3a")  # protocols where an object appears only once it is complete
# For each of the six tries of gcsfs; its pauses between them add up to half a minute.
_SECONDS_TO_CONNECT, _SECONDS_OF_SILENCE = 5, 20
PART_MARK = ".touchtrain-part-"


@dataclasses.dataclass(frozen=True)
class Stored:
    """Size and checksum of a stored file.

    Attributes:
        size: in bytes.
        checksum: CRC-32C in base64, as Cloud Storage gives it; None if the service keeps none.
    """

    size: int
    checksum: str | None


class Place:
    """A file or a folder at a URL, or on this computer.

    Args:
        url: such as ``gs://bucket/folder``; without ``://`` it is a local path.

    Raises:
        BadOption: it is not a valid URL.
    """

    def __init__(self, url: str | PathLike[str]):
        text = os.fspath(url)
        self.protocol, separator, rest = text.partition("://")
        if not separator or self.protocol == "file":
            self.protocol, path = "file", absolute(rest if separator else text)
            self.url = str(path)
        else:
            bucket, *folders = rest.rstrip("/").split("/")
            if not re.fullmatch(r"[a-z][a-z0-9+]*", self.protocol) or not (bucket or self.protocol == "memory"):
                raise BadOption(f"{text} is not the URL of a folder, such as gs://BUCKET/FOLDER.")
            check_name("/".join(folders) or "x", text)
            self.url = text.rstrip("/")

    def __truediv__(self, name: str) -> Place:
        check_name(name, name)
        return Place(f"{self.url}/{name}" if not self.is_local else Path(self.url) / name)

    def __repr__(self) -> str:
        return f"Place({self.url!r})"

    @property
    def name(self) -> str:
        """The last part of the URL or path."""
        return PurePosixPath(self.url).name if not self.is_local else Path(self.url).name

    @property
    def is_local(self) -> bool:
        """Whether it is on a disk of this computer."""
        return self.protocol == "file"

    @property
    def parent(self) -> Place:
        """The folder that contains it."""
        return Place(Path(self.url).parent if self.is_local else self.url.rpartition("/")[0])

    def files(self) -> dict[str, Stored]:
        """Return all files in the folder and its subfolders, by relative name; none if there is no folder.

        Raises:
            BucketNotFound, NoPermission, NoCredentials, NoNetwork: the folder cannot be read.
        """
        return {name: one for name, one in self._everything().items() if not is_unfinished(name)}

    def stored(self) -> Stored | None:
        """Return size and checksum of the file at this place; None if there is none."""
        with cloud_errors.translated(place=self.url):
            try:
                found = self._system().info(self._path())
            except FileNotFoundError:
                return None
        return None if found.get("type") == "directory" else Stored(int(found["size"]), found.get("crc32c"))

    def exists(self) -> bool:
        """Return whether there is a file, or a folder with files in it."""
        return self.stored() is not None or bool(self.files())

    def read(self) -> bytes:
        """Return the content of the file.

        Raises:
            PathMissing: there is no file.
        """
        with cloud_errors.translated(place=self.url):
            try:
                return bytes(self._system().cat_file(self._path()))
            except FileNotFoundError:
                raise PathMissing(f"There is no file {self.url}.") from None

    def write(self, data: bytes) -> None:
        """Write the file: completely, or not at all."""
        if self.is_local:
            path = Path(self.url)
            with write_errors(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                with written_beside(path) as beside:
                    beside.write_bytes(data)
            return
        with cloud_errors.translated(place=self.url):
            pipe(self._system(), self._path(), data)

    def read_json(self) -> dict[str, Any] | None:
        """Return the record in the file; None if there is no file, or no record in it."""
        try:
            found = json.loads(self.read())
        except (PathMissing, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def write_json(self, record: Any) -> None:
        """Write a record as JSON."""
        self.write(to_json(record).encode())

    def remove(self) -> None:
        """Remove the file, if there is one."""
        with cloud_errors.translated(place=self.url):
            remove_file(self._system(), self._path())

    def check(self) -> None:
        """Check that the place can be reached.

        Raises:
            BucketNotFound, NoPermission, NoCredentials, NoNetwork, ExtraMissing: it cannot be reached.
            NotWritable: a local folder cannot be made.
        """
        if self.is_local:
            with write_errors(Path(self.url)):
                Path(self.url).mkdir(parents=True, exist_ok=True)
        elif self.protocol in IN_PARTS:
            with cloud_errors.translated(place=self.url):
                self._system().call("GET", "b/{}/o", self.url.split("/")[2], maxResults=1, json_out=True)
        else:
            self.files()

    def content_checksum(self, known: Stored) -> str:
        """Return the checksum of the file: from the service if it keeps one, else computed from the content."""
        if known.checksum:
            return known.checksum
        return checksum(Path(self.url)) if self.is_local else checksum_of(self.read())

    def _everything(self) -> dict[str, Stored]:
        path = self._path()
        with cloud_errors.translated(place=self.url):
            found = self._system().find(path, detail=True)
        start = path.rstrip("/") + "/"
        below = {name[len(start) :]: one for name, one in found.items() if name.startswith(start)}
        return {
            name: Stored(int(one["size"]), one.get("crc32c")) for name, one in below.items() if name[-1:] not in "/"
        }

    def _path(self) -> str:
        return str(self._system()._strip_protocol(self.url))

    def _system(self) -> Any:
        return _file_system(self.protocol)


def checksum(path: Path) -> str:
    """Return the CRC-32C of a file, in base64."""
    found = new_checksum()
    with path.open("rb") as file:
        while data := file.read(CHUNK_BYTES):
            found.update(data)
    return base64.b64encode(found.digest()).decode()


def pipe(system: Any, path: str, data: bytes) -> None:
    """Send bytes; to Cloud Storage as one chunk.

    By default gcsfs sends small files as a MIME multipart message, of which the emulator drops a newline at the end.
    """
    is_chunk = data and "gs" in system.protocol
    system.pipe_file(path, data, **({"chunksize": len(data)} if is_chunk else {}))


def remove_file(system: Any, path: str) -> None:
    """Remove a file if it exists: it may be gone after a request whose answer was lost."""
    with contextlib.suppress(FileNotFoundError):
        system.rm_file(path)


def is_unfinished(name: str) -> bool:
    """Return whether a name belongs to a part of an upload or download."""
    return PART_MARK in name or name.endswith(".part")


def check_name(name: str, whole: str) -> None:
    """Refuse a name that leads out of its folder, or that no file may have.

    Raises:
        BadOption: the name is refused.
    """
    parts = name.replace("\\", "/").split("/")
    leads_away = any(part in ("", ".", "..") for part in parts) or PureWindowsPath(name).drive
    if leads_away or re.search(r"[\x00-\x1f\x7f]", name):
        raise BadOption(
            f"{whole!r} cannot be the name of a file in a folder or bucket: '..', empty parts, control characters and "
            "drives such as 'C:' are not allowed."
        )


def new_checksum() -> Any:
    """Return a new CRC-32C object, to be updated with bytes."""
    with cloud_errors.translated():
        import google_crc32c
    return google_crc32c.Checksum()


def checksum_of(data: bytes) -> str:
    """Return the CRC-32C of bytes, in base64."""
    found = new_checksum()
    found.update(data)
    return base64.b64encode(found.digest()).decode()


def _file_system(protocol: str) -> Any:
    """Return fsspec's file system; fsspec keeps one per protocol and endpoint."""
    with cloud_errors.translated():
        import fsspec
    if protocol not in IN_PARTS:
        try:
            return fsspec.filesystem(protocol)
        except (ImportError, ValueError) as error:
            raise ExtraMissing(f"{protocol}:// cannot be used on this computer: {error}") from error
    emulator = os.environ.get("STORAGE_EMULATOR_HOST")
    if emulator:
        os.environ.setdefault("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")
    with cloud_errors.translated():
        import aiohttp
        import gcsfs

        timeout = aiohttp.ClientTimeout(total=None, sock_connect=_SECONDS_TO_CONNECT, sock_read=_SECONDS_OF_SILENCE)
        return gcsfs.GCSFileSystem(
            token="anon" if emulator else "google_default",
            endpoint_url=emulator,
            use_listings_cache=False,  # other computers change the files
            requests_timeout=timeout,
        )
