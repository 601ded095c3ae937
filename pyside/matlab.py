"""The door for MATLAB: one function for each call that MATLAB makes, plain values in, JSON text out.

Only ``+touchtrain/+internal`` calls it. Options arrive as one JSON text with MATLAB's names, which avoids the rules for
converting structs, cells and strings; records return as JSON text for ``jsondecode``. Only NumPy and the standard
library are imported here, because this runs inside MATLAB, where heavier packages collide with MATLAB's own libraries.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import platform
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pyside.errors import BadJob, BadOption, BadSession, InUse, NotWritable, PythonNotFound, of_system, some
from pyside.settings.conversion import InspectSettings
from pyside.settings.core import Settings, speaking
from pyside.settings.curation import PredictSettings
from pyside.system.processes import enter_host, inside_host
from pyside.system.records import plain, printable_json, with_lists

_SHOWN = ("verbose", "plots")  # options for MATLAB's side only
_DTYPES = {"single": "float32", "double": "float64", "logical": "bool"}  # where MATLAB's names differ from NumPy's
_conversions: dict[str, Any] = {}
_predictions: dict[str, Any] = {}


def _json(record: Any) -> str:
    """Return a record as JSON for ``jsondecode``, which fails on half a surrogate pair, and with lists of all names."""
    return printable_json(with_lists(plain(record)))


def enter(folder: str) -> str:
    """Note that this Python runs inside the MATLAB that is installed in a folder; returns an empty record."""
    enter_host(folder)
    return "{}"


def about() -> str:
    """Return versions, this interpreter, and the interpreter of jobs (null if none is recorded)."""
    import numpy

    import pyside
    from pyside.jobs import interpreter

    try:
        python_of_jobs = str(interpreter.job_python())
    except PythonNotFound:
        python_of_jobs = None
    return _json(
        {
            "version": pyside.__version__,
            "python": sys.executable,
            "python_version": platform.python_version(),
            "numpy": numpy.__version__,
            "job_python": python_of_jobs,
        }
    )


def options(command: str) -> str:
    """Return one record per option of a command, such as ``'train'``: name, default, doc."""
    return _json(_settings_of(command).help("matlab"))


def check_options(command: str, options_json: str) -> str:
    """Check options only, before anything else; returns an empty record.

    Raises:
        UnknownOption, BadOption: all faults at once.
    """
    _settings_of(command).from_options(json.loads(options_json), "matlab")
    return "{}"


def check_dataset(dataset: str, options_json: str) -> str:
    """Check that a dataset can be opened and was converted with these options, as far as its conversion has them.

    Args:
        dataset: absolute path of the dataset folder.
        options_json: options of conversions in MATLAB's spelling.

    Returns:
        JSON: ``unknown``, names of the options that cannot be compared, because the dataset does not record them;
        ``command``, the function that made it, such as ``convertVideos``, empty if that is not known.

    Raises:
        BadOption: the dataset was made with other values; both are named.
        PathMissing, BadDataset: it cannot be opened.
    """
    from pyside.data.conversion.made_by import command_of, compare
    from pyside.data.dataset import open_dataset
    from pyside.jobs import commands

    opened = open_dataset(dataset)
    unknown, command = compare(opened, json.loads(options_json), "matlab"), command_of(opened)
    if command:
        command = "convertArrays" if command == "convert arrays" else commands.by_name(command).matlab
    return _json({"unknown": unknown, "command": command})


def _settings_of(command: str) -> type[Settings]:
    from pyside.jobs import commands

    found = commands.settings_in_matlab(command)
    if found is None:
        raise BadOption(f"touchtrain.{command} is no function with options.")
    return found


def convert_arrays_open(dataset: str, options_json: str, labels: Any, sizes_json: str, classes_json: str = "[]") -> str:
    """Begin a conversion and check everything that can be checked before the first frame.

    Args:
        dataset: absolute path of the folder to write.
        options_json: options in MATLAB's spelling.
        labels: a vector for a single array; for several arrays a tuple (1-by-N cell) with one vector per array. A
            vector is numeric, or a tuple of texts.
        sizes_json: a list with MATLAB's ``size`` of each array, e.g. ``[[61, 61, 2000]]``.
        classes_json: a list with MATLAB's ``class`` of each array, as it will be passed.

    Returns:
        JSON: ``token`` for the other calls, ``orders`` with the order of the axes of each array,
        such as ``HWN``, ``frames`` with the number of frames of each.

    Raises:
        TouchTrainError: all faults of options, labels and sizes at once.
    """
    from pyside.data.conversion.from_arrays import ArrayConversion
    from pyside.jobs import commands

    for token, left in list(_conversions.items()):  # MATLAB runs one call at a time, so Ctrl-C has interrupted this one
        if left.dataset == Path(dataset).absolute():
            convert_arrays_abort(token)
    settings = commands.MatlabArraySettings.from_options(json.loads(options_json), "matlab")
    dtypes = [_DTYPES.get(name, name) for name in json.loads(classes_json)]
    conversion = ArrayConversion(dataset, settings, labels, json.loads(sizes_json), dtypes)
    token = uuid.uuid4().hex
    _conversions[token] = conversion
    orders = [conversion.order] * len(conversion.n_frames)
    return _json({"token": token, "orders": orders, "frames": conversion.n_frames})


def convert_arrays_append(token: str, array: float, frames: Any) -> str:
    """Write the next frames of one array.

    Args:
        token: as `convert_arrays_open` returned it.
        array: the number of the array that the frames are from, counted from 1.
        frames: the next chunk, cut along the axis of the frames, at most 2 GB.

    Returns:
        JSON: ``frames``, the number of frames written so far in all.

    Raises:
        BadFrames, PixelRange, LengthMismatch, DiskFull, NotWritable: the conversion has ended; an existing dataset is
            untouched.
    """
    try:
        return _json({"frames": _conversion(token).append(int(array) - 1, frames)})
    except BaseException:
        convert_arrays_abort(token)
        raise


def convert_arrays_close(token: str) -> str:
    """Complete the dataset and return its report, as JSON, with ``labels_told``: the table of labels in words."""
    from pyside.data.conversion.preflight import label_text

    conversion = _conversion(token)
    report = conversion.close()
    del _conversions[token]
    return _json({**report, "labels_told": label_text(report["label_table"])})


def convert_arrays_abort(token: str) -> str:
    """Abandon a conversion if it is still open; returns an empty record."""
    conversion = _conversions.pop(token, None)
    if conversion is not None:
        conversion.abort()
    return "{}"


def predict_open(model: str, options_json: str, sizes_json: str = "[]", paths_json: str = "[]") -> str:
    """Begin a prediction, and check what can be checked before the frames.

    Args:
        model: absolute path of the model file.
        options_json: options in MATLAB's spelling.
        sizes_json: a list with MATLAB's ``size`` of each array of frames.
        paths_json: a list of absolute paths of files and folders with frames, in place of arrays.

    Returns:
        JSON: ``token`` for the other calls.

    Raises:
        TouchTrainError: everything that is wrong with options and paths.
    """
    from pyside.bridge.warm.parts import Prediction

    token = uuid.uuid4().hex
    settings = PredictSettings.from_options(json.loads(options_json), "matlab")
    _predictions[token] = Prediction(model, settings, json.loads(sizes_json), json.loads(paths_json))
    return _json({"token": token})


def predict_append(token: str, array: float, frames: Any) -> str:
    """Take the next part of one array, the columns that follow; returns an empty record.

    Args:
        token: as `predict_open` returned it.
        array: the number of the array, counted from 1.
        frames: the next columns of the array as a matrix, or the whole array; at most 2 GB.
    """
    _prediction(token).append(int(array) - 1, frames)
    return "{}"


def predict_wait(token: str, seconds: float = 0.2) -> str:
    """Return the result of a prediction, as JSON, once it is there.

    The first call sends the frames to the process that predicts, which is started if there is none. MATLAB calls this
    again and again, because Ctrl-C takes effect only between its calls.

    Args:
        token: as `predict_open` returned it.
        seconds: to wait at most.

    Returns:
        JSON: ``done``; if that is true, what `pyside.curation.in_memory.prediction.Prediction` holds, the
        probabilities as one list column by column, ``sources`` counted from 1; and ``summary``, lines for a person.

    Raises:
        TouchTrainError: what went wrong; the prediction has ended.
    """
    try:
        found = _prediction(token).wait(float(seconds))
    except BaseException:
        predict_abort(token)
        raise
    if found is None:
        return '{"done":false}'
    del _predictions[token]
    record, (probabilities, labels, sources) = found.packed()
    lists = {"probabilities": probabilities.ravel(order="F"), "labels": labels, "sources": sources + 1}
    return _json({"done": True, **record, **lists, "summary": found.summary().splitlines()})


def predict_abort(token: str) -> str:
    """Abandon a prediction if it is still open; a process that computes for it ends. Returns an empty record."""
    prediction = _predictions.pop(token, None)
    if prediction is not None:
        prediction.abort()
    return "{}"


def predict_close() -> str:
    """End the processes that predict; the next prediction starts one again. Returns an empty record."""
    from pyside.bridge.warm import asking

    asking.close()
    return "{}"


def start_job(command: str, *given: Any) -> str:
    """Start a command as a job, in a separate process.

    Args:
        command: name of the function in MATLAB, such as ``train`` or ``convertVideos``.
        *given: the arguments of that command in order, see `pyside.jobs.commands.TABLE`: paths are absolute;
            ``source`` (a path or a list of paths) and ``search`` (an object: name in MATLAB's spelling to a list of
            values, or to a range as ``"1e-4..1e-2"``) are JSON; ``labels`` is the absolute path of a label file, a
            vector (numeric, or a tuple of texts) for one video, or a tuple (1-by-N cell) with one vector per video. The
            last argument is the options as JSON in MATLAB's spelling; pixels and frames are counted from 1. Centers are
            a list [x, y], a list with one [x, y] per frame, a list with one of these per video, or the absolute path of
            a file.

    Returns:
        JSON: the status of the job, as `job_status` returns it.

    Raises:
        TouchTrainError: everything that is wrong with arguments and options; faults in the files to convert come with
            the result of the job.
    """
    from pyside.jobs import job

    request, job_folder = _request(command, *given)
    return job_status(job.start(request, job_folder))


def do_job(command: str, *given: Any) -> str:
    """Run a command, wait for it, and return its result as JSON; arguments and errors as in `start_job`."""
    from pyside.jobs import job

    request, job_folder = _request(command, *given)
    return _json(_told(job.do(request, job_folder=job_folder)))


def _request(command: str, *given: Any) -> tuple[dict[str, Any], str | None]:
    """Return the request for a command, and the folder for its job."""
    from pyside.jobs import commands

    row = commands.by_name(command)
    *values, options_json = given
    arguments = {
        one.name: json.loads(value) if one.is_json else value for one, value in zip(row.arguments, values, strict=True)
    }
    settings, job_folder = _of_job(row.matlab_settings, options_json)
    arguments |= {name: settings.pop(name) for name in arguments.keys() & settings.keys()}  # options in MATLAB
    return row.request(arguments, settings, from_matlab=True), job_folder


def _of_job(kind: type[Settings], options_json: str) -> tuple[dict[str, Any], str | None]:
    """Return the settings of a command, in Python's spelling, and separately the folder for its job."""
    settings = kind.from_options(json.loads(options_json), "matlab").as_dict()
    job_folder = settings.pop("job_folder", None)
    return {name: value for name, value in settings.items() if name not in _SHOWN}, job_folder


def job_status(folder: str, seen: float = 0, live: bool = False) -> str:
    """Return the status of a job, as JSON.

    Args:
        folder: the job folder.
        seen: the ``seen`` of the last call, so that no message comes twice.
        live: whether the caller shows a progress line that it overwrites.

    Returns:
        What `job_records.status` returns; ``line`` (one line of at most 79 characters), ``epoch`` (0 before the first),
        ``stop_file`` (the job stops gently once it exists), ``told``, the new messages for the person, and ``seen`` for
        the next call.
    """
    from pyside.jobs import job_records

    status = _without_notes(job_records.status(folder))  # before the messages: there are none after the end
    messages, read = job_records.messages(folder, int(seen), bool(live))
    epoch = status["progress"].get("epoch", 0)
    shown = {"line": job_records.line(status), "epoch": epoch, "stop_file": job_records.stop_file(folder)}
    return _json({**status, **shown, "told": messages, "seen": read})


def _without_notes(status: dict[str, Any]) -> dict[str, Any]:
    """Return the status of a job without the details of its submission that only the job needs."""
    cloud = status["cloud"]
    shown = ("name", "region", "console", "folder", "dataset", "models")
    return {**status, "cloud": cloud and {name: cloud.get(name) for name in shown}}


def job_result(folder: str) -> str:
    """Return, as JSON, the result of a job that has ended, or raise its error.

    A training returns ``history``, ``model_path``, ``report`` and ``summary`` (lines for a person); a conversion
    returns ``report``, which has ``left_out_told``, the frames that are left out and why, in words; a curation,
    and the check of one or of a conversion, ``report`` with ``page``, lines for a person. A search returns what a
    training returns, for its best trial, and ``search``: what `TuningResult.spelled` returns, with ``figure``,
    ``monitor`` and ``stopped``.
    """
    from pyside.evaluation.result import TrainingResult
    from pyside.jobs import job_records
    from pyside.training.tuning.result import TuningResult

    record = job_records.result(folder)
    if "trials" in record:
        found = TuningResult.from_record(record)
        best = TrainingResult.from_record(_counted_from_1(dataclasses.asdict(found.training)))
        more = {"figure": found.figure, "monitor": found.monitor, "stopped": found.stopped}
        return _json(
            {
                "search": {**found.spelled("matlab"), **more},
                "history": best.history,
                "model_path": best.model_path,
                "report": best.report,
                "summary": found.summary("matlab").splitlines(),
            }
        )
    if "history" not in record:
        return _json({"report": _told(record)})
    result = TrainingResult.from_record(_counted_from_1(record))
    return _json(
        {
            "history": result.history,
            "model_path": result.model_path,
            "report": result.report,
            "summary": result.summary().splitlines(),
        }
    )


def _told(record: dict[str, Any]) -> dict[str, Any]:
    """Return the result of a job that is no training as MATLAB counts, with what is said of it in words."""
    from pyside.curation.contacts import report
    from pyside.curation.marking.summary import summary
    from pyside.curation.regions import check
    from pyside.data.conversion import preflight

    pages = {"preflight": preflight.page, "check": check.page, "session": summary, "contacts": report.page}
    found = _counted_from_1(record)
    if (page := pages.get(record.get("kind", ""))) is not None:
        found["page"] = page(record)
    if record.get("kind") == "corrected" and record["contacts"] is not None:
        found["contacts"] = {**record["contacts"], "page": report.page(record["contacts"])}
    if isinstance(why := record.get("left_out_why"), dict):
        found["left_out_told"] = preflight.left_out_texts(why)
    return found


def _counted_from_1(record: dict[str, Any]) -> dict[str, Any]:
    """Return the result of a job with numbers of frames counted from 1, as MATLAB counts."""
    found = dict(record)
    if isinstance(damaged := found.get("damaged"), dict):
        found["damaged"] = {name: [number + 1 for number in numbers] for name, numbers in damaged.items()}
    if isinstance(rows := found.get("rows"), list):  # of a sheet of augmented frames
        found["rows"] = [_frame_from_1(row) for row in rows]
    if isinstance(compared := found.get("comparison"), dict):  # of a session with labels
        found["comparison"] = _counted_from_1(compared)
    if found.get("kind") == "comparison":
        found |= _disagreements_from_1(found)
        found |= {"pairs": [_disagreements_from_1(pair) for pair in found["pairs"]], "first_frame": 1}
    report = found.get("report")
    if isinstance(report, dict) and "mistakes" in report:
        mistakes = [_frame_from_1(one) for one in report["mistakes"] or []]
        found["report"] = {**report, "mistakes": mistakes, "first_frame": 1}
    return found


def _disagreements_from_1(record: dict[str, Any]) -> dict[str, Any]:
    return {**record, "disagreements": [_frame_from_1(one) for one in record["disagreements"]]}


def _frame_from_1(record: dict[str, Any]) -> dict[str, Any]:
    numbers = {name: record.get(name) for name in ("frame", "number")}
    return {**record, **{name: number + 1 for name, number in numbers.items() if isinstance(number, int)}}


def marks_of(folder: str, names_json: str) -> str:
    """Return, as JSON, the marks of recordings of a session, without their arrays: MATLAB reads these from the files.

    Args:
        folder: absolute path of the folder of the session.
        names_json: list of the names of the recordings.

    Returns:
        A list of records: ``name``, ``video``, ``class_names``, ``frame_rate`` (NaN if it is not known), ``decision``,
        ``touches`` (lists as in `Touches`, with frames counted from 1; ``class_name`` of each), ``reason_names``,
        ``files``, the paths of the results, ``path``, the file with the arrays, ``frames``, the number of frames,
        ``origin``, by which the labels are known as those of a model, and ``places``: for ``probabilities``,
        ``labels`` and ``why`` where the array begins, in bytes.

    Raises:
        PathMissing, BadSession: there is no such session, or it is damaged.
    """
    from pyside.curation.marking.session import MARKS, read_session

    names = json.loads(names_json)
    records = {one["name"]: one for one in read_session(Path(folder))["videos"]}
    if missing := [name for name in names if name not in records]:
        raise BadSession(f"The session {folder} has no marks of {some(missing)}.")
    return _json([_marks(Path(folder) / MARKS / f"{name}.npz", records[name]) for name in names])


def _marks(path: Path, record: dict[str, Any]) -> dict[str, Any]:
    from pyside.curation.marks import REASONS, load_marks, places_of, touches
    from pyside.curation.writers.mat_file import origin_of

    marks = load_marks(path)
    found = touches(marks)
    counted_from_1 = {"onset": found.onset + 1, "offset": found.offset + 1}
    class_name = [marks.class_names[label] for label in found.label.tolist()]
    return {
        "name": marks.name,
        "video": marks.video,
        "class_names": marks.class_names,
        "frame_rate": marks.frame_rate,
        "decision": record["decision"],
        "touches": {**dataclasses.asdict(found), **counted_from_1, "class_name": class_name},
        "reason_names": REASONS,
        "files": [path.parents[1] / name for name in (*record["files"], *record["changed"])],
        "path": path,
        "frames": marks.n_frames,
        "origin": origin_of(marks),
        "places": places_of(path),
    }


def job_history(folder: str) -> str:
    """Return, as JSON, the curves of a training so far: loss, val_loss and so on, one value per epoch."""
    from pyside.jobs import job_records

    return _json(job_records.history(folder))


def stop_job(job: str, folder: str = "") -> str:
    """Ask a job to end gently.

    Args:
        job: its number, name or folder; "" for the latest that runs on this computer.
        folder: absolute path of the folder that `job` may be.

    Returns:
        JSON: what `ending.stop` returns.
    """
    from pyside.jobs.own import ending

    return _json(ending.stop(job or None, folder or None))


def cancel_job(job: str, folder: str = "") -> str:
    """End a job at once; arguments and result as in `stop_job`."""
    from pyside.jobs.own import ending

    return _json(ending.cancel(job or None, folder or None))


def job_to_attach(job: str, folder: str = "") -> str:
    """Find the job to watch, by default the latest; arguments and result as in `stop_job`."""
    from pyside.jobs.own import ending

    return _json(ending.to_attach(job or None, folder or None))


def job_to_resume(job: str, folder: str = "") -> str:
    """Find the job to resume, by default the latest that can be; arguments and result as in `stop_job`."""
    from pyside.jobs.own import ending

    return _json(ending.to_resume(job or None, folder or None))


def job_controls(folder: str) -> str:
    """Return, as JSON, how a person controls a job.

    Returns:
        ``job``: what `at_hand.jobs` returns of it; ``stop``, ``cancel``, ``attach`` and ``resume``: calls to type;
        ``stopped``: what becomes of it after it was stopped.
    """
    from pyside.jobs import commands, job_records
    from pyside.jobs.own import at_hand

    found = at_hand.record_of(folder)
    calls = {verb: at_hand.call(verb, found) for verb in ("stop", "cancel", "attach", "resume")}
    return _json({"job": found, **calls, "stopped": commands.words_of(job_records.request_of(folder)).stopped})


def resume_job(folder: str, trust_code: bool = False, devices: str = "[]", scheduler: str = "") -> str:
    """Resume a job that was killed, was cancelled or failed.

    Args:
        folder: the job folder.
        trust_code: whether to run code that the job names although this user did not start it on this computer.
        devices: JSON: another number of devices for a training or search, or ``"all"``; ``[]`` for as before.
        scheduler: address of the scheduler of another cluster, or ``none`` for this computer alone; "" for as before.

    Returns:
        JSON: what `start_job` returns.
    """
    from pyside.jobs import job

    wanted = json.loads(devices)
    return job_status(job.resume(folder, bool(trust_code), None if wanted == [] else wanted, scheduler or None))


def remove_job(folder: str) -> str:
    """Remove the folder of a job that has ended; what it made stays. Returns an empty record."""
    from pyside.jobs import job

    job.remove(folder)
    return "{}"


def remove_made(folder: str) -> str:
    """Remove a dataset or a job folder: only the files that belong to it, and only if no process uses it.

    Returns:
        JSON: ``is_gone``.
    """
    from pyside.data.dataset_writer import remove_dataset
    from pyside.jobs import job
    from pyside.system import locks

    path = Path(folder)
    try:
        if (path / "settings.json").is_file():
            job.remove(path)
        else:
            locks.check_free(path)
            remove_dataset(path)
    except (BadJob, InUse, NotWritable):
        pass
    return _json({"is_gone": not path.exists()})


def list_jobs(place: str = "") -> str:
    """List the jobs of this user, or all in a folder, the latest first.

    Args:
        place: absolute path of a folder with jobs in it, or in its sub-folder ``touchtrain-jobs`` or ``jobs``.

    Returns:
        JSON: ``jobs``, what `at_hand.jobs` returns, and ``page``, the same as lines for a person.
    """
    from pyside.jobs.own import at_hand

    found = at_hand.jobs(place or None)
    return _json({"jobs": found, "page": at_hand.page(found)})


def plan_cloud_training(dataset: str, model_path: str, options_json: str) -> str:
    """Return, as JSON, what ``trainOnCloud`` would send and start: what `jobs.cloud.jobs.plan` returns."""
    from pyside.jobs.cloud import jobs

    settings, _ = _of_job(_settings_of("trainOnCloud"), options_json)
    return _json(jobs.plan(dataset, model_path, settings))


def start_fetch(source: str, model_path: str = "") -> str:
    """Start a job that waits for a training in the cloud and fetches its model.

    Args:
        source: absolute path of the job folder here, or the job folder in the bucket.
        model_path: absolute path of the model to write. Default: the path of the submission.

    Returns:
        JSON: as `start_job`; if the job of `source` does not fetch, this is a new one.

    Raises:
        BadJob: there is no such training.
    """
    from pyside.jobs import interpreter
    from pyside.jobs.cloud import jobs

    if inside_host() and "://" in source:  # reading the bucket needs more packages than NumPy
        return job_status(interpreter.ask("cloud", "fetch", source, model_path, "--no-wait")["folder"])
    return job_status(jobs.fetch(source, model_path or None))


def cloud_logs(source: str, lines: float = 1000) -> str:
    """Return, as JSON, the last lines of the log of a cloud training, each with ``time``, ``severity``, ``text``."""
    from pyside.jobs import interpreter

    return _json(interpreter.ask("cloud", "logs", source, "--lines", str(int(lines))))


def inspect(path: str, options_json: str = "{}") -> str:
    """Return, as JSON, what a dataset folder, a model, a label file, a video or a job folder holds.

    Args:
        path: its absolute path.
        options_json: options in MATLAB's spelling.
    """
    import pyside

    settings = InspectSettings.from_options(json.loads(options_json), "matlab")
    return _json(pyside.inspect(path, settings.label_variable))


def unlock(path: str) -> str:
    """Release the lock of a process of another computer; returns, as JSON, what `pyside.unlock` returns."""
    import pyside

    return _json(pyside.unlock(path))


def doctor(folder: str) -> str:
    """Check this computer; returns, as JSON, what `pyside.diagnostics.doctor.examine` returns.

    Args:
        folder: absolute path of the folder whose disk and write access are checked.
    """
    from pyside.diagnostics import doctor

    return _json(doctor.examine(folder))


def doctor_bundle(job_folder: str, findings_json: str = "[]") -> str:
    """Write the logs of a job into a zip that can be sent.

    Args:
        job_folder: absolute path of the job folder.
        findings_json: the findings of MATLAB's side, a list of records as `doctor` returns them.

    Returns:
        JSON: ``bundle``, the path of the zip, and ``notice``, lines for the person.

    Raises:
        BadJob, NotWritable, DiskFull: there is no job in that folder, or the zip cannot be written.
    """
    from pyside.diagnostics import bundle

    found = json.loads(findings_json)
    made = bundle.write(job_folder, further=found if isinstance(found, list) else [found])
    return _json({"bundle": made, "notice": bundle.notice(made)})


def record_python(path: str) -> str:
    """Record the interpreter that jobs run in, for this session and in a file of this user.

    Args:
        path: absolute path of a Python interpreter that has TouchTrain's packages.

    Returns:
        JSON: ``python``, ``python_version``, ``tensorflow``, ``keras``.

    Raises:
        PythonNotFound: it does not run, is too old, or lacks a package; the message gives the remedy.
    """
    from pyside.jobs import interpreter

    found = interpreter.check(path)
    interpreter.record(path)
    os.environ["TOUCHTRAIN_PYTHON"] = str(path)
    return _json(found)


def _conversion(token: str) -> Any:
    if token not in _conversions:
        raise BadJob("This conversion is no longer open. Call touchtrain.convertArrays again.")
    return _conversions[token]


def _prediction(token: str) -> Any:
    if token not in _predictions:
        raise BadJob("This prediction is no longer open. Call touchtrain.predict again.")
    return _predictions[token]


def _for_matlab(function: Callable[..., str]) -> Callable[..., str]:
    """Let a function use MATLAB's option names in messages, and raise errors of the operating system as ours."""

    @functools.wraps(function)
    def wrapped(*arguments: Any, **named: Any) -> str:
        with speaking("matlab"):
            try:
                return function(*arguments, **named)
            except OSError as error:
                raise of_system(error) from error

    return wrapped


for _name, _function in list(globals().items()):
    if getattr(_function, "__module__", None) == __name__ and not _name.startswith("_"):
        globals()[_name] = _for_matlab(_function)
