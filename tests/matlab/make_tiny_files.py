"""Small files for the tests of the MATLAB face: ``make_tiny_files.py videos|dropped|images|numpy|deep|model FOLDER``.

Frames are those of `tiny_arrays`: dark with some texture, and a bright square where the label is 1.
"""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path

import numpy as np

HEIGHT, WIDTH = 48, 64
FRAMES = {"first.avi": 48, "second.mp4": 40, "third.mp4": 48}


def frames_and_labels(n: int, seed: int, height: int = HEIGHT, width: int = WIDTH) -> tuple[np.ndarray, np.ndarray]:
    """Return frames, uint8 (n, height, width), and labels with touches of four frames."""
    labels = np.tile([0, 0, 0, 0, 1, 1, 1, 1], n // 8)
    frames = np.random.default_rng(seed).integers(40, 90, (n, height, width), dtype=np.uint8)
    frames[labels == 1, height // 2 - 5 : height // 2 + 5, width // 2 - 5 : width // 2 + 5] += 140
    return frames, labels


def make_videos(folder: Path) -> None:
    """Write first.avi (mpeg4), second.mp4 and third.mp4 (h264)."""
    import av

    for seed, (name, n) in enumerate(FRAMES.items()):
        codec = "mpeg4" if name.endswith(".avi") or "libx264" not in av.codecs_available else "libx264"
        with av.open(str(folder / name), "w") as file:
            stream = file.add_stream(codec, rate=500)
            stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
            for image in frames_and_labels(n, seed)[0]:
                file.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="gray")))
            file.mux(stream.encode())


def make_dropped(folder: Path) -> None:
    """Write dropped.avi, whose header and index count 25 frames, of which the 11th to 15th are empty."""
    import av

    with av.open(str(folder / "dropped.avi"), "w") as file:
        stream = file.add_stream("mjpeg", rate=25)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuvj420p"
        for time, image in zip([*range(10), *range(15, 25)], frames_and_labels(24, 0)[0], strict=False):
            frame = av.VideoFrame.from_ndarray(image, format="gray").reformat(format="yuvj420p")
            frame.pts, frame.time_base = time, Fraction(1, 25)
            file.mux(stream.encode(frame))
        file.mux(stream.encode())


def make_images(folder: Path) -> None:
    """Write the sub-folders Free and Held with PNG images of 24 x 24 pixels, 40 each."""
    from PIL import Image

    frames, labels = frames_and_labels(80, 0, 24, 24)
    for number, (image, label) in enumerate(zip(frames, labels, strict=True)):
        place = folder / ("Free", "Held")[label]
        place.mkdir(exist_ok=True)
        Image.fromarray(image).save(place / f"{number:03d}.png")


def make_numpy(folder: Path) -> None:
    """Write frames.npy, uint8 (80, 24, 24), and labels.npy."""
    frames, labels = frames_and_labels(80, 0, 24, 24)
    np.save(folder / "frames.npy", frames)
    np.save(folder / "labels.npy", labels)


def make_deep(folder: Path) -> None:
    """Write deep.tif, a stack of 12 bits in 16, and the same frames as frames.npy, double, with labels.npy."""
    import tifffile

    frames, labels = frames_and_labels(16, 0, 24, 24)
    tifffile.imwrite(folder / "deep.tif", frames.astype(np.uint16) * 16, photometric="minisblack")
    np.save(folder / "frames.npy", frames.astype(np.float64))
    np.save(folder / "labels.npy", labels)


def make_model(folder: Path) -> None:
    """Write known.h5, which finds the touches of the videos without having been trained, and bare.h5 without facts."""
    sys.path.insert(0, str(Path(__file__).parents[2]))
    from tests.curation.known_model import known_model

    how = {"middle": 10, "border": 135.0, "roi": (20, 20), "frame_size": (HEIGHT, WIDTH), "frame_rate": 500.0}
    known_model(folder / "known.h5", **how)
    known_model(folder / "bare.h5", **how, bare=True)


if __name__ == "__main__":
    target = Path(sys.argv[2])
    target.mkdir(parents=True, exist_ok=True)
    makers = {"videos": make_videos, "dropped": make_dropped, "images": make_images, "numpy": make_numpy}
    {**makers, "deep": make_deep, "model": make_model}[sys.argv[1]](target)
