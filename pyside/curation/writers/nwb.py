"""Writes the labels of a recording as a file of Neurodata Without Borders (NWB), by pynwb.

``intervals/labels``, a table of TimeIntervals, has a row for each run of frames with one label, so that each frame is
in exactly one row: ``start_time`` and ``stop_time``, in seconds from the first frame on by ``frame_rate``, a stop being
that of the first frame after the run; ``label``, the name of the class, or ``left out``; ``first_frame`` and
``last_frame``, counted from 0; ``frame_rate``; and ``video``, the name of its file. The description of the table says
who made the labels, with their origin if that is a model (see `data.labels.machine_made`). The subject is not known,
nor when the session started: its time is that of the video file.
"""

from __future__ import annotations

import datetime
import warnings
from pathlib import Path

import numpy as np

from pyside.curation.marks import Marks
from pyside.curation.writers.states import origin_of, states
from pyside.errors import printable
from pyside.system.paths import is_there

_COLUMNS = {
    "label": "Name of the class of these frames; 'left out' if they have no label.",
    "first_frame": "First frame of the run, counted from 0.",
    "last_frame": "Last frame of the run, counted from 0.",
    "frame_rate": "Frames per second of the camera.",
    "video": "Name of the video file.",
}


def write_nwb(path: Path, marks: Marks, of_model: bool = True) -> None:
    """Write the labels of a recording.

    Args:
        path: of the file.
        marks: the labels; their ``frame_rate`` must be known.
        of_model: whether the labels are those of a model.

    Raises:
        OSError: the file cannot be written.
    """
    from pynwb import NWBHDF5IO, NWBFile
    from pynwb.epoch import TimeIntervals
    from pynwb.file import Subject

    rate, video = marks.frame_rate, printable(marks.video.name or marks.name)
    assert rate
    seconds = marks.video.stat().st_mtime if is_there(marks.video) else 0
    file = NWBFile(
        session_description=f"The label of each frame of the video {video}.",
        identifier=f"{printable(marks.name)} {marks.video_sha256}",
        session_start_time=datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc),
        subject=Subject(subject_id="unknown", sex="U", age="P0D/", description="Not known."),  # of any age
    )
    table = TimeIntervals(name="labels", description=_description(marks, video, of_model))
    for name, text in _COLUMNS.items():
        table.add_column(name, text)
    for start, stop, label in states(marks):
        times = {"start_time": start / rate, "stop_time": stop / rate}
        table.add_row(**times, label=label, first_frame=start, last_frame=stop - 1, frame_rate=rate, video=video)
    file.add_time_intervals(table)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the name of a file that does not have its final one yet
        with NWBHDF5IO(str(path), "w") as out:
            out.write(file)


def _description(marks: Marks, video: str, of_model: bool) -> str:
    names = ", ".join(map(printable, marks.class_names))
    text = f"Labels of all {marks.n_frames} frames of {video}, of the classes {names}. Written by TouchTrain. "
    if not of_model:
        return f"{text}A person has reviewed the labels of a model or given them."
    seen = int(np.count_nonzero(marks.why == 0))
    return (
        f"{text}A model, whose file has the SHA-256 {marks.model_sha256}, made the labels of {seen} frames that it "
        f"looked at. Origin: {origin_of(marks)}."
    )
