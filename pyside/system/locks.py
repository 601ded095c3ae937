"""Locks: one process at a time writes a dataset, model or job.

The lock of ``NAME`` is the file ``NAME.lock`` beside it, a JSON object of:

    format              "touchtrain lock 1"
    pid, started        the process that writes, and its start mark, which identifies the boot of the computer, too
    host, machine       the computer of that process: its name, and an identifier among computers of that name
    command, job        what the process does, and the folder of its job (null for none)
    user                who runs it
    token               random; a process that is started to continue with a lock receives it

The lock of a process that has ended on this computer is taken over, whatever the time of day. Whether a process on
another computer has ended cannot be known, so its lock stays until somebody releases it.
"""

from __future__ import annotations

import contextlib
import getpass
import hashlib
import os
import re
import threading
import time
import uuid
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import Any

from pyside.errors import InUse, PathMissing, for_matlab, for_shell
from pyside.system import processes
from pyside.system.files import create_whole, longest_name, write_errors
from pyside.system.paths import absolute
from pyside.system.records import from_json, to_json, write_json

Holder = dict[str, Any]
FORMAT = "touchtrain lock 1"
SUFFIX = ".lock"
_TOKEN = "TOUCHTRAIN_LOCK"  # environment variable of a process that continues with locks
_LONGEST_END = 64  # bytes that are appended to a name, at most
_SECONDS_TO_WRITE = 1.0
_held: dict[Path, str] = {}  # locks of this process, and their tokens
_guard = threading.RLock()


def lock_file(path: str | PathLike[str]) -> Path:
    """Return the lock file of a path. It lies beside the folder that a link leads to; a long name is cut."""
    path = Path(path).absolute()
    if path.is_symlink() and path.is_dir():
        path = path.resolve()
    data, longest = os.fsencode(path.name), longest_name(path.parent) - _LONGEST_END
    if len(data) <= longest:
        return path.with_name(path.name + SUFFIX)
    cut = data[: longest - 17].decode("utf-8", "ignore")  # the hash distinguishes names with the same beginning
    return path.with_name(f"{cut}-{hashlib.sha256(data).hexdigest()[:16]}{SUFFIX}")


@contextlib.contextmanager
def held(path: str | PathLike[str], command: str, job: str | PathLike[str] | None = None) -> Iterator[None]:
    """Hold the lock of a path while the block runs; arguments and errors are those of `take`."""
    token = take(path, command, job)
    try:
        yield
    finally:
        release(path, token)


def take(path: str | PathLike[str], command: str, job: str | PathLike[str] | None = None, token: str = "") -> str:
    """Take the lock of a path, until `release` or the end of this process.

    Args:
        path: the file or folder that this process will write.
        command: what this process does, such as ``train``, for the message to others.
        job: the folder of the job, if it is one.
        token: token of the lock. Default: a new one.

    Returns:
        The token of the lock, for `release`.

    Raises:
        InUse: another process, or another thread of this one, is writing it.
        PathMissing: the folder around it does not exist.
        NotWritable, DiskFull: the lock cannot be written.
    """
    file, token = lock_file(path), token or new_token()
    if not file.parent.is_dir():
        raise PathMissing(f"The folder {file.parent} does not exist, so {path} cannot be written. Make it first.")
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):  # the user's number has no name
        user = ""
    about = {"command": command, "job": None if job is None else str(job), "user": user, "token": token}
    with _guard:
        if file in _held:
            raise _in_use(path, _read(file) or {})
        with write_errors(file):
            mine = {"format": FORMAT, **processes.identity(os.getpid()), **about}
            other = _taken(file, mine)
        if other is not None:
            raise _in_use(path, other)
        _held[file] = mine["token"]
    return str(mine["token"])


def new_token() -> str:
    """Return a token for locks that a child process will continue with."""
    return uuid.uuid4().hex[:16]


def release(path: str | PathLike[str], token: str) -> None:
    """Release the lock with this token; nothing happens if this process does not hold it."""
    file = lock_file(path)
    with _guard, contextlib.suppress(OSError):
        if _held.get(file) == token:
            del _held[file]
            if (_read(file) or {}).get("token") == token:
                file.unlink()


def hand_on(path: str | PathLike[str], token: str, pid: int) -> None:
    """Pass a lock of this process on to a child, which was started with the `environment` of the lock's token."""
    file = lock_file(path)
    with _guard, contextlib.suppress(OSError):
        there = _read(file)
        if _held.get(file) == token:
            del _held[file]
        if there and there.get("token") == token:
            write_json(file, {**there, **processes.identity(pid)})


def environment(token: str) -> dict[str, str]:
    """Return the environment variable that lets a child process continue with the locks of a token."""
    return {_TOKEN: token}


def holder(path: str | PathLike[str]) -> Holder | None:
    """Return the content of the lock of a path; None if there is none."""
    return _read(lock_file(path))


def clear(path: str | PathLike[str], job: str | PathLike[str]) -> None:
    """Remove the lock that a job's process left when it was killed."""
    file = lock_file(path)
    there = _read(file)
    if there and there.get("job") == str(job) and _is_dead(there):
        with contextlib.suppress(OSError):
            file.unlink()


def check_free(path: str | PathLike[str]) -> None:
    """Check that nobody holds the lock of a path.

    Raises:
        InUse: a process holds it, or a process of another computer did.
    """
    file = lock_file(path)
    there = _read(file)
    if there is not None and (file in _held or not _is_dead(there)):
        raise _in_use(path, there)


def unlock(path: str | PathLike[str]) -> Holder:
    """Release a lock of a process on another computer, for example one that was shut down.

    Args:
        path: the locked file or folder, or the lock file.

    Returns:
        The content of the lock.

    Raises:
        PathMissing: there is no lock.
        InUse: a process of this computer holds it.
        NotWritable: the lock cannot be removed.
    """
    path = absolute(path)
    file = path if path.name.endswith(SUFFIX) and path.is_file() else lock_file(path)
    there = _read(file)
    if there is None:
        raise PathMissing(f"Nothing holds {path}: there is no lock {file}.")
    if _is_known(there) and not processes.is_elsewhere(there) and not _is_dead(there):
        raise _in_use(path, there)
    with write_errors(file):
        file.unlink(missing_ok=True)
    return there


# --- the file ------------------------------------------------------------------------------------------------------


def _taken(file: Path, mine: Holder) -> Holder | None:
    """Try to take a lock; returns None, or the holder's record if another process has it."""
    while not create_whole(file, to_json(mine).encode()):
        there = _read(file)
        if there is None:  # just released
            continue
        if there.get("token", "") == os.environ.get(_TOKEN):  # the parent took it for this process
            mine["token"] = there["token"]
            write_json(file, mine)
            return None
        if not _is_dead(there):
            return there
        # The holder has ended. Several processes may see that: the one that takes the lock of the lock replaces it.
        claim = file.with_name(f"{file.name}.{there['token']}")
        if (other := _taken(claim, {**mine, "token": new_token()})) is not None:
            return other
        try:
            if _read(file) == there:
                write_json(file, mine)
                return None
        finally:
            with contextlib.suppress(OSError):
                claim.unlink()
    return None


def _read(file: Path) -> Holder | None:
    """Return the content of a lock: None if there is none, {} if it cannot be read."""
    until = time.monotonic() + _SECONDS_TO_WRITE
    while True:
        try:
            found = from_json(file.read_text(encoding="utf-8"))
            return found if isinstance(found, dict) else {}
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            if time.monotonic() > until:
                return {}
        time.sleep(0.02)


def _is_known(there: Holder) -> bool:
    kinds: dict[str, Any] = {"pid": int, "started": (str, type(None)), "host": str, "machine": str, "token": str}
    known = there.get("format") == FORMAT and all(isinstance(there.get(name), kind) for name, kind in kinds.items())
    return known and re.fullmatch("[0-9a-f]{16}", there["token"]) is not None  # it becomes part of a file name


def _is_dead(there: Holder) -> bool:
    """Return whether the process that holds a lock ran on this computer and has ended."""
    return _is_known(there) and not processes.is_elsewhere(there) and not processes.is_alive(there)


def _in_use(path: str | PathLike[str], there: Holder) -> InUse:
    """Return the error for a held lock: who holds it, and how to wait for or end that process."""
    path = Path(path).absolute()
    releasing = f"touchtrain.unlock({for_matlab(path)}) in MATLAB, touchtrain unlock {for_shell(path)} in a shell."
    if not _is_known(there):
        return InUse(
            f"{path} is locked, and the lock {lock_file(path)} does not name the holder. If no process is writing it, "
            f"release it: {releasing}"
        )
    who = f"process {there['pid']}" + (f" of {there['user']}" if there.get("user") else "")
    what = f"{path} is being written ({there.get('command')}, {who} on {there['host']}"
    folder = there.get("job")
    if folder:
        what += f", job {folder}"
    if processes.is_elsewhere(there):
        return InUse(
            f"{what}). That is another computer, so this one cannot check whether the process still runs. Wait for "
            f"it; or, if you are sure that it has ended, release the lock: {releasing}"
        )
    if there["pid"] == os.getpid():
        return InUse(f"{what}), by this process itself. Wait until it is done, or end it.")
    if folder:
        job = for_shell(folder)
        return InUse(
            f"{what}). Wait for it (touchtrain attach {job}), stop it gently (touchtrain stop {job}) or at once "
            f"(touchtrain cancel {job}); in MATLAB touchtrain.attach, touchtrain.stop and touchtrain.cancel take "
            f"{for_matlab(folder)}. Or choose another name."
        )
    return InUse(f"{what}). Wait for it, stop it with Ctrl-C where it runs, or choose another name.")
