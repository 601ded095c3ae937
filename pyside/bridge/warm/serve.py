"""The process that predicts: it answers requests on its standard input until that ends, or nothing comes for long.

Command line: ``python -m pyside.bridge.warm.serve SECONDS``, the seconds without a request after which it ends.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
import traceback
from typing import Any, BinaryIO

from pyside.aliases import Array
from pyside.bridge.warm import wire
from pyside.errors import Python, TouchTrainError, error_record, of_system
from pyside.settings.core import speaking
from pyside.system import processes


def main() -> None:
    """Answer requests; never returns."""
    processes.ignore_interrupts()
    source, target = _take_over_pipes()
    requests: queue.Queue[wire.Message] = queue.Queue()
    threading.Thread(target=_read, args=(source, requests), daemon=True).start()
    while True:
        try:
            record, arrays = requests.get(timeout=float(sys.argv[1]))
        except queue.Empty:
            processes.leave(0)
        try:
            wire.send(target, *_answer(record, arrays))
        except OSError:  # the host has gone
            processes.leave(0)


def _take_over_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Move the pipes away from the standard streams, to which any library may print."""
    source, target = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return source, target


def _read(source: BinaryIO, requests: queue.Queue[wire.Message]) -> None:
    """Read requests; when the host has gone, end this process at once, also while it computes."""
    try:
        while True:
            requests.put(wire.receive(source))
    except BaseException:
        processes.leave(0)


def _answer(record: dict[str, Any], arrays: list[Array]) -> wire.Message:
    """Return the answer to a request: a prediction, or an error."""
    from pyside.training.checks import memory

    try:
        with speaking("matlab" if record["spelling"] == "matlab" else "python"), memory.explained("predict"):
            return _predicted(record, arrays)
    except TouchTrainError as error:
        return {"error": error_record(error)}, []
    except OSError as error:
        return {"error": error_record(of_system(error))}, []
    except BaseException as error:
        traceback.print_exc()
        return {"error": error_record(Python(f"{type(error).__name__}: {error}"))}, []


_models: list[Any] = []


def _predicted(record: dict[str, Any], arrays: list[Array]) -> wire.Message:
    from pyside.bridge.warm.asking import Request
    from pyside.curation.in_memory.predict import Models, predict

    if not _models:
        _models.append(Models())
    request = Request.unpacked(record, arrays)
    packed, found = predict(_models[0], request.model, request.arrays, request.paths, request.settings).packed()
    return {"prediction": packed}, found


if __name__ == "__main__":
    main()
