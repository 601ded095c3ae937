"""Processes of jobs: which one is meant, whether it lives, and how it is ended."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

Identity = dict[str, Any]
_SECONDS_TO_END = 5.0


def identity(pid: int) -> Identity:
    """Return what tells a process of this computer from all others, also later ones with the same number.

    Returns:
        ``pid``; ``started``, its start mark; ``host``, the name of this computer; ``machine``, what tells it from
        others of that name.
    """
    return {"pid": pid, "started": _start_mark(pid), "host": platform.node(), "machine": _machine()}


def is_elsewhere(process: Mapping[str, Any]) -> bool:
    """Tell whether a process that `identity` described is of another computer, where this one cannot look."""
    here = (platform.node(), _machine())
    return (process.get("host", here[0]), process.get("machine", here[1])) != here


def is_alive(process: Mapping[str, Any]) -> bool:
    """Tell whether the process of this computer that `identity` described still works.

    One that has ended but was not waited for (a zombie) does not. No clock is looked at: the start mark of a process
    never changes, whatever the time of day does.
    """
    mark = _start_mark(int(process["pid"]))
    return mark is not None and mark == process["started"]


@functools.cache
def _machine() -> str:
    """Return what tells this computer from another one of the same name, and one container from another."""
    known = []
    if sys.platform == "win32":
        import winreg

        with (
            contextlib.suppress(OSError),
            winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Microsoft\Cryptography") as key,
        ):
            known.append(str(winreg.QueryValueEx(key, "MachineGuid")[0]))
    elif sys.platform == "linux":
        with contextlib.suppress(OSError):
            known.append(Path("/etc/machine-id").read_text(encoding="ascii", errors="replace").strip())
        with contextlib.suppress(OSError):  # processes have numbers of their own in each container
            known.append(os.readlink("/proc/self/ns/pid"))
    return hashlib.sha256(" ".join(known).encode()).hexdigest()[:16]


def leave(code: int) -> NoReturn:
    """End this process at once: all is written, and TensorFlow takes a second to end."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, OSError, ValueError):  # closed, or nobody reads it any more
            stream.flush()
    os._exit(code)


def own_group() -> dict[str, Any]:
    """Return how `subprocess.Popen` starts a process that outlives this one, and its Ctrl-C."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


def end(process: Mapping[str, Any]) -> bool:
    """End a process that was started by `own_group`, and all that it started, at once.

    Returns:
        Whether it is gone; it is waited for, some seconds at most.
    """
    pid, until = int(process["pid"]), time.monotonic() + _SECONDS_TO_END
    while is_alive(process):
        if sys.platform == "win32":
            subprocess.run(["taskkill", "/PID", str(pid), "/T", "/F"], capture_output=True, check=False)
        else:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def does_job(process: Mapping[str, Any], folder: Path) -> bool:
    """Tell whether a process was started by `own_group` to do the job in a folder; one that is gone may have been.

    What `process` says is a file's word, which anybody may have written: what the system knows of the process decides.
    """
    pid = int(process["pid"])
    if not is_alive(process):
        return True
    if sys.platform == "win32":
        return _names_job(_command_on_windows(pid), folder)
    if sys.platform == "linux":
        try:
            where = Path(f"/proc/{pid}")
            arguments = [os.fsdecode(one) for one in (where / "cmdline").read_bytes().split(b"\0")[:-1]]
            is_mine = os.geteuid() in (0, where.stat().st_uid)
            return is_mine and os.getpgid(pid) == pid and _is_command_of(arguments, folder)
        except OSError:
            return not is_alive(process)
    listed = subprocess.run(
        ["ps", "-ww", "-o", "uid=,pgid=,command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    user, group, command = [*listed.stdout.strip().split(None, 2), "", "", ""][:3]
    is_mine = os.geteuid() == 0 or user == str(os.geteuid())
    return is_mine and group == str(pid) and _names_job(command, folder)


def _is_command_of(arguments: list[str], folder: Path) -> bool:
    return arguments[-5:-1] == ["-m", "pyside", "job", "run"] and _same(arguments[-1], folder)


def _names_job(command: str, folder: Path) -> bool:
    """Tell whether a command line, of which the system keeps the whole text only, is that of a job."""
    _, found, named = command.partition(" -m pyside job run ")
    return bool(found) and _same(named.strip().strip('"'), folder)


def _same(named: str, folder: Path) -> bool:
    return os.path.realpath(named) == os.path.realpath(folder)


def ignore_interrupts() -> None:
    """Let this process live through a Ctrl-C that was meant for another."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _start_mark(pid: int) -> str | None:
    """Return a text that tells when a process started; None where there is no such process."""
    if sys.platform == "win32":
        return _start_mark_on_windows(pid)
    if sys.platform == "linux":
        return _start_mark_on_linux(pid)
    listed = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, _, started = listed.stdout.strip().partition(" ")
    return None if not state or state.startswith("Z") else " ".join(started.split())


def _start_mark_on_linux(pid: int) -> str | None:
    """Return the boot of the machine and the ticks since then."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else f"{boot} {fields[19]}"


def _start_mark_on_windows(pid: int) -> str | None:
    """Return the time of creation that the system keeps of a process."""
    import ctypes

    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
    kernel.OpenProcess.restype = ctypes.c_void_p
    query, synchronize, timed_out = 0x1000, 0x00100000, 0x102
    handle = kernel.OpenProcess(query | synchronize, False, pid)
    if not handle:
        return None
    try:
        if kernel.WaitForSingleObject(ctypes.c_void_p(handle), 0) != timed_out:
            return None
        times = (ctypes.c_ulonglong * 4)()
        places = [ctypes.byref(times, 8 * number) for number in range(4)]
        return str(times[0]) if kernel.GetProcessTimes(ctypes.c_void_p(handle), *places) else None
    finally:
        kernel.CloseHandle(ctypes.c_void_p(handle))


def _command_on_windows(pid: int) -> str:
    """Return the command line of a process; empty where it may not be asked for."""
    import ctypes

    kernel, system = ctypes.windll.kernel32, ctypes.windll.ntdll  # type: ignore[attr-defined,unused-ignore]
    kernel.OpenProcess.restype = ctypes.c_void_p
    query, command_line = 0x1000, 60
    handle = kernel.OpenProcess(query, False, pid)
    if not handle:
        return ""
    try:
        answer, length = ctypes.create_string_buffer(1 << 17), ctypes.c_ulong()
        place = ctypes.c_void_p(handle)
        if system.NtQueryInformationProcess(place, command_line, answer, len(answer), ctypes.byref(length)):
            return ""
        size, text = ctypes.c_ushort.from_buffer(answer).value, ctypes.c_void_p.from_buffer(answer, 8).value
        return ctypes.wstring_at(text, size // 2) if text else ""
    finally:
        kernel.CloseHandle(ctypes.c_void_p(handle))


MISLEADING = ("LD_LIBRARY_PATH", "LD_PRELOAD", "PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "TOUCHTRAIN_HOST")
EMPTY = "touchtrain-empty-"  # what the names of folders begin with in which children stand
NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # of a console, on Windows


def clean_environment(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return an environment (default: this process's) without what would mislead a child of MATLAB or Octave.

    A Python that is started so looks for modules neither where it stands nor beside the program that it is given; one
    older than 3.11 minds that not, so it has to stand in an `empty_folder`.
    """
    source = os.environ if environment is None else environment
    kept = {name: value for name, value in source.items() if name not in MISLEADING and not name.startswith("DYLD_")}
    ours = {"PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8", "PYTHONSAFEPATH": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    return {**kept, **ours}


@contextlib.contextmanager
def empty_folder() -> Iterator[str]:
    """Make an empty folder for a child to stand in while it works, so that it finds no module of anybody's there."""
    with tempfile.TemporaryDirectory(prefix=EMPTY, ignore_cleanup_errors=True) as folder:
        yield folder
