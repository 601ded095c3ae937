"""What this machine has: processor, cores, memory, graphics cards, MATLAB and Octave.

Nothing is written to find out. Functions that parse a file of the system take its text as an argument, for tests.
"""

from __future__ import annotations

import ctypes
import math
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from pyside.system.parallel import usable_cores
from pyside.system.processes import NO_WINDOW, clean_environment

SHARE = "TOUCHTRAIN_MEMORY_SHARE"  # environment variable: bytes that this process may use of the machine's memory
_SECONDS = 20
_NO_LIMIT = 1 << 60  # bytes: larger numbers are how systems write "no limit"
_OF_A_JOB = 800_000_000  # bytes of memory that a job uses before training starts
_RESERVED = 2_000_000_000  # bytes of address space that Python with TensorFlow reserves without using them ...
_MAPPED = 1.35  # ... and bytes of address space for each byte of memory in use, as measured


@dataclass(frozen=True)
class Cards:
    """NVIDIA cards.

    Attributes:
        names: one text per card, with its memory and driver if known.
        fault: error message of the driver; empty if there is none.
    """

    names: list[str] = field(default_factory=list)
    fault: str = ""


def run(program: str, *arguments: str) -> tuple[int, str]:
    """Run a program for at most 20 seconds; returns its exit code and its output, with that to standard error."""
    done = subprocess.run(
        [program, *arguments],
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=_SECONDS,
        check=False,
        creationflags=NO_WINDOW,
    )
    return done.returncode, done.stdout.decode("utf-8", "replace").strip()


def read(path: str) -> str:
    """Return the text of a file of the system, empty if it cannot be read."""
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def system_name() -> str:
    """Return the name of the operating system, with its version and the machine's architecture."""
    name = f"{platform.system()} {platform.release()}"
    if sys.platform == "linux":
        pretty = re.search(r'^PRETTY_NAME="?([^"\n]+)', read("/etc/os-release"), re.MULTILINE)
        name = f"{pretty[1]}, Linux {platform.release()}" if pretty else name
        if is_wsl():
            name += " (WSL2 in Windows)"
    elif sys.platform == "darwin":
        name = f"macOS {platform.mac_ver()[0]}"
    return f"{name}, {platform.machine()}"


def is_wsl() -> bool:
    """Return whether this is Linux inside Windows (WSL)."""
    return "microsoft" in platform.release().lower()


def processor_name(cpuinfo: str) -> str:
    """Return the name of the processor from the text of /proc/cpuinfo, or else from Python."""
    found = re.search(r"^model name\s*:\s*(.+)$", cpuinfo, re.MULTILINE)
    return found[1].strip() if found else platform.processor()


def cores(cpu_max: str | None = None) -> tuple[int, int]:
    """Return how many cores the machine has, and how many of them this process may use.

    Args:
        cpu_max: text of the control group's ``cpu.max``, such as ``150000 100000``, which limits a container.
    """
    there = os.cpu_count() or 1
    usable = usable_cores()
    quota, _, period = (read("/sys/fs/cgroup/cpu.max") if cpu_max is None else cpu_max).partition(" ")
    if quota.isdigit() and period.strip().isdigit():
        usable = min(usable, max(1, math.ceil(int(quota) / int(period))))
    return there, usable


@dataclass(frozen=True)
class Memory:
    """Memory in bytes, None where the system does not report it.

    Attributes:
        there: memory of the machine, or of the container of this process.
        limit: most that this process can ever use: memory and swap, or the limit of the process.
        usable: what it may use now, while other programs keep theirs.
        why: what limits `usable`, in words.
    """

    there: int | None
    limit: int | None
    usable: int | None
    why: str


def usable_memory() -> Memory:
    """Return how much memory this process may use."""
    there, free = memory()
    swap = _meminfo(read("/proc/meminfo")).get("SwapFree", 0) if sys.platform == "linux" else there
    own = _own_memory()
    limits = [] if there is None else [(there + (swap or 0), there if free is None else free, "what this machine has")]
    if free is not None:
        limits = [(limits[0][0], free + own, "what is free on this machine")]
    for allowed, used in control_groups():
        limits.append((allowed, max(0, allowed - used) + own, "the limit of the container of this process"))
    if (share := _share()) is not None:
        limits.append((share, share, "the share of this process"))
    space = _address_space()
    if space is not None:
        limits.append((space, int(space / _MAPPED), "the limit of its address space (ulimit -v) allows no more"))
    if not limits:
        return Memory(there, None, None, "")
    _, usable, why = min(limits, key=lambda one: one[1])
    return Memory(there, min(limit for limit, _, _ in limits), usable, why)


def control_groups(text: str | None = None, root: str = "/sys/fs/cgroup") -> list[tuple[int, int]]:
    """Return limit and use, in bytes, of each control group (version 1 or 2) that limits the memory of this process.

    Args:
        text: text of /proc/self/cgroup.
        root: folder of the control groups.
    """
    found = []
    for first, path in _memory_groups(text):
        names = ("memory.limit_in_bytes", "memory.usage_in_bytes") if first else ("memory.max", "memory.current")
        top = PurePosixPath(root, "memory") if first else PurePosixPath(root)
        own = PurePosixPath(path)
        places = [top / one for one in (own, *own.parents)]  # a container sees its own group as the topmost
        for place in dict.fromkeys(places):
            allowed, used = (read(str(place / name)).strip() for name in names)
            if allowed.isdigit() and int(allowed) < _NO_LIMIT:
                kept = re.search(r"^(?:total_)?inactive_file (\d+)$", read(str(place / "memory.stat")), re.MULTILINE)
                in_use = int(used) if used.isdigit() else 0
                found.append((int(allowed), max(0, in_use - (int(kept[1]) if kept else 0))))
    return found


def _memory_groups(text: str | None) -> Iterator[tuple[bool, str]]:
    """Yield the control groups of this process that limit memory: whether version 1, and the path below the root."""
    for row in (read("/proc/self/cgroup") if text is None else text).splitlines():
        _, controllers, path = (row.split(":", 2) + ["", ""])[:3]
        first = "memory" in controllers.split(",")
        if first or not controllers:
            yield first, path.strip("/")


def kills_for_memory(text: str | None = None, root: str = "/sys/fs/cgroup") -> int | None:
    """Return how many processes of this control group the system has killed for lack of memory; None if unknown.

    Args:
        text: text of /proc/self/cgroup.
        root: folder of the control groups.
    """
    for first, own in _memory_groups(text):
        if first:
            files = [f"{root}/memory/{own}/memory.oom_control", f"{root}/memory/memory.oom_control"]
        else:
            files = [f"{root}/{own}/memory.events", f"{root}/memory.events"]
        for file in files:
            found = re.search(r"^oom_kill (\d+)$", read(file), re.MULTILINE)
            if found:
                return int(found[1])
    return None


def _share() -> int | None:
    """Return the bytes of memory that this process may use as one of several that share a machine."""
    text = os.environ.get(SHARE, "")
    return int(text) if text.isdigit() else None


def _own_memory() -> int:
    """Return the bytes that this process uses already; at most those of a job, since a host may use more."""
    pages = read("/proc/self/statm").split()
    return min(_OF_A_JOB, int(pages[1]) * os.sysconf("SC_PAGE_SIZE")) if len(pages) > 1 else 0


def _address_space() -> int | None:
    """Return the bytes of address space that are left to work with; None if it is not limited."""
    if sys.platform == "win32":
        return None
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    return None if soft == resource.RLIM_INFINITY or soft > _NO_LIMIT else max(0, soft - _RESERVED)


def memory(meminfo: str | None = None, limit: str | None = None) -> tuple[int | None, int | None]:
    """Return the bytes of memory in total and free, or those of the share; None where the system does not report them.

    Args:
        meminfo: text of /proc/meminfo.
        limit: text of the control group's ``memory.max``, which limits a container. Default: all control groups of this
            process are read.
    """
    if meminfo is None and (share := _share()) is not None:
        return share, share
    if meminfo is None and sys.platform == "win32":
        return _memory_of_windows()
    if meminfo is None and sys.platform == "darwin":
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"), None
    sizes = _meminfo(read("/proc/meminfo") if meminfo is None else meminfo)
    there, free = sizes.get("MemTotal"), sizes.get("MemAvailable")
    groups = control_groups() if limit is None else [(int(limit), 0)] if limit.strip().isdigit() else []
    for allowed, _ in groups:
        if there is not None and allowed < there:
            there = allowed
            free = None if free is None else min(free, there)
    return there, free


def _meminfo(text: str) -> dict[str, int]:
    return {name: int(number) * 1024 for name, number in re.findall(r"^(\w+):\s+(\d+) kB", text, re.MULTILINE)}


def _memory_of_windows() -> tuple[int | None, int | None]:
    class Status(ctypes.Structure):
        _fields_ = [
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *((name, ctypes.c_ulonglong) for name in ("there", "free", "a", "b", "c", "d", "e")),
        ]

    status = Status()
    status.length = ctypes.sizeof(status)
    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
    return (status.there, status.free) if kernel.GlobalMemoryStatusEx(ctypes.byref(status)) else (None, None)


def nvidia_cards() -> Cards:
    """Return the NVIDIA cards that the driver knows."""
    program = shutil.which("nvidia-smi") or shutil.which("/usr/lib/wsl/lib/nvidia-smi")
    if program:
        asked = run(program, "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader")
        return read_nvidia_smi(*asked)
    files = sorted(Path("/proc/driver/nvidia/gpus").glob("*/information"))
    return Cards([found[1].strip() for file in files if (found := re.search(r"Model:\s*(.+)", read(str(file))))])


def read_nvidia_smi(code: int, text: str) -> Cards:
    """Parse the answer of nvidia-smi: its exit code, and one line per card."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if code == 0 and "No devices" not in text:
        cards = [[part.strip() for part in line.split(",")] for line in lines]
        return Cards([f"{card[0]} ({card[1]}, driver {card[2]})" for card in cards if len(card) == 3])
    if "No devices" in text:
        return Cards()
    return Cards(fault=lines[0] if lines else f"nvidia-smi ended with code {code}")


def matlab_release(program: str) -> str | None:
    """Return the release of a MATLAB, such as ``2024b``, from the folder of its installation; None if unknown."""
    real = Path(program).resolve()
    stated = re.search(r"<release>R(\d{4}[ab])", read(str(real.parent.parent / "VersionInfo.xml")))
    named = re.search(r"R(20\d\d[ab])", str(real))
    found = stated or named
    return found[1] if found else None


# Release of MATLAB -> version of matlabengine that fits it.
VERSIONS = {
    "R2020b": "9.9",
    "R2021a": "9.10",
    "R2021b": "9.11",
    "R2022a": "9.12",
    "R2022b": "9.13",
    "R2023a": "9.14",
    "R2023b": "23.2",
    "R2024a": "24.1",
    "R2024b": "24.2",
    "R2025a": "25.1",
    "R2025b": "25.2",
    "R2026a": "26.1",
    "R2026b": "26.2",
}


def requirement(release: str | None) -> str:
    """Return the requirement for pip that fits a MATLAB release, such as ``R2025a``."""
    version = VERSIONS.get(f"R{release.removeprefix('R')}" if release else "")
    return f'"matlabengine=={version}.*"' if version else "matlabengine==VERSION (the one for your release of MATLAB)"
