"""The tables of the page on very many frames, from figures of ``make bench``.

``python -m docs.scale_plan`` takes the figures that the page needs from ``build/bench.json`` into ``docs/scale.json``.
What was not measured follows from them by the assumptions below, which the page names.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
FIGURES, BENCH = HERE / "scale.json", HERE.parent / "build" / "bench.json"
SIZES = (10**6, 10**8, 10**10)
PIXELS = 61 * 61  # bytes of a frame in the dataset
CORES, WORKERS = 2, 16  # of the machine measured; of the larger one
# Assumed:
EFFICIENCY = 0.85  # of a worker among 16; two reach what "two workers / one" says
DRIVE = 500e6  # bytes a second of a drive that all workers share
VIDEO = 1000  # bytes of a frame in a compressed video
GPU_TRAINS, GPU_PREDICTS = 50_000, 150_000  # frames a second
TWICE = 16  # bytes a frame more where numbers of frames take 8 bytes, above 2^31 frames
# What the page needs, and how its title in `make bench` begins.
NEEDED = {
    "converting": "videos -> dataset: frames/s",
    "training": "training: frames/s",
    "decoding": "marking.*: decoding alone",
    "marking": "marking.*: from file to label file",
    "open": "  open: time of the processor a frame",
    "split": "  split: time of the processor a frame",
    "sample": "  sample: time of the processor a frame",
    "draw": "  draw: time of the processor a frame",
    "memory": ".* frames, .*: memory a frame",
    "session": ".* frames of a session, .*: memory a frame",
    "beside": "  on disk beside frames",
    "marks": "  marks, CSV and tables on disk",
}


def take_over() -> dict[str, Any]:
    """Take the figures that the page needs from the last benchmarks; of several, the slowest or largest."""
    kept = json.loads(BENCH.read_text(encoding="utf-8"))
    found = {}
    for name, pattern in NEEDED.items():
        fitting = [one | {"title": title.strip()} for title, one in kept.items() if re.match(pattern, title)]
        if not fitting:
            sys.exit(f"{BENCH} has no figure for '{name}'. Run make bench first.")
        pick = min if "/s" in pattern or "marking" in pattern else max
        found[name] = pick(fitting, key=lambda one: one["figure"])
    before = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    return {**before, "figures": found}


def page() -> str:
    """Return the tables as Markdown."""
    known = json.loads(FIGURES.read_text(encoding="utf-8"))
    figures = {name: one["figure"] for name, one in known["figures"].items()}
    return "\n".join([*_times(figures), *_room(figures), *_large(known), *_measured(known)])


def _times(figures: dict[str, float]) -> list[str]:
    """Return the table of times: of each step, size and machine."""
    many = WORKERS / CORES * EFFICIENCY
    prepare = sum(figures[step] for step in ("open", "split", "sample", "draw")) / 1e9
    shared: dict[str, Callable[[float, float], float]] = {
        "converting": lambda speed, bytes_a_frame: min(speed * many, DRIVE / bytes_a_frame),
    }
    rows = {
        "Convert videos": (
            figures["converting"],
            shared["converting"](figures["converting"], PIXELS + VIDEO),
            figures["converting"],
        ),
        "Open, split, sample": (1 / prepare,) * 3,
        "Train an epoch": (figures["training"], figures["training"] * many, min(GPU_TRAINS, DRIVE / PIXELS)),
        "Mark videos": (
            figures["marking"],
            shared["converting"](figures["marking"], VIDEO),
            min(figures["decoding"], GPU_PREDICTS),
        ),
    }
    head = f"| | frames | {CORES} cores | {WORKERS} workers | {CORES} cores and a GPU |"
    lines = ["", "## Time", "", head, "|---|---|---|---|---|"]
    for what, speeds in rows.items():
        for n in SIZES:
            assumed = [f"*{_span(n / speed)}*" for speed in speeds]
            if what == "Open, split, sample" and n == SIZES[1]:
                assumed[0] = assumed[0].strip("*")
            lines.append(f"| {what if n == SIZES[0] else ''} | {_power(n)} | {' | '.join(assumed)} |")
    return [*lines, ""]


def _room(figures: dict[str, float]) -> list[str]:
    """Return the table of memory and disk."""
    lines = ["", "## Memory and disk", "", "| | 10^6 | 10^8 | 10^10 |", "|---|---|---|---|"]
    rows: dict[str, Callable[[int], float]] = {
        "Memory of a training, beside network and frames": lambda n: (
            n * (figures["memory"] + (TWICE if n > 2**31 else 0))
        ),
        "Memory of a session": lambda n: n * figures["session"],
        "Disk of videos": lambda n: n * VIDEO,
        "Disk of the dataset, 61 x 61 pixels": lambda n: n * (PIXELS + figures["beside"]),
        "Disk of marks and results": lambda n: n * figures["marks"],
    }
    for what, size in rows.items():
        sizes = [_bytes(size(n)) for n in SIZES]
        measured = SIZES[1:2] if "training" in what else SIZES[:1] if what.endswith(("session", "results")) else ()
        cells = [text if n in measured else f"*{text}*" for n, text in zip(SIZES, sizes, strict=True)]
        lines.append(f"| {what} | {' | '.join(cells)} |")
    return [*lines, ""]


def _large(known: dict[str, Any]) -> list[str]:
    """Return the table of the largest set that was made up, before and after it was made to scale."""
    lines = ["", "## 10^8 frames, made up", "", known["large"]["about"], ""]
    lines += ["| | time a frame | memory a frame |", "|---|---|---|"]
    lines += [
        f"| {step} | {one['seconds'] / known['large']['frames'] * 1e9:.0f} ns | "
        f"{one['bytes'] / known['large']['frames']:.1f} bytes |"
        for step, one in known["large"]["steps"].items()
    ]
    return [*lines, ""]


def _measured(known: dict[str, Any]) -> list[str]:
    """Return what was measured, when and where."""
    lines = [
        "",
        "## What was measured",
        "",
        known["machine"],
        "",
        "| figure of `make bench` | | day |",
        "|---|---|---|",
    ]
    lines += [f"| {one['title']} | {one['figure']:.4g} | {one['day']} |" for one in known["figures"].values()]
    return [*lines, ""]


def _power(n: int) -> str:
    return f"10^{len(str(n)) - 1}"


def _span(seconds: float) -> str:
    """Return a span of time with two digits."""
    for unit, length in (("years", 365 * 86400), ("days", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{float(f'{seconds / length:.2g}'):g} {unit}"
    return f"{float(f'{seconds:.2g}'):g} s"


def _bytes(n: float) -> str:
    for unit, size in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if n >= size:
            return f"{float(f'{n / size:.2g}'):g} {unit}"
    return f"{float(f'{n:.2g}'):g} bytes"


if __name__ == "__main__":
    FIGURES.write_text(json.dumps(take_over(), indent=1) + "\n", encoding="utf-8")
