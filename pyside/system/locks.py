"""Locks: what is being made belongs to one process until it is made.

Beside what is being made lies ``NAME.lock``, a JSON object of:

    format              "touchtrain lock 1"
    pid, started        which process makes it, and its start mark, which has the boot of the computer in it
    host, machine       the computer of that process: its name, and what tells it from others of that name
    command, job        what the process does, and the folder of its job (null for none)
    user                who runs it
    token               drawn by chance; a process that is started to go on with a lock is told it

A process that has ended holds nothing: on its own computer its lock is taken over, whatever the time of day. Of a
process on another computer nothing can be known, so its lock stays until somebody releases it.
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

from pyside.errors import InUse, PathMissing
from pyside.system import processes
from pyside.system.files import create_whole, longest_name, write_errors
from pyside.system.records import from_json, to_json, write_json

Holder = dict[str, Any]
FORMAT = "touchtrain lock 1"
SUFFIX = ".lock"
_TOKEN = "TOUCHTRAIN_LOCK"  # environment variable of a process that goes on with locks
_LONGEST_END = 64  # bytes that are put behind a name, at most
_SECONDS_TO_WRITE = 1.0
_held: dict[Path, str] = {}  # locks of this process, and their tokens
_guard = threading.RLock()


def lock_file(path: str | PathLike[str]) -> Path:
    """Return the lock of a path. It lies beside what the path leads to; a long name is cut."""
    path = Path(path).absolute()
    if path.is_symlink() and path.is_dir():
        path = path.resolve()
    data, longest = os.fsencode(path.name), longest_name(path.parent) - _LONGEST_END
    if len(data) <= longest:
        return path.with_name(path.name + SUFFIX)
    cut = data[: longest - 17].decode("utf-8", "ignore")  # two that are cut alike are told apart by the rest
    return path.with_name(f"{cut}-{hashlib.sha256(data).hexdigest()[:16]}{SUFFIX}")


@contextlib.contextmanager
def held(path: str | PathLike[str], command: str, job: str | PathLike[str] | None = None) -> Iterator[None]:
    """Hold the lock of what is being made; arguments and errors as of `take`."""
    token = take(path, command, job)
    try:
        yield
    finally:
        release(path, token)


def take(path: str | PathLike[str], command: str, job: str | PathLike[str] | None = None, token: str = "") -> str:
    """Take the lock of what is being made, until `release`, or the end of this process.

    Args:
        path: what is being made.
        command: what this process does, for whoever is refused, such as ``train``.
        job: the folder of the job, if it is one.
        token: of the lock. Default: a new one.

    Returns:
        The token of the lock, for `release`.

    Raises:
        InUse: another process, or another thread of this one, makes it.
        PathMissing: the folder that it is to be in does not exist.
        NotWritable, DiskFull: the lock cannot be written.
    """
    file, token = lock_file(path), token or new_token()
    if not file.parent.is_dir():
        raise PathMissing(f"The folder {file.parent} does not exist, so {path} cannot be written. Make it first.")
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):  # there is no name to this user's number
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
    """Return a token for locks that a child is to go on with."""
    return uuid.uuid4().hex[:16]


def release(path: str | PathLike[str], token: str) -> None:
    """Give back the lock of a token; nothing happens where this process has it not, or no longer."""
    file = lock_file(path)
    with _guard, contextlib.suppress(OSError):
        if _held.get(file) == token:
            del _held[file]
            if (_read(file) or {}).get("token") == token:
                file.unlink()


def hand_on(path: str | PathLike[str], token: str, pid: int) -> None:
    """Let a child hold a lock of this process; it was started with the `environment` of the lock's token."""
    file = lock_file(path)
    with _guard, contextlib.suppress(OSError):
        there = _read(file)
        if _held.get(file) == token:
            del _held[file]
        if there and there.get("token") == token:
            write_json(file, {**there, **processes.identity(pid)})


def environment(token: str) -> dict[str, str]:
    """Return what tells a child that it goes on with the locks of a token."""
    return {_TOKEN: token}


def holder(path: str | PathLike[str]) -> Holder | None:
    """Return what stands in the lock of a path; None where there is none."""
    return _read(lock_file(path))


def clear(path: str | PathLike[str], job: str | PathLike[str]) -> None:
    """Remove the lock that the process of a job left when it was ended."""
    file = lock_file(path)
    there = _read(file)
    if there and there.get("job") == str(job) and _is_dead(there):
        with contextlib.suppress(OSError):
            file.unlink()


def check_free(path: str | PathLike[str]) -> None:
    """Make sure that nobody is making something.

    Raises:
        InUse: a process is, or one of another computer was.
    """
    file = lock_file(path)
    there = _read(file)
    if there is not None and (file in _held or not _is_dead(there)):
        raise _in_use(path, there)


def unlock(path: str | PathLike[str]) -> Holder:
    """Release what a process of another computer holds, or held when that computer went away.

    Args:
        path: what is locked, or the lock.

    Returns:
        What stood in the lock.

    Raises:
        PathMissing: there is no lock.
        InUse: a process of this computer holds it.
        NotWritable: the lock cannot be removed.
    """
    path = Path(path).absolute()
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
    """Make a lock ours; returns None, or who has it."""
    while not create_whole(file, to_json(mine).encode()):
        there = _read(file)
        if there is None:  # given back just now
            continue
        if there.get("token", "") == os.environ.get(_TOKEN):  # taken for this process by the one that started it
            mine["token"] = there["token"]
            write_json(file, mine)
            return None
        if not _is_dead(there):
            return there
        # Its process has ended. Of all that see that, the one that gets the claim on it replaces it.
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
    """Return what stands in a lock: None where there is none, nothing where it cannot be read."""
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
    return known and re.fullmatch("[0-9a-f]{16}", there["token"]) is not None  # it becomes part of a file's name


def _is_dead(there: Holder) -> bool:
    """Tell whether the process that holds a lock is of this computer and has ended."""
    return _is_known(there) and not processes.is_elsewhere(there) and not processes.is_alive(there)


def _in_use(path: str | PathLike[str], there: Holder) -> InUse:
    """Return the error for whoever is refused: who makes it, how to wait for it, or to end it."""
    path = Path(path).absolute()
    if not _is_known(there):
        return InUse(
            f"{path} is locked, and the lock {lock_file(path)} does not say by whom. If nothing is at work on it, "
            f"release it: touchtrain.unlock('{path}') in MATLAB, touchtrain unlock {path} in a shell."
        )
    who = f"process {there['pid']}" + (f" of {there['user']}" if there.get("user") else "")
    what = f"{path} is being written just now ({there.get('command')}, {who} on {there['host']}"
    folder = there.get("job")
    if folder:
        what += f", job {folder}"
    if processes.is_elsewhere(there):
        return InUse(
            f"{what}). That is another computer, so it cannot be seen from here whether it still works. Wait for it; "
            f"or, if it surely does not work any more, release it: touchtrain.unlock('{path}') in MATLAB, touchtrain "
            f"unlock {path} in a shell."
        )
    if there["pid"] == os.getpid():
        return InUse(f"{what}), by this very process. Wait until that is done, or end it.")
    if folder:
        return InUse(
            f"{what}). Wait for it (touchtrain job wait {folder}), end it gently (touchtrain job stop {folder}, or "
            f"make the file {Path(folder) / 'stop'}) or at once (touchtrain job cancel {folder}); in MATLAB "
            f"touchtrain.TrainingJob('{folder}') has wait, stop and cancel. Or choose another name."
        )
    return InUse(f"{what}). Wait for it, end it with Ctrl-C where it runs, or choose another name.")
