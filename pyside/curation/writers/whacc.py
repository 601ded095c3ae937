"""Writes the labels of all recordings of a session as one HDF5 file with the keys of WhACC, without its images.

With n frames of v videos, one after the other, and c classes:

- ``labels``, float64, (n,): the label of a person, -1 where there is none;
- ``yhat``, int64, (n,): the label of the model, -1 for a frame that is left out;
- ``yhat_proba``, float32: with two classes (n,), the probability of a touch, else (n, c); NaN for a frame without one;
- ``frame_nums``, int64, (v,): the number of frames of each video;
- ``trial_nums_and_frame_nums``, float64, (2, v): its trial number, and again its number of frames;
- ``file_name_nums``, float64, (n,): the trial number of each frame;
- ``full_file_names``, (v,), UTF-8: file names of the videos; their paths if two videos have one name;
- ``in_range``, float64, (n,): 1 for a frame that the network looked at, else 0;
- ``class_names``, (c,): the names of the labels 0, 1, ..., of which 0 is the class without touch;
- ``origin_of_label``, uint8, (n,), if ``yhat`` is the label of frames that nobody looked at: 0 for those, else as in
  `pyside.reviewing.corrections`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.curation.marks import LEFT_OUT, Marks, ReviewedMarks, none_first
from pyside.curation.writers.csv_files import names_of_videos
from pyside.data.labels.machine_made import ORIGINS
from pyside.data.recordings.pairing import trial_in
from pyside.errors import printable


def write_whacc(
    path: Path,
    videos: Sequence[Path],
    lengths: Sequence[int],
    marks: Iterable[Marks],
    trial_pattern: str | None = None,
    of_model: bool = True,
    all_frames: bool = False,
) -> None:
    """Write the labels of recordings.

    Args:
        path: of the file.
        videos: of the recordings; at least one.
        lengths: their numbers of frames.
        marks: of each recording, in the same order; `ReviewedMarks` have labels of a person.
        trial_pattern: as in `trial_in`. Where a number is missing, or not unique, the videos are counted from 1.
        of_model: whether there is a model; without it, there are no keys for what it says.
        all_frames: whether frames that nobody looked at have the label of the model.

    Raises:
        OSError: the file cannot be written.
    """
    import h5py

    n, ends = sum(lengths), np.cumsum([0, *lengths]).tolist()
    trials = _trials(videos, trial_pattern)
    of_frames = {"labels": "f8", "in_range": "f8", **({"yhat": "i8"} if of_model else {})}
    of_frames |= {ORIGINS: "u1"} if all_frames and of_model else {}
    with h5py.File(path, "w") as file:
        file["frame_nums"] = np.array(lengths, np.int64)
        file["trial_nums_and_frame_nums"] = np.array([trials, lengths], np.float64)
        file["file_name_nums"] = np.repeat(np.array(trials, np.float64), lengths)
        file["full_file_names"] = np.array([name.encode() for name in names_of_videos(videos)])
        for name, kind in of_frames.items():
            file.create_dataset(name, (n,), kind)
        for start, stop, one in zip(ends, ends[1:], marks, strict=False):
            order = none_first(one.class_names)
            if start == 0:
                file["class_names"] = [printable(one.class_names[index]) for index in order]
            if of_model and start == 0:
                file.create_dataset("yhat_proba", (n, len(order)) if len(order) > 2 else (n,), "f4")
            for name, values in _columns(one, order).items():
                if name in file:
                    file[name][start:stop] = values


def _columns(marks: Marks, order: Sequence[int]) -> dict[str, Array]:
    """Return the values of the frames of a recording by key."""
    codes = np.append(np.argsort(order), LEFT_OUT)  # -1 takes the last one
    reviewed = isinstance(marks, ReviewedMarks)
    origins = marks.origins if isinstance(marks, ReviewedMarks) else np.zeros(marks.n_frames, np.uint8)
    machine = marks.machine if isinstance(marks, ReviewedMarks) else marks.labels
    persons = np.where(origins > 0, marks.labels, LEFT_OUT) if reviewed else np.full(marks.n_frames, LEFT_OUT)
    probabilities = marks.probabilities[:, order]
    return {
        "labels": codes[persons],
        "yhat": codes[machine],
        "yhat_proba": probabilities[:, 1] if len(order) == 2 else probabilities,
        "in_range": marks.why == 0,
        ORIGINS: origins,
    }


def _trials(videos: Sequence[Path], pattern: str | None) -> list[int]:
    found: list[Any] = [trial_in(video, pattern) for video in videos]
    return found if None not in found and len({*found}) == len(found) else [*range(1, len(videos) + 1)]
