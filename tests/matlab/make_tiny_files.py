"""Small files for the tests of the MATLAB face, in FOLDER, by ``make_tiny_files.py KIND FOLDER``; KINDs are at the end.

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


def make_proven(folder: Path) -> None:
    """Write proven.h5, which carries probes, changed.h5 with another bit in a weight, and old.h5 without probes."""
    sys.path.insert(0, str(Path(__file__).parents[2]))
    from tests.curation.known_model import flip_a_bit, known_model, proven_model

    proven_model(folder / "proven.h5")
    flip_a_bit(proven_model(folder / "changed.h5"))
    known_model(folder / "old.h5")


def make_session(folder: Path) -> None:
    """Write a session as touchtrain.curate does, of the recordings ``trial 1`` (with letters beyond ASCII) and b."""
    sys.path.insert(0, str(Path(__file__).parents[2]))
    from pyside.curation.marking.session import Session
    from pyside.curation.marks import Marks, labels_of
    from pyside.curation.writers.results import write_results
    from pyside.evaluation.decision import Decision

    names, decision = ("NonTouch", "Ber\u00fchrung"), Decision("Ber\u00fchrung", 1, 0.5)
    model = {"path": "/models/m.h5", "sha256": "cd" * 32, "class_names": names}
    session = Session(folder, model, {}, {}, write_results)
    session.begin(["trial 1", "b"], [])
    videos = {"trial 1": "/M\u00e4use, links/trial 1.mp4", "b": "/videos/b.mp4"}
    touch = {"trial 1": [0.1, 0.7, 0.9, 0.5, 0.2, np.nan, 0.8, 0.3, 0.0], "b": [0.1, 0.2]}
    for name, video in videos.items():
        column = np.array(touch[name], np.float32)
        probabilities = np.stack([1 - column, column], axis=1)
        why = np.select([np.isnan(column), column == 0], [5, 4], 0).astype(np.uint8)
        labels = labels_of(probabilities, why, decision)
        marks = Marks(name, Path(video), names, probabilities, labels, why, decision, 500.0, "ab" * 32, "cd" * 32)
        session.finish(marks, ("mat", "csv", "npy") if name == "trial 1" else ("mat", "csv"), {})
    session.close()


def make_reviewed(folder: Path) -> None:
    """Write a session of ``first.avi`` in the folder ``videos`` beside it; a person said that frame 1 is a touch."""
    sys.path.insert(0, str(Path(__file__).parents[2]))
    import dataclasses

    from pyside.curation.regions.view import View
    from pyside.data.video.reader import file_sha256, probe
    from pyside.reviewing.corrections import Corrections
    from tests.curation.contacts.arrays import marks, session

    video = folder.with_name("videos") / "first.avi"
    info = probe(video)
    size, n = (info.height, info.width), info.n_frames
    view = View(np.zeros((n, 2), np.int32), size, size)
    one = dataclasses.replace(marks("first", np.zeros(n)), video=video, view=view, video_sha256=file_sha256(video))
    session(folder, [one])
    Corrections(folder, one.class_names, {"first": n}).add("first", "yes", 0, one.labels[:1], one.labels[:1] + 1)


def make_contacts(folder: Path) -> None:
    """Write a contact array like a real one, and what Python makes of it.

    contacts.mat has 422 cells of 20 to 28 frames. The session ``same`` says of the trials 1, 2 and 300 what they hold
    already; ``other`` says something else of them, of 42, which a person edited, and of 301. python.mat is contacts.mat
    with the touches of ``other``.
    """
    sys.path.insert(0, str(Path(__file__).parents[2]))
    from pyside.curation.contacts.write import write_contacts
    from pyside.settings import ContactSettings
    from tests.curation.contacts.arrays import like_the_real_one, marks, probabilities, saved, session

    held = like_the_real_one(n=20)
    saved(folder / "contacts.mat", held.pop("contacts"), **held)
    touch = {seed: {n: probabilities(seed + n, 20 + n % 9) for n in (1, 2, 42, 300, 301)} for seed in (0, 1000)}
    same = [marks(f"trial{n}", touch[0][n], why=np.where(touch[0][n] > 0.02, 0, 1)) for n in (1, 2, 300)]
    other = [marks(f"trial{n}", one) for n, one in touch[1000].items()]
    session(folder / "same", same)
    session(folder / "other", other)
    write_contacts(folder / "other", folder / "contacts.mat", folder / "python.mat", ContactSettings())


if __name__ == "__main__":
    target = Path(sys.argv[2])
    target.mkdir(parents=True, exist_ok=True)
    makers = {"videos": make_videos, "dropped": make_dropped, "images": make_images, "numpy": make_numpy}
    makers |= {"deep": make_deep, "model": make_model, "session": make_session, "contacts": make_contacts}
    makers |= {"reviewed": make_reviewed, "proven": make_proven}
    makers[sys.argv[1]](target)
