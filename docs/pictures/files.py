"""Pictures of the files that are handed over: folders as they are listed, and label files as small tables.

Each label file is written here, read by TouchTrain, and must give the labels that the videos have.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from docs.pictures.lab import Lab
from docs.pictures.record import picture

MONO = "DejaVu Sans Mono"
POINT = 10
INCH = 0.0835 * POINT / 10  # of a letter
LINE = 0.21 * POINT / 10  # of a line
Rows = Sequence[Sequence[str]]
Touches = list[list[tuple[int, int]]]


# --- folders ---------------------------------------------------------------------------------------------------------


@picture("A folder with six videos, labels.mat and centers.mat")
def files_video_folder(lab: Lab, path: Path) -> None:
    """What convertVideos takes."""
    draw_text("A folder of videos, a label file and a file of centres", listing(lab.example), path)


@picture("A folder with one folder of images for each class, Touch and NonTouch")
def files_class_folders(lab: Lab, path: Path) -> None:
    """What convertFolders takes."""
    import pyside

    root = class_folders(lab)
    pyside.convert_folders(root, lab.folder / "from-folders")
    draw_text("One folder of images per class", listing(root, 4), path)


@picture("Folders with NumPy files: frames.npy and labels.npy, or pairs of Train and Valid files")
def files_numpy(lab: Lab, path: Path) -> None:
    """What convertNumpy takes."""
    import pyside

    frames, labels = (np.load(lab.dataset / f"whisker001.{kind}.npy") for kind in ("frames", "labels"))
    plain, pairs = lab.folder / "arrays", lab.folder / "legacy"
    for folder in (plain, pairs):
        folder.mkdir(exist_ok=True)
    np.save(plain / "frames.npy", frames)
    np.save(plain / "labels.npy", labels)
    for side, part in (("Train", slice(0, 150)), ("Valid", slice(150, None))):
        np.save(pairs / f"{side}_Data_1.npy", frames[part])
        np.save(pairs / f"{side}_Labels_1.npy", labels[part])
    for folder in (plain, pairs):
        pyside.convert_numpy(folder, lab.folder / f"from-{folder.name}")
    lines = []
    for folder in (plain, pairs):
        lines += [f"{folder.name}/"]
        for file in sorted(folder.iterdir()):
            array = np.load(file, mmap_mode="r")
            lines.append(f"  {file.name:22s}{array.dtype!s:8s}{' x '.join(map(str, array.shape))}")
    draw_text("NumPy files: one pair of arrays, or the pairs of the older tool", lines, path)


@picture("A folder of TFRecord files as export tfrecords writes it")
def files_tfrecords(lab: Lab, path: Path) -> None:
    """What convertTfrecords takes."""
    import pyside

    pyside.export_tfrecords(lab.convert("two", 2), lab.folder / "records", shard_frames=200)
    draw_text("TFRecords", listing(lab.folder / "records"), path)


@picture("Variables of MATLAB: frames as a cell of 32 x 32 x n arrays, and labels as a cell of vectors")
def files_workspace(lab: Lab, path: Path) -> None:
    """What convertArrays takes."""
    text = "[frames, labels, names] = make_example_arrays();"
    lengths = enumerate((200, 180, 220), 1)
    rows = [(f"{{{k}}}", f"32 x 32 x {n}  uint8", f"1 x {n}  double", f"whisker{k:02d}") for k, n in lengths]
    draw_table(text, ("", "frames", "labels", "names"), [*rows, ("...",) * 4], path)


@picture("A dataset folder: three files of NumPy for each recording, and dataset.json")
def files_dataset(lab: Lab, path: Path) -> None:
    """What a conversion writes."""
    draw_text("A dataset, as a conversion writes it", listing(lab.convert("two", 2)), path)


@picture("A file of centres: a cell with one matrix of x and y per video, NaN where there is no pole")
def centers_mat(lab: Lab, path: Path) -> None:
    """Centres of all videos."""
    centers = lab.vectors(lab.example, "centers")[0]
    first = int(np.flatnonzero(np.isfinite(centers[:, 0]))[0])
    rows = [
        (str(k + 1), *(f"{one:.2f}".replace("nan", "NaN") for one in centers[k])) for k in range(first - 2, first + 4)
    ]
    title = f"centers.mat: centers{{1}}, {len(centers)} x 2, pixels from 1"
    draw_table(title, ("frame", "x", "y"), [("...",) * 3, *rows, ("...",) * 3], path)


@picture("A .bar file: one line per frame with its number and the x and y of the pole")
def centers_bar(lab: Lab, path: Path) -> None:
    """Centres of one video."""
    from pyside.data.recordings.regions.center_files import read_bar_file

    centers = lab.vectors(lab.example, "centers")[0]
    known = np.flatnonzero(np.isfinite(centers[:, 0]))
    lines = [f"{k} {centers[k, 0] - 1:.1f} {centers[k, 1] - 1:.1f}" for k in known]
    file = lab.folder / "whisker001.bar"
    file.write_text("\n".join(lines) + "\n", encoding="ascii")
    read_bar_file(file)
    draw_text("whisker001.bar: frame from 0, x, y", [*lines[:5], "..."], path)


# --- labels ----------------------------------------------------------------------------------------------------------


@picture("labels.mat as a cell with one vector of 0 and 1 per video, paired in the order of the names")
def labels_cell(lab: Lab, path: Path) -> None:
    """One vector per video."""
    check(lab, lab.example / "labels.mat")
    rows = [
        (f"{{{k}}}", around(vector), f"1 x {len(vector)}", f"whisker{k:03d}.mp4")
        for k, vector in enumerate(lab.vectors(lab.example), 1)
    ]
    draw_table("labels.mat: labels, a cell", ("cell", "labels, one per frame", "size", "video (in order)"), rows, path)


@picture("labels.mat as a struct array with the fields video, labels, animal and camera")
def labels_structs(lab: Lab, path: Path) -> None:
    """One struct per video."""
    from scipy.io import savemat

    vectors = lab.vectors(lab.example)
    tags = [("m1" if k < 3 else "m2", "left" if k % 2 else "right") for k in range(len(vectors))]
    kinds = [("video", object), ("labels", object), ("animal", object), ("camera", object)]
    array = np.zeros((1, len(vectors)), kinds)
    for k, (vector, (animal, camera)) in enumerate(zip(vectors, tags, strict=True)):
        array[0, k] = (f"whisker{k + 1:03d}.mp4", vector.astype(float), animal, camera)
    file = lab.folder / "labels_structs.mat"
    savemat(file, {"labels": array})
    check(lab, file)
    rows = [
        (f"({k + 1})", one["video"], around(one["labels"]), one["animal"], one["camera"])
        for k, one in enumerate(array[0])
    ]
    draw_table("labels.mat: labels, a struct array", ("", "video", "labels", "animal", "camera"), rows, path)


@picture("A CSV file with the columns video, frame and label, one row per frame")
def labels_by_frame(lab: Lab, path: Path) -> None:
    """One row per frame."""
    rows = [(video, frame, ("NonTouch", "Touch")[label]) for video, frame, label in each_frame(lab)]
    table(lab, path, "labels_by_frame.csv", ("video", "frame", "label"), rows, about_first(lab))


@picture("A CSV file of bouts with the columns video, start_frame, end_frame and label")
def labels_bouts(lab: Lab, path: Path) -> None:
    """One row per touch, in frames."""
    rows = [(f"whisker{v:03d}.mp4", start + 1, stop, "Touch") for v, start, stop in runs(lab)]
    table(lab, path, "labels_bouts.csv", ("video", "start_frame", "end_frame", "label"), rows)


@picture("A CSV file of bouts with the columns video, start_s, stop_s, label and fps")
def labels_bouts_seconds(lab: Lab, path: Path) -> None:
    """One row per touch, in seconds."""
    seconds = [(v, f"{start / 500:.3f}", f"{stop / 500:.3f}") for v, start, stop in runs(lab)]
    rows = [(f"whisker{v:03d}.mp4", start, stop, "Touch", 500) for v, start, stop in seconds]
    table(lab, path, "labels_seconds.csv", ("video", "start_s", "stop_s", "label", "fps"), rows)


@picture("A CSV file with one column of 0 and 1 for each behaviour, Touch and NonTouch")
def labels_behaviours(lab: Lab, path: Path) -> None:
    """One column per behaviour."""
    rows = [(video, frame, label, 1 - label) for video, frame, label in each_frame(lab)]
    table(lab, path, "labels_behaviours.csv", ("video", "frame", "Touch", "NonTouch"), rows, about_first(lab))


@picture("A table of tabular events of BORIS: one row for each START and STOP of the behaviour Touch")
def labels_boris(lab: Lab, path: Path) -> None:
    """Tabular events of BORIS; columns without interest here are left out."""
    head = ("Observation id", "Media duration (s)", "FPS", "Behavior", "Behavior type", "Time", "Media file name")
    rows = [
        (f"trial {v}", "0.4", 500, "Touch", kind, f"{frame / 500:.3f}", f"whisker{v:03d}.mp4")
        for v, start, stop in runs(lab)
        for kind, frame in (("START", start), ("STOP", stop))
    ]
    table(lab, path, "boris_events.csv", head, rows)


@picture("A label file of DeepEthogram: one row per frame with the columns background and Touch")
def labels_deepethogram(lab: Lab, path: Path) -> None:
    """The file of one video."""
    vector = lab.vectors(lab.example)[0]
    rows = [(k, 1 - int(one), int(one)) for k, one in enumerate(vector)]
    table(lab, path, "whisker001_labels.csv", ("", "background", "Touch"), rows, about_first(lab), 1)


@picture("A label file of Audacity: lines with start and end in seconds, and the label")
def labels_audacity(lab: Lab, path: Path) -> None:
    """The labels of one video."""
    lines = [f"{start / 500:.6f}\t{stop / 500:.6f}\tTouch" for v, start, stop in runs(lab) if v == 1]
    file = lab.folder / "whisker001.txt"
    file.write_text("\n".join(lines) + "\n", encoding="ascii")
    check(lab, file, 1)
    draw_text("whisker001.txt: labels of Audacity", [line.replace("\t", "   ") for line in lines], path)


@picture("A label file of JAABA: a struct with t0s, t1s and names")
def labels_jaaba(lab: Lab, path: Path) -> None:
    """The labels of one video."""
    from scipy.io import savemat

    vector = lab.vectors(lab.example)[0]
    edges = np.flatnonzero(np.diff(vector)) + 1
    bounds = np.r_[0, edges, len(vector)]
    names = ["Touch" if vector[start] else "None" for start in bounds[:-1]]
    cells = [np.empty((1, 1), object) for _ in range(3)]
    for cell, value in zip(cells, (bounds[:-1] + 1.0, bounds[1:] + 1.0, np.array(names, object)), strict=True):
        cell[0, 0] = value
    file = lab.folder / "labels_jaaba.mat"
    savemat(file, {"labels": dict(zip(("t0s", "t1s", "names"), cells, strict=True))})
    check(lab, file, 1)
    rows = [(f"{start + 1}", f"{stop + 1}", name) for start, stop, name in zip(bounds, bounds[1:], names, strict=False)]
    head = ("labels.t0s{1}", "labels.t1s{1}", "labels.names{1}")
    draw_table("labels.mat of JAABA: one row per bout", head, rows, path)


@picture("An HDF5 file of WhACC: labels, frame numbers and names of the videos")
def labels_whacc(lab: Lab, path: Path) -> None:
    """A file that curate writes; its labels are -1 until a person gives some."""
    draw_text("A file of WhACC", contents(lab.results("whacc", "*.h5"), 9), path)


@picture("Intervals in an NWB file: start_time, stop_time and label of each bout")
def labels_nwb(lab: Lab, path: Path) -> None:
    """A file that curate writes."""
    import h5py

    file = lab.results("nwb", "*.nwb")
    with h5py.File(file) as opened:
        group = opened["intervals"]["labels"]
        columns = [[text_of(one) for one in group[name][:8]] for name in ("start_time", "stop_time", "label")]
    head = ("start_time (s)", "stop_time (s)", "label")
    draw_table(f"{file.name}: intervals/labels", head, [*zip(*columns, strict=True), ("...",) * 3], path)


@picture("A contact array: a cell with one struct per trial, with trialNum and contactInds")
def labels_contacts(lab: Lab, path: Path) -> None:
    """One struct per trial."""
    from scipy.io import savemat

    vectors = lab.vectors(lab.example)
    cells = np.empty((1, len(vectors)), object)
    rows = []
    for k, vector in enumerate(vectors):
        inds = np.empty((1, 1), object)
        inds[0, 0] = np.flatnonzero(vector) + 1.0
        cells[0, k] = {"trialNum": float(k + 1), "contactInds": inds}
        first, *_ = touches([vector])[0]
        numbers = inds[0, 0][: first[1] - first[0] + 1].astype(int)
        shown = f"{numbers[0]} {numbers[1]} ... {numbers[-2]} {numbers[-1]} ..."
        rows.append((f"{{{k + 1}}}", str(k + 1), f"{{[{shown}]}}", f"whisker{k + 1:03d}.mp4"))
    file = lab.folder / "contacts.mat"
    savemat(file, {"contacts": cells})
    check(lab, file)
    head = ("contacts", "trialNum", "contactInds, frames from 1", "video (by number)")
    draw_table("contacts.mat: a contact array", head, rows, path)


def table(
    lab: Lab,
    path: Path,
    name: str,
    head: Sequence[str],
    rows: Sequence[Any],
    part: slice = slice(0, 8),
    videos: int = 6,
) -> None:
    """Write a CSV file, check it, and draw some of its rows."""
    with (lab.folder / name).open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head, *rows])
    check(lab, lab.folder / name, videos)
    shown = [tuple(map(str, row)) for row in rows[part]]
    dots = [("...",) * len(head)]
    draw_table(name, head, [*(dots if part.start else []), *shown, *(dots if len(rows) > part.stop else [])], path)


def check(lab: Lab, labels: Path, videos: int = 6) -> None:
    """Make sure that a label file gives the labels of the videos."""
    import pyside

    files: list[Any] = sorted((lab.example / "videos").iterdir())[:videos]
    vectors, centers = (lab.vectors(lab.example, name)[:videos] for name in ("labels", "centers"))
    where: dict[str, Any] = {"centers": [one - 1 for one in centers]}
    found = pyside.convert_videos(files, labels, lab.folder / "checked-set", check=True, **where)
    if found["counts"]["Touch"] != sum(int(vector.sum()) for vector in vectors):
        raise ValueError(f"{labels.name} is not read as the labels of the videos: {found['faults']} {found['counts']}")


def touches(vectors: Sequence[np.ndarray]) -> Touches:
    """Return the touches of each video: first frame from 0, and the one after the last."""
    edges = [np.flatnonzero(np.diff(np.r_[0, vector.astype(int), 0])).reshape(-1, 2) for vector in vectors]
    return [[(int(start), int(stop)) for start, stop in one] for one in edges]


def runs(lab: Lab) -> list[tuple[int, int, int]]:
    """Return number of the video from 1, first frame from 0 and the one after the last of each touch."""
    return [(v, *one) for v, found in enumerate(touches(lab.vectors(lab.example)), 1) for one in found]


def each_frame(lab: Lab) -> list[tuple[str, int, int]]:
    """Return video, frame from 1 and label of every frame."""
    vectors = enumerate(lab.vectors(lab.example), 1)
    return [(f"whisker{v:03d}.mp4", k, int(one)) for v, vector in vectors for k, one in enumerate(vector, 1)]


def about_first(lab: Lab) -> slice:
    """Return which frames stand around the first touch of the first video."""
    first = runs(lab)[0][1]
    return slice(first - 2, first + 3)


def around(vector: np.ndarray) -> str:
    """Return a vector as a text, shortened to what stands around its first touch."""
    (start, stop), *_ = touches([vector])[0]
    numbers = [*("0" * 3), "...", "0", "0", *("1" * min(4, stop - start)), "...", "0", "0"]
    return " ".join(numbers)


def class_folders(lab: Lab) -> Path:
    """Return a folder with some frames as images, by class."""
    from PIL import Image

    root = lab.folder / "images"
    frames, labels = (np.load(lab.dataset / f"whisker001.{kind}.npy") for kind in ("frames", "labels"))
    for label, name in enumerate(("NonTouch", "Touch")):
        (root / name).mkdir(parents=True, exist_ok=True)
        for k in np.flatnonzero(labels == label)[:20]:
            Image.fromarray(frames[k, ..., 0]).save(root / name / f"frame{k + 1:04d}.png")
    return root


def listing(folder: Path, most: int = 9) -> list[str]:
    """Return a folder as lines: names, and sizes of files."""
    lines = [f"{folder.name}/"]

    def add(inside: Path, depth: int) -> None:
        entries = sorted(inside.iterdir(), key=lambda one: (one.is_file(), one.name))
        for one in entries[:most]:
            name = "  " * depth + one.name + ("/" if one.is_dir() else "")
            size = f"{max(1, one.stat().st_size // 1024):>8,} kB" if one.is_file() else ""
            lines.append(f"{name:34s}{size}")
            if one.is_dir():
                add(one, depth + 1)
        if len(entries) > most:
            lines.append("  " * depth + f"... and {len(entries) - most} more")

    add(folder, 1)
    return lines


def contents(file: Path, most: int) -> list[str]:
    """Return the datasets in an HDF5 file as lines."""
    import h5py

    lines: list[str] = []

    def add(name: str, one: Any) -> None:
        if isinstance(one, h5py.Dataset):
            lines.append(f"{name:28s}{one.dtype!s:10s}{one.shape}")

    with h5py.File(file) as opened:
        opened.visititems(add)
    return lines[:most] + (["..."] if len(lines) > most else [])


def text_of(value: Any) -> str:
    """Return a value of an HDF5 file as a text."""
    return value.decode() if isinstance(value, bytes) else f"{value:g}"


# --- drawing ---------------------------------------------------------------------------------------------------------


def draw_text(title: str, lines: Sequence[str], path: Path) -> None:
    """Draw lines as a terminal shows them, under a title."""
    draw_table(title, None, [(line,) for line in lines], path)


def draw_table(title: str, head: Sequence[str] | None, rows: Rows, path: Path) -> None:
    """Draw a table under its title, each column as wide as its longest text."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

    lines = [*([tuple(head)] if head else []), *rows]
    widths = [max(len(line[column]) for line in lines) + 3 for column in range(len(lines[0]))]
    wide, high = max(sum(widths), len(title) + 3) * INCH + 0.3, (len(lines) + 2.2) * LINE
    figure = Figure(figsize=(wide, high), dpi=130, facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, wide), ylim=(high, 0))
    axes.set_axis_off()
    axes.text(0.15, 0.9 * LINE, title, fontsize=POINT, weight="bold", va="center")
    top, lefts = 1.7 * LINE, 0.15 + np.cumsum([0, *widths]) * INCH
    if head:
        axes.add_patch(Rectangle((0.15, top), lefts[-1] - 0.15, LINE, color="#e7eefb"))
    for k, line in enumerate(lines):
        for left, text in zip(lefts, line, strict=False):
            font: dict[str, Any] = {"size": POINT, "family": MONO, "weight": "bold" if head and k == 0 else "normal"}
            axes.text(left + INCH, top + (k + 0.5) * LINE, text, va="center", **font)
        if head:
            axes.plot([0.15, lefts[-1]], [top + (k + 1) * LINE] * 2, color="#c9d3e3", linewidth=0.7)
    axes.add_patch(Rectangle((0.15, top), lefts[-1] - 0.15, len(lines) * LINE, fill=False, edgecolor="#8795aa"))
    figure.savefig(path)
