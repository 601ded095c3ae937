"""What this machine has: processor, cores, memory, graphics cards, MATLAB and Octave.

Each is found by reading or asking, never by writing; what reads a text takes the text.
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

_SECONDS = 20
_NO_LIMIT = 1 << 60  # bytes: what is more is how systems write that there is no limit
_OF_A_JOB = 800_000_000  # bytes that a job fills before it begins to train
_RESERVED = 2_000_000_000  # bytes of address space that Python with TensorFlow takes besides what it fills ...
_MAPPED = 1.35  # ... and what it takes for each byte that it fills, as measured


@dataclass(frozen=True)
class Cards:
    """NVIDIA cards.

    Attributes:
        names: a text a card, with what is known of memory and driver.
        fault: what the driver said instead; empty where all is well.
    """

    names: list[str] = field(default_factory=list)
    fault: str = ""


def run(program: str, *arguments: str) -> tuple[int, str]:
    """Run a program that answers soon; returns its exit code and all that it wrote."""
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
    """Return the text of a file of the system, empty where there is none."""
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def system_name() -> str:
    """Return the name of the operating system, with its version and the kind of machine."""
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
    """Tell whether this is Linux inside Windows."""
    return "microsoft" in platform.release().lower()


def processor_name(cpuinfo: str) -> str:
    """Return what /proc/cpuinfo calls the processor; where it says nothing, what Python knows."""
    found = re.search(r"^model name\s*:\s*(.+)$", cpuinfo, re.MULTILINE)
    return found[1].strip() if found else platform.processor()


def cores(cpu_max: str | None = None) -> tuple[int, int]:
    """Return how many cores there are, and how many of them this process may use.

    Args:
        cpu_max: the text of the control group's ``cpu.max``, such as ``150000 100000``, which limits a container.
    """
    there = os.cpu_count() or 1
    usable = usable_cores()
    quota, _, period = (read("/sys/fs/cgroup/cpu.max") if cpu_max is None else cpu_max).partition(" ")
    if quota.isdigit() and period.strip().isdigit():
        usable = min(usable, max(1, math.ceil(int(quota) / int(period))))
    return there, usable


@dataclass(frozen=True)
class Memory:
    """Memory in bytes, None where the system does not tell.

    Attributes:
        there: what the machine, or the container that this process is in, has.
        limit: what this process cannot go beyond: with what is kept on disk for want of room, or the limit that it has.
        usable: what it may use now, while the other programs stay as they are.
        why: what limits it, in words.
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
    space = _address_space()
    if space is not None:
        limits.append((space, int(space / _MAPPED), "the limit of its address space (ulimit -v) allows no more"))
    if not limits:
        return Memory(there, None, None, "")
    _, usable, why = min(limits, key=lambda one: one[1])
    return Memory(there, min(limit for limit, _, _ in limits), usable, why)


def control_groups(text: str | None = None, root: str = "/sys/fs/cgroup") -> list[tuple[int, int]]:
    """Return limit and use, in bytes, of each control group with a limit that this process is in, of either version.

    Args:
        text: that of /proc/self/cgroup.
        root: where control groups are.
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
    """Yield the control groups of this process that limit memory: whether of version 1, and the path below the root."""
    for row in (read("/proc/self/cgroup") if text is None else text).splitlines():
        _, controllers, path = (row.split(":", 2) + ["", ""])[:3]
        first = "memory" in controllers.split(",")
        if first or not controllers:
            yield first, path.strip("/")


def kills_for_memory(text: str | None = None, root: str = "/sys/fs/cgroup") -> int | None:
    """Return how many processes of this control group the system has ended for want of memory; None if unknown.

    Args:
        text: that of /proc/self/cgroup.
        root: where control groups are.
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


def _own_memory() -> int:
    """Return what this process fills already, which is none that another one takes; of a host no more than of a job."""
    pages = read("/proc/self/statm").split()
    return min(_OF_A_JOB, int(pages[1]) * os.sysconf("SC_PAGE_SIZE")) if len(pages) > 1 else 0


def _address_space() -> int | None:
    """Return the bytes of the address space that are left to work in, if it is limited."""
    if sys.platform == "win32":
        return None
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    return None if soft == resource.RLIM_INFINITY or soft > _NO_LIMIT else max(0, soft - _RESERVED)


def memory(meminfo: str | None = None, limit: str | None = None) -> tuple[int | None, int | None]:
    """Return the bytes of memory that there are, and that are free; None where the system does not tell.

    Args:
        meminfo: the text of /proc/meminfo.
        limit: the text of the control group's ``memory.max``, which limits a container; by default, those of all the
            control groups that this process is in.
    """
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
    """Read what nvidia-smi answered: its exit code, and a line a card."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if code == 0 and "No devices" not in text:
        cards = [[part.strip() for part in line.split(",")] for line in lines]
        return Cards([f"{card[0]} ({card[1]}, driver {card[2]})" for card in cards if len(card) == 3])
    if "No devices" in text:
        return Cards()
    return Cards(fault=lines[0] if lines else f"nvidia-smi ended with code {code}")


def matlab_release(program: str) -> str | None:
    """Return the release of a MATLAB, such as ``2024b``, by the folder that it is installed in; None if unknown."""
    real = Path(program).resolve()
    stated = re.search(r"<release>R(\d{4}[ab])", read(str(real.parent.parent / "VersionInfo.xml")))
    named = re.search(r"R(20\d\d[ab])", str(real))
    found = stated or named
    return found[1] if found else None


# Release of MATLAB: the versions of matlabengine that fit it.
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
    """Return what pip is to install beside a MATLAB of a release, such as ``R2025a``."""
    version = VERSIONS.get(f"R{release.removeprefix('R')}" if release else "")
    return f'"matlabengine=={version}.*"' if version else "matlabengine==VERSION (the one for your release of MATLAB)"
