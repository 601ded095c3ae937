"""Processes of jobs: how they are identified, whether they run, and how they are ended."""

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
_SECONDS_TO_BEGIN = 1.0
_SECONDS_TO_END = 5.0


def identity(pid: int) -> Identity:
    """Return what identifies a process of this computer, also among later ones with the same number.

    Returns:
        ``pid``; ``started``, its start mark; ``host``, the name of this computer; ``machine``, an identifier among
        computers of that name.
    """
    return {"pid": pid, "started": _start_mark(pid), "host": platform.node(), "machine": _machine()}


def is_elsewhere(process: Mapping[str, Any]) -> bool:
    """Return whether a process that `identity` described runs on another computer, where it cannot be checked."""
    here = (platform.node(), _machine())
    return (process.get("host", here[0]), process.get("machine", here[1])) != here


def is_alive(process: Mapping[str, Any]) -> bool:
    """Return whether the process of this computer that `identity` described still runs.

    A process that has ended but was not waited for (a zombie) does not run. No clock is read: the start mark of a
    process never changes, even if the time of day is set.
    """
    mark = _start_mark(int(process["pid"]))
    return mark is not None and mark == process["started"]


@functools.cache
def _machine() -> str:
    """Return an identifier of this computer among those of the same name, and of this container among others."""
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
        with contextlib.suppress(OSError):  # each container numbers its own processes
            known.append(os.readlink("/proc/self/ns/pid"))
    return hashlib.sha256(" ".join(known).encode()).hexdigest()[:16]


def leave(code: int) -> NoReturn:
    """End this process at once: all files are written, and TensorFlow takes a second to shut down."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, OSError, ValueError):  # closed, or no longer read
            stream.flush()
    os._exit(code)


def own_group() -> dict[str, Any]:
    """Return arguments for `subprocess.Popen` with which a process survives the end of this one, and its Ctrl-C."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


def start(line: list[str], **how: Any) -> subprocess.Popen[bytes]:
    """Start a process as with `own_group`, and on Windows outside the job object of this one.

    Some programs start MATLAB in a job object, all processes of which Windows ends with that program. Others deny a
    process to leave theirs; then it stays in it.
    """
    options = {**own_group(), **how}
    if sys.platform == "win32":
        with contextlib.suppress(PermissionError):
            flags = options["creationflags"] | subprocess.CREATE_BREAKAWAY_FROM_JOB
            return subprocess.Popen(line, **{**options, "creationflags": flags})
    return subprocess.Popen(line, **options)


def end(process: Mapping[str, Any]) -> bool:
    """Kill a process that was started with `own_group`, and all its children.

    Returns:
        Whether it has ended, after at most 5 seconds.
    """
    pid, until = int(process["pid"]), time.monotonic() + _SECONDS_TO_END
    while is_alive(process):
        if sys.platform == "win32":
            _said(["taskkill", "/PID", str(pid), "/T", "/F"])
        else:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def does_job(process: Mapping[str, Any], folder: Path) -> bool:
    """Return whether a process was started with `own_group` to run the job in a folder; True if it has ended.

    `process` comes from a file that anybody may have written, so only what the system reports about the process counts.
    """
    pid = int(process["pid"])
    if not is_alive(process):
        return True
    if sys.platform == "win32":
        return _names_job(_command_on_windows(pid), folder)
    if sys.platform == "linux":
        try:
            where = Path(f"/proc/{pid}")
            arguments = _arguments_on_linux(pid)
            is_mine = os.geteuid() in (0, where.stat().st_uid)
            if not arguments:
                return not is_alive(process)
            return is_mine and os.getpgid(pid) == pid and _is_command_of(arguments, folder)
        except OSError:
            return not is_alive(process)
    listed = _said(["ps", "-ww", "-o", "uid=,pgid=,command=", "-p", str(pid)])
    user, group, command = [*listed.strip().split(None, 2), "", "", ""][:3]
    is_mine = os.geteuid() == 0 or user == str(os.geteuid())
    return is_mine and group == str(pid) and _names_job(command, folder)


def _arguments_on_linux(pid: int) -> list[str]:
    """Return the command line of a process; while it is being started, Linux shows none for a moment."""
    until = time.monotonic() + _SECONDS_TO_BEGIN
    while not (text := Path(f"/proc/{pid}/cmdline").read_bytes()) and time.monotonic() < until:
        time.sleep(0.005)
    return [os.fsdecode(one) for one in text.split(b"\0")[:-1]]


def _is_command_of(arguments: list[str], folder: Path) -> bool:
    return arguments[-5:-1] == ["-m", "pyside", "job", "run"] and _same(arguments[-1], folder)


def _names_job(command: str, folder: Path) -> bool:
    """Return whether a command line, which the system keeps as one text, runs the job in a folder."""
    _, found, named = command.partition(" -m pyside job run ")
    return bool(found) and _same(named.strip().strip('"'), folder)


def _same(named: str, folder: Path) -> bool:
    return os.path.realpath(named) == os.path.realpath(folder)


def ignore_interrupts() -> None:
    """Make this process ignore a Ctrl-C that is meant for another one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _start_mark(pid: int) -> str | None:
    """Return a text for the time at which a process started; None if there is no such process."""
    if sys.platform == "win32":
        return _start_mark_on_windows(pid)
    if sys.platform == "linux":
        return _start_mark_on_linux(pid)
    return _start_mark_of_ps(pid)


def _start_mark_of_ps(pid: int) -> str | None:
    """Return the time of start in UTC, which is the same text for each user, locale and time zone."""
    listed = _said(["ps", "-o", "stat=,lstart=", "-p", str(pid)], LC_ALL="C", TZ="UTC")
    state, _, started = listed.strip().partition(" ")
    return None if not state or state.startswith("Z") else " ".join(started.split())


def _said(line: list[str], **variables: str) -> str:
    """Return what a program of the system prints. A program with windows may have no console and no standard input."""
    done = subprocess.run(
        line,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        creationflags=NO_WINDOW,
    )
    return done.stdout.decode("utf-8", "surrogateescape")


def _start_mark_on_linux(pid: int) -> str | None:
    """Return the identifier of the machine's boot, and the ticks from then to the start of the process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else f"{boot} {fields[19]}"


def _start_mark_on_windows(pid: int) -> str | None:
    """Return the creation time of a process."""
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
    """Return the command line of a process; empty if it may not be read."""
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
EMPTY = "touchtrain-empty-"  # prefix of the empty folders in which child processes run
NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # no console window on Windows
_hosts: list[str] = []  # not an environment variable, which all programs that MATLAB starts would see


def enter_host(folder: str) -> None:
    """Note that this Python runs inside MATLAB, which is installed in a folder."""
    _hosts[:] = [folder]


def inside_host() -> bool:
    """Return whether this Python runs inside MATLAB or Octave's ``py.``."""
    program = Path(sys.executable or "").name.lower()
    return bool(_hosts or os.environ.get("TOUCHTRAIN_HOST")) or program.startswith("matlab")


def clean_environment(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return an environment (default: this process's) without what would mislead a child of MATLAB or Octave.

    That are some variables, and MATLAB's own folders on the path, whose libraries have other versions. A Python with
    this environment looks for modules neither in the current folder nor beside its script. Python before 3.11 ignores
    that setting, so it must run in an `empty_folder`.
    """
    source = os.environ if environment is None else environment
    kept = {name: value for name, value in source.items() if name not in MISLEADING and not name.startswith("DYLD_")}
    if "PATH" in kept:
        kept["PATH"] = _path_without_host(kept["PATH"])
    ours = {"PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8", "PYTHONSAFEPATH": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    return {**kept, **ours}


def _path_without_host(path: str) -> str:
    inside = tuple(os.path.join(os.path.normcase(folder), "") for folder in _hosts if folder)
    places = path.split(os.pathsep)
    return os.pathsep.join(one for one in places if not os.path.join(os.path.normcase(one), "").startswith(inside))


@contextlib.contextmanager
def empty_folder() -> Iterator[str]:
    """Yield an empty folder for a child process to run in, so that it imports no stray module from there."""
    with tempfile.TemporaryDirectory(prefix=EMPTY, ignore_cleanup_errors=True) as folder:
        yield folder
