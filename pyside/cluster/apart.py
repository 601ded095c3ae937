"""A task in a process of its own on a worker, with its share of cores and memory.

TensorFlow takes the number of its threads once per process, and gives memory back only when the process ends. The
process tells of progress on its standard output, and lays its results into the folder of the attempt, which holds::

    task      pickled function, what all tasks share, and the tasks
    result    pickled results, and the error that ended them or None
    log.txt   all that was printed
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pyside import version
from pyside.cluster.share import Share
from pyside.cluster.work import Turn, results_of
from pyside.settings.core import named
from pyside.system import processes
from pyside.system.files import written_beside
from pyside.system.machine import SHARE
from pyside.system.parallel import end_with_parent

_SECONDS_BETWEEN_LOOKS = 0.5
_LAST = 300  # characters of the log that are told
_THREADS = (  # environment variables by which libraries learn the number of their threads
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "NPROC",  # of XLA, below JAX
)
Results = tuple[Sequence[Any], Exception | None]


def environment(share: Share) -> dict[str, str]:
    """Return the environment variables of a process with this share."""
    found = dict.fromkeys(_THREADS, str(share.cores or 1)) | {"TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONUNBUFFERED": "1"}
    return found | ({SHARE: str(share.memory)} if share.memory else {})


def results_apart(payload: bytes, share: Share, turn: Turn) -> Results:
    """Do tasks in a process of their own.

    Args:
        payload: pickled function, what all tasks share, and the tasks.
        share: of the worker.
        turn: hears of progress.

    Returns:
        As `work.results_of`.

    Raises:
        ChildProcessError: the process ended without a result.
        MemoryError: it took more memory than its share, so it was ended.
        Exception: whatever the turn raises when nobody waits for the result any more; then the process is ended.
    """
    assert turn.folder is not None
    (turn.folder / "task").write_bytes(payload)
    around = {**os.environ, **environment(share)}
    if version.IS_CHECKOUT:
        around["PYTHONPATH"] = os.pathsep.join(filter(None, [str(version.ROOT), around.get("PYTHONPATH")]))
    with (turn.folder / "log.txt").open("wb") as log:
        line = [sys.executable, "-m", "pyside.cluster.apart", str(turn.folder), str(os.getpid())]
        process = processes.start(line, env=around, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log)
    try:
        _follow(process, share, turn)
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
    return _result(turn.folder, process.returncode)


def _follow(process: subprocess.Popen[bytes], share: Share, turn: Turn) -> None:
    """Pass the progress of a process on until it ends, and see that it keeps to its share of memory."""
    import psutil

    signs: queue.SimpleQueue[tuple[int, int] | None] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(process, signs), daemon=True).start()
    looked = time.monotonic()
    while True:
        try:
            sign = signs.get(timeout=_SECONDS_BETWEEN_LOOKS)
        except queue.Empty:
            sign = 0, 0
        else:
            if sign is None:
                break
            turn.tick(*sign)
        if (now := time.monotonic()) - looked >= _SECONDS_BETWEEN_LOOKS:
            looked = now
            turn.look()
            try:
                taken = psutil.Process(process.pid).memory_info().rss
            except psutil.Error:  # it has ended
                continue
            if share.memory and taken > share.memory:
                raise MemoryError(
                    f"it took {taken / 1e9:.2f} GB of memory, and its share is {share.memory / 1e9:.2f} GB "
                    f"({named('memory_per_training')})"
                )
    process.wait()


def _listen(process: subprocess.Popen[bytes], signs: queue.SimpleQueue[tuple[int, int] | None]) -> None:
    """Read what a process tells, in a thread of its own; None is its end."""
    assert process.stdout is not None
    try:
        for line in process.stdout:
            place, _, frames = line.decode("ascii", "replace").partition(" ")
            if place.isdigit() and frames.strip().isdigit():
                signs.put((int(place), int(frames)))
    except (OSError, ValueError):  # it was closed here
        pass
    signs.put(None)


def _result(folder: Path, code: int) -> Results:
    try:
        found: Results = pickle.loads((folder / "result").read_bytes())
    except FileNotFoundError:
        said = (folder / "log.txt").read_text(encoding="utf-8", errors="replace").strip()[-_LAST:]
        how = f"code {code}" if code >= 0 else f"signal {-code} ({signal.Signals(-code).name})"
        raise ChildProcessError(f"its process ended with {how}{f', and said: {said}' if said else ''}") from None
    return found


# --- in that process -----------------------------------------------------------------------------------------------


def main(folder: Path, parent: int) -> None:
    """Do the tasks in the folder of an attempt."""
    end_with_parent(parent)
    processes.ignore_interrupts()
    signs = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)  # what libraries print goes into the log
    lock = threading.Lock()

    def told(place: int, frames: int) -> None:
        with lock:
            print(place, frames, file=signs, flush=True)

    turn = Turn(told)
    turn.folder = folder
    function, common, tasks = pickle.loads((folder / "task").read_bytes())
    results, error = results_of(function, common, tasks, turn)
    try:
        image = pickle.dumps((results, error))
        pickle.loads(image)
    except Exception:  # an error of a library that cannot be made again from its pickle
        image = pickle.dumps((results, RuntimeError(f"{type(error).__name__}: {error}")))
    with written_beside(folder / "result") as path:
        path.write_bytes(image)
    processes.leave(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
