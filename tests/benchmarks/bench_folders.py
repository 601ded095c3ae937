"""How long class folders take into a dataset folder beside only decoding their images with Pillow."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PIL import Image

import pyside
from pyside.system.parallel import spread, usable_cores

Row = tuple[str, float, float, str, str]
IMAGES, SIDE = 10_000, 128
CHUNK = 100
ROUNDS = 7


def render(root: Path) -> list[str]:
    """Write JPEGs of a coloured texture with the noise of a sensor, in two classes; return their paths."""
    rng = np.random.default_rng(0)
    paths = []
    for number in range(IMAGES):
        texture = Image.fromarray(rng.integers(40, 216, (SIDE // 4, SIDE // 4, 3), dtype=np.uint8))
        pixels = np.asarray(texture.resize((SIDE, SIDE), Image.Resampling.BICUBIC)).astype(int)
        pixels += rng.integers(-12, 13, pixels.shape)
        path = root / ("NonTouch", "Touch")[number % 2] / f"{number:05d}.jpg"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(path, quality=90)
        paths.append(str(path))
    return paths


def load(paths: list[str]) -> int:
    """Decode images, and do nothing with them."""
    from PIL import Image

    for path in paths:
        with Image.open(path) as image:
            image.load()
    return len(paths)


def only_decode(paths: list[str], workers: int) -> float:
    """Decode images in several processes, and tell the seconds, the start of the processes among them."""
    began = time.perf_counter()
    chunks = [paths[start : start + CHUNK] for start in range(0, len(paths), CHUNK)]
    assert sum(spread(load, chunks, workers)) == len(paths)
    return time.perf_counter() - began


def convert(root: Path, workers: int) -> float:
    """Convert the folders, steered from this process, and tell the seconds."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        pyside.convert_folders(root, Path(folder) / "set", workers=workers, isolated=False)
        return time.perf_counter() - began


def measure() -> list[Row]:
    """Time both in turn, in several rounds, in one process and in one a core."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        paths = render(Path(folder))
        for workers in sorted({1, usable_cores()}):
            rounds = []
            for number in range(ROUNDS + 1):
                if number % 2:
                    decoding, converting = only_decode(paths, workers), convert(Path(folder), workers)
                else:
                    converting, decoding = convert(Path(folder), workers), only_decode(paths, workers)
                rounds.append((decoding, converting))
            of_decoding, of_converting = np.array(rounds[1:]).T
            where = f"{workers} process{'es' if workers > 1 else ''}"
            speed, ratio = np.median(IMAGES / of_converting), np.median(of_decoding / of_converting)
            rows += [
                (f"class folders -> dataset: images/s, {where}", 0, float(speed), "1/s", "told"),
                (f"class folders -> dataset / only decoding, {where}", 0.9, float(ratio), "x", "at least"),
            ]
    return rows


if __name__ == "__main__":
    for row in measure():
        print(row)
