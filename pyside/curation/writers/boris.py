"""Writes the labels of a recording as BORIS exports tabular events: one row for each START and each STOP.

Every class is a state, that without touch too, and so is ``left out`` (see `data.labels.bouts.behaviours`): each frame
is in exactly one, so that no frame has to be guessed. ``Time`` is that of the media file, in seconds from its first
frame on, by ``FPS``; a STOP is at the first frame after the state. ``Image index`` counts frames from 0. ``Media
file name`` is a path, as in BORIS. ``Comment`` holds the origin of labels that a model wrote, see
`data.labels.machine_made`.
"""

from __future__ import annotations

from pathlib import Path

from pyside.curation.marks import Marks
from pyside.curation.writers.csv_files import whole_table
from pyside.curation.writers.states import origin_of, states
from pyside.errors import printable

_HEAD = (
    "Observation id,Observation date,Description,Observation duration,Observation type,Source,Time offset (s),"
    "Media duration (s),FPS,Subject,Behavior,Behavioral category,Behavior type,Time,Media file name,Image index,"
    "Image file path,Comment"
).split(",")


def write_boris(path: Path, marks: Marks, of_model: bool = True) -> None:
    """Write the labels of a recording.

    Args:
        path: of the file.
        marks: the labels; their ``media_rate``, or else ``frame_rate``, must be known.
        of_model: whether the labels are those of a model.

    Raises:
        OSError: the file cannot be written.
    """
    rate = marks.media_rate or marks.frame_rate
    assert rate
    lasting = f"{marks.n_frames / rate:.6f}"
    name = printable(marks.name)
    video = printable(str(marks.video)) if marks.video.name else name
    comment = origin_of(marks) if of_model else ""
    of_all = [name, "", "Labels of TouchTrain", lasting, "Media file(s)", f"player #1:{video}", "0", lasting]
    events = [
        (frame, kind, label)
        for start, stop, label in states(marks)
        for frame, kind in ((start, "START"), (stop, "STOP"))
    ]
    rows = [
        [*of_all, f"{rate:.12g}", "", label, "", kind, f"{frame / rate:.6f}", video, frame, "NA", comment]
        for frame, kind, label in events
    ]
    path.write_bytes(whole_table([_HEAD, *rows]))
