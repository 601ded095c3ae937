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
from dataclasses import dataclass, field
from pathlib import Path

from pyside.data.parallel import usable_cores
from pyside.jobs.interpreter import NO_WINDOW, clean_environment

_SECONDS = 20


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


def memory(meminfo: str | None = None, limit: str | None = None) -> tuple[int | None, int | None]:
    """Return the bytes of memory that there are, and that are free; None where the system does not tell.

    Args:
        meminfo: the text of /proc/meminfo.
        limit: the text of the control group's ``memory.max``, which limits a container.
    """
    if meminfo is None and sys.platform == "win32":
        return _memory_of_windows()
    if meminfo is None and sys.platform == "darwin":
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"), None
    text = read("/proc/meminfo") if meminfo is None else meminfo
    sizes = {name: int(kilobytes) * 1024 for name, kilobytes in re.findall(r"^(\w+):\s+(\d+) kB", text, re.MULTILINE)}
    there, free = sizes.get("MemTotal"), sizes.get("MemAvailable")
    allowed = (read("/sys/fs/cgroup/memory.max") if limit is None else limit).strip()
    if allowed.isdigit() and there is not None and int(allowed) < there:
        there = int(allowed)
        free = None if free is None else min(free, there)
    return there, free


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
