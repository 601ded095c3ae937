"""Small videos whose frames are known."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path

import av
import numpy as np
import pytest

FRAMES, HEIGHT, WIDTH = 30, 48, 64
# One name, composed, as most write it, and decomposed, as Macs and their zip files do.
COMPOSED, DECOMPOSED = unicodedata.normalize("NFC", "März01"), unicodedata.normalize("NFD", "März01")
ODD = "ma\udcdfe"  # maße in Latin-1, as Python has a name that is no UTF-8
with_links = pytest.mark.skipif(os.name == "nt", reason="links take a right of their own on Windows")
with_odd_names = pytest.mark.skipif(sys.platform != "linux", reason="names of files are Unicode here")
with_both_forms = pytest.mark.skipif(sys.platform == "darwin", reason="the two are one name on this disk")
WriteVideo = Callable[..., Path]


def numbered_frames(n: int = FRAMES, height: int = HEIGHT, width: int = WIDTH, seed: int = 0) -> np.ndarray:
    """Return uint8 (n, height, width) frames: blocks of 8 pixels, bright and dark, new in every frame."""
    rng = np.random.default_rng(seed)
    blocks = rng.integers(40, 220, (n, height // 8, width // 8), dtype=np.uint8)
    return blocks.repeat(8, axis=1).repeat(8, axis=2)


@pytest.fixture
def write_video(tmp_path: Path) -> WriteVideo:
    """A function that writes frames as a lossless grey video below the test's folder and returns its path."""

    def write(name: str = "one.avi", frames: np.ndarray | None = None, codec: str = "ffv1") -> Path:
        frames = numbered_frames() if frames is None else frames
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with av.open(str(path), "w") as container:
            stream = container.add_stream(codec, rate=500)
            stream.height, stream.width, stream.pix_fmt = *frames.shape[1:], "gray" if codec == "ffv1" else "yuv420p"
            for frame in frames:
                container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="gray")))
            container.mux(stream.encode(None))
        return path

    return write


def label_vectors(lengths: Sequence[int], seed: int = 1) -> list[np.ndarray]:
    """Return 0/1 labels, one vector a video, with both classes in each."""
    rng = np.random.default_rng(seed)
    vectors = [(rng.random(n) < 0.4).astype(np.uint8) for n in lengths]
    for vector in vectors:
        vector[:2] = 0, 1
    return vectors
