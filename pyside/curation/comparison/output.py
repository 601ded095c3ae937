"""The folder of a comparison: a page for people, a picture of the labels, and JSON for programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pyside.aliases import Progress, Record
from pyside.curation.comparison import page, pictures, views
from pyside.curation.comparison.alignment import Labelled
from pyside.data.video.info import VideoInfo
from pyside.errors import Interrupted, NotWritable, printable
from pyside.settings.core import named
from pyside.system.files import write_errors, written_beside
from pyside.system.records import plain, write_json

PAGE, RECORD, PICTURE, SHEET = "comparison.html", "comparison.json", "traces.png", "disagreements.png"


def stop_if(should_stop: Callable[[], bool]) -> None:
    """Raise `Interrupted` if the comparison was asked to stop."""
    if should_stop():
        raise Interrupted("The comparison was stopped, and wrote nothing.")


def check_folder(folder: Path) -> None:
    """Check that a comparison may be written here: nothing of anybody else's is replaced.

    Raises:
        NotWritable: the folder is a file, or holds a file with the name of one of ours, without a comparison.
    """
    if folder.exists() and not folder.is_dir():
        raise NotWritable(f"{folder} is a file. Give a folder as {named('output')}.")
    others = [name for name in (PAGE, PICTURE, SHEET) if (folder / name).exists()]
    if others and not (folder / RECORD).is_file():
        raise NotWritable(
            f"{folder} holds {others[0]}, but no comparison, so it is not overwritten. Choose another folder for the "
            "output."
        )


def write(
    folder: Path,
    record: Record,
    labelled: Sequence[Labelled],
    infos: Mapping[str, VideoInfo],
    progress: Progress,
    should_stop: Callable[[], bool],
) -> Record:
    """Write a comparison, and return its record with ``output``, ``page``, ``picture`` and ``sheet``.

    Args:
        folder: where to; it is made if it does not exist. An earlier comparison there is replaced.
        record: what `compare` returns.
        labelled: the recordings with their labels.
        infos: the videos that are there, by name of the recording.
        progress: called with progress records.
        should_stop: asked between the parts of the work.

    Raises:
        NotWritable, DiskFull: it cannot be written.
        Interrupted: it was asked to stop.
    """
    progress({"stage": "reading frames"})
    warnings = list(record["warnings"])
    frames = views.frames_of(record["pairs"], labelled, infos, warnings, lambda: stop_if(should_stop))
    progress({"stage": "drawing"})
    shown = pictures.recordings_to_show(record["pairs"][0], labelled)
    found = {
        **record,
        "warnings": warnings,
        "output": str(folder),
        "page": str(folder / PAGE),
        "picture": str(folder / PICTURE),
        "sheet": str(folder / SHEET) if frames else None,
    }
    text = page.page(found, shown, frames)
    stop_if(should_stop)
    with write_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        write_json(folder / RECORD, plain(found))
        with written_beside(folder / PICTURE) as beside:
            beside.write_bytes(pictures.traces_png(shown, record["class_names"]))
        if frames:
            with written_beside(folder / SHEET) as beside:
                beside.write_bytes(pictures.sheet_png(record["pairs"][0]["disagreements"], frames))
        else:
            (folder / SHEET).unlink(missing_ok=True)
        with written_beside(folder / PAGE) as beside:
            beside.write_text(printable(text), encoding="utf-8", newline="\n")
    return found
