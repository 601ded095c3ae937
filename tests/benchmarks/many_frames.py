"""Made-up data of any number of frames: headers and labels are made up, and frames are repeated by links to one file.

``python tests/benchmarks/many_frames.py PART FOLDER`` measures a part in a process of its own, so that nothing else
counts, and prints a JSON object of its steps: seconds, and the bytes by which memory grew at most.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from pyside.data.dataset import DESCRIPTION, LEAVE_OUT, count_classes, open_dataset, taken
from pyside.data.description import FORMAT, READING
from pyside.data.frame_file import usual_head
from pyside.settings import TrainSettings
from pyside.system.records import write_json

CLASSES = ("NonTouch", "Touch")
SHAPE = (61, 61, 1)
KINDS = 16  # of recordings, whose lengths and labels differ; a file may have some ten thousand links
BATCH, BATCHES = 256, 40
SETTINGS = {"test_fraction": 0.1, "oversample": 0.3, "hard_negatives": 0.5, "report": False}
Steps = dict[str, dict[str, float]]


def made_up(folder: Path, n_recordings: int, n_frames: int) -> Path:
    """Make a dataset folder of recordings of about `n_frames` frames each, a group each."""
    folder.mkdir()
    kinds = [_kind(folder, number, n_frames) for number in range(KINDS)]
    entries = []
    for number in range(n_recordings):
        kind, labels = kinds[number % KINDS]
        name = f"recording{number:06d}"
        for what in ("frames", "labels"):
            os.link(f"{kind}.{what}.npy", folder / f"{name}.{what}.npy")
        groups = np.full(len(labels), number, np.int32)
        (folder / f"{name}.groups.npy").write_bytes(usual_head(groups.dtype, groups.shape) + groups.tobytes())
        source = {
            "kind": "video",
            "file": f"{name}.mp4",
            "sha256": f"{number:064x}",
            "bytes": 1 << 20,
            "frames": len(labels),
            "frames_kept": [[0, len(labels) - 1]],
        }
        entries.append(
            {
                "name": name,
                "original": name,
                "frames": len(labels),
                "source": source,
                "tags": {"animal": f"mouse{number % 7}", "camera": "ab"[number % 2]},
                "counts": count_classes(labels, CLASSES),
                "left_out": int(np.count_nonzero(labels == LEAVE_OUT)),
            }
        )
    for kind, _ in kinds:
        for what in ("frames", "labels"):
            os.unlink(f"{kind}.{what}.npy")
    head = {"format": FORMAT, "reading": READING, "class_names": list(CLASSES), "image_shape": list(SHAPE)}
    mapping = {str(index): name for index, name in enumerate(CLASSES)}
    write_json(folder / DESCRIPTION, {**head, "label_mapping": mapping, "recordings": entries})
    return folder


def _kind(folder: Path, number: int, n_frames: int) -> tuple[str, np.ndarray]:
    """Write frames and labels of a kind of recordings: touches, and some frames left out."""
    labels = made_up_labels(number, n_frames * (92 + number) // 100)
    length = len(labels)
    frames = np.zeros((length, *SHAPE), np.uint8)
    frames[...] = np.arange(length, dtype=np.uint8).reshape(-1, 1, 1, 1)
    for what, values in (("frames", frames), ("labels", labels)):
        path = folder / f"kind{number}.{what}.npy"
        path.write_bytes(usual_head(values.dtype, values.shape) + values.tobytes())
    return str(folder / f"kind{number}"), labels


def made_up_labels(seed: int, n: int) -> np.ndarray:
    """Return labels, int16, (n,): touches, and some frames left out."""
    rng = np.random.default_rng(seed)
    runs = rng.geometric(1 / 30, n)
    labels = np.repeat((np.arange(n) % 4 == 3).astype(np.int16), runs)[:n]
    labels[rng.random(n) < 0.02] = LEAVE_OUT
    return labels


# --- measuring -----------------------------------------------------------------------------------------------------


class Meter:
    """Measures steps of this process."""

    def __init__(self) -> None:
        self.steps: Steps = {}
        gc.collect()
        self._before = _status("VmRSS")

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measure a step: seconds of the processor, and the most memory in use, less that before the first step."""
        with contextlib.suppress(OSError), open("/proc/self/clear_refs", "w") as file:
            file.write("5")  # the peak counts from here
        began = time.process_time()
        yield
        seconds = time.process_time() - began
        self.steps[name] = {"seconds": seconds, "bytes": _status("VmHWM") - self._before}


def _status(key: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(key))


def training(folder: Path) -> Steps:
    """Open a dataset, check and split it, plan and draw two epochs, and read some batches."""
    from pyside.training.checks.preflight import check
    from pyside.training.input_pipeline import sampling
    from pyside.training.input_pipeline.batches import Batches
    from pyside.training.input_pipeline.frame_store import FrameStore

    settings = TrainSettings.from_options(SETTINGS)
    meter = Meter()
    with meter.step("open"):
        dataset = open_dataset(folder)
        table = dataset.table
    with meter.step("split"):
        sides = check(dataset, folder.with_name("model.h5"), settings)
    with meter.step("sample"):
        store = FrameStore(dataset.recordings, memory_limit=0.1)
        distances = sampling.distances_to_borders(table)  # which a training keeps
        labels, names = taken(table.labels, sides.training), table.class_names
        plan = sampling.plan(labels, names, settings, taken(distances, sides.training))
        del labels
        batches = Batches(store, sides.training, table, BATCH, plan, seed=0)
    with meter.step("draw"):
        batches.on_epoch_begin()
        batches.on_epoch_end()
    with meter.step("draw again"):
        batches.on_epoch_begin()
    with meter.step("read"):
        for index in range(BATCHES):
            batches[index]
        batches.on_epoch_end()
    meter.steps["all"] = {"frames": len(table), "recordings": len(dataset.recordings)}
    return meter.steps


def session(folder: Path, n_videos: int, n_frames: int) -> Steps:
    """Record the marks of videos in a session, in files and tables, and read it again."""
    from pyside.curation.marking.session import Session, describe_session
    from pyside.curation.marks import Marks
    from pyside.curation.writers.results import write_results
    from pyside.evaluation.decision import Decision

    model, labels = {"path": "model.h5", "sha256": "a" * 64, "class_names": CLASSES}, made_up_labels(0, n_frames)
    labels[labels < 0] = 0
    arrays = np.eye(2, dtype=np.float32)[labels], labels, np.zeros(n_frames, np.uint8)
    about = {"seconds": 1.0, "frames_per_second": 1000.0, "stamp": "s" * 60, "key": "k" * 64, "warnings": []}
    names = [f"video{number:06d}" for number in range(n_videos)]
    meter = Meter()
    with meter.step("mark"):
        one = Session(folder, model, {}, {}, write_results)
        one.begin(names, [])
        for name in names:
            video = Path("videos", f"{name}.mp4")
            marks = Marks(name, video, CLASSES, *arrays, Decision("Touch", 1, 0.5, 1), 1000.0, "b" * 64, "a" * 64)
            one.finish(marks, ["csv"], about)
        one.close()
    del one
    with meter.step("look"):
        describe_session(folder)
    meter.steps["all"] = {"frames": n_videos * n_frames, "recordings": n_videos}
    return meter.steps


def disk(folder: Path) -> int:
    """Return the bytes of the files in a folder, as the disk counts them."""
    return sum(file.stat().st_blocks * 512 for file in folder.rglob("*") if file.is_file())


def measured(part: str, *given: object) -> Steps:
    """Measure a part in a process of its own."""
    line = [sys.executable, __file__, part, *map(str, given)]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"}
    done = subprocess.run(line, env=environment, capture_output=True, text=True, check=True)
    found: Steps = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    name, place, *numbers = sys.argv[1:]
    print(json.dumps({"training": training, "session": session}[name](Path(place), *map(int, numbers))))
