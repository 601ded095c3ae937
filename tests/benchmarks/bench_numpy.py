"""How long legacy NumPy sets take into a dataset folder beside only loading them and making them uint8."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from pyside.data.conversion.from_numpy import convert_numpy

Row = tuple[str, float, float, str, str]
FRAMES, SIDE = 20_000, 61
ROUNDS = 7


def write(folder: Path, order: str) -> None:
    """Write one pair of the older tool: float64, column-major as npy-matlab writes it ("F"), or row-major ("C")."""
    frames = np.random.default_rng(0).integers(0, 256, (FRAMES, SIDE, SIDE)).astype(np.float64)
    np.save(folder / "Train_Data_1_Session_1.npy", np.asarray(frames, order=order))
    np.save(folder / "Train_Labels_1_Session_1.npy", np.asfortranarray((np.arange(FRAMES) % 2.0)[:, None]))


def only_load(folder: Path) -> float:
    """Load the frames and make them uint8, and tell the seconds."""
    began = time.perf_counter()
    np.load(folder / "Train_Data_1_Session_1.npy").astype(np.uint8)
    return time.perf_counter() - began


def convert(folder: Path) -> float:
    """Convert the pair into a dataset, in this process, and tell the seconds."""
    with tempfile.TemporaryDirectory() as place:
        began = time.perf_counter()
        convert_numpy(folder, Path(place) / "set", {"pixel_range": (0, 255)})
        return time.perf_counter() - began


def measure() -> list[Row]:
    """Time both in turn, in several rounds."""
    rows: list[Row] = []
    for order, name in (("F", "npy-matlab's order"), ("C", "NumPy's order")):
        with tempfile.TemporaryDirectory() as place:
            write(Path(place), order)
            rounds = []
            for number in range(ROUNDS + 1):
                if number % 2:
                    loading, converting = only_load(Path(place)), convert(Path(place))
                else:
                    converting, loading = convert(Path(place)), only_load(Path(place))
                rounds.append((loading, converting))
        of_loading, of_converting = np.array(rounds[1:]).T
        ratio = float(np.median(of_loading / of_converting))
        rows += [
            (f"numpy -> dataset: frames/s, {name}", 0, float(np.median(FRAMES / of_converting)), "1/s", "told"),
            (f"numpy -> dataset / np.load + astype, {name}", 0.5, ratio, "x", "at least"),
        ]
    return rows


if __name__ == "__main__":
    for row in measure():
        print(*row)
