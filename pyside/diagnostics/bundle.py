"""One zip with the files needed to understand a job: texts without data and without secrets."""

from __future__ import annotations

import os
import time
import zipfile
from collections.abc import Iterable, Mapping
from os import PathLike
from pathlib import Path

from pyside.diagnostics.doctor import examine, page
from pyside.diagnostics.finding import Finding
from pyside.diagnostics.privacy import Scrubber
from pyside.errors import printable
from pyside.jobs import job_records
from pyside.jobs.job_files import open_plain
from pyside.system.files import write_errors, written_beside
from pyside.system.paths import absolute
from pyside.system.records import to_json

_BUNDLED = (
    *("settings.json", "state.json", "process.json", "progress.json", "told.jsonl", "epochs.jsonl"),
    *("log.txt", "error.json", "traceback.txt", "result.json"),
)
_LOG_BYTES, _JSON_BYTES = 1 << 20, 1 << 24


def write(
    job_folder: str | PathLike[str],
    zip_path: str | PathLike[str] | None = None,
    further: Iterable[Finding] = (),
) -> str:
    """Write the files needed to understand a job into one zip: no data, no secrets.

    It holds the doctor's findings and these parts of the job: settings, state, progress, messages, figures, the last
    megabyte of the log, error and result; never data from memory, the checkpoint, frames, labels or models. Secrets,
    e-mail addresses, the home folder, and the names of user and computer are removed from every text.

    Args:
        job_folder: the folder of a job.
        zip_path: the file to write. Default: ``JOB-logs.zip`` beside the folder of the job. An existing file stays,
            and the name of the new one gets a number.
        further: findings of the calling program, such as MATLAB.

    Returns:
        The path of the zip.

    Raises:
        BadJob: there is no job in that folder.
        NotWritable, DiskFull: the zip cannot be written.
    """
    status = job_records.status_or_why_not(job_folder)
    folder = Path(status["folder"])
    report = examine(folder.parent)
    report["findings"] = [*further, *report["findings"]]
    report["job"] = {key: status[key] for key in ("state", "command")}
    if status["state"] == "unreadable":
        report["job"]["error"] = status["error"]["text"]
    report["written"] = time.strftime("%Y-%m-%d %H:%M:%S")
    scrub = Scrubber.of_this_user()
    members = {"doctor.json": scrub.json(to_json(report)), "doctor.txt": scrub.text(page(report))}
    for name in _BUNDLED:
        try:
            members[name] = _member(folder / name, scrub)
        except FileNotFoundError:
            continue
        except OSError as error:
            members[name] = scrub.text(f"[could not be read, or is not a plain file: {error}]")
    target = absolute(zip_path) if zip_path else folder.with_name(f"{folder.name}-logs.zip")
    with write_errors(target):
        return str(_write_zip(target, members))


def notice(made: str) -> str:
    """Return the message for a person about a zip that `write` has written."""
    return (
        f"{made}\nIt holds only texts: no frames, labels or models. Names of users and computers, home folders and "
        "secrets are removed.\nIt contains names of your files and folders: check it before you send it."
    )


def _member(file: Path, scrub: Scrubber) -> str:
    """Return the part of a file of a job that goes into the zip.

    Raises:
        OSError: it cannot be read, or is a link or no plain file, so that its content may not belong to the job.
    """
    with open_plain(file) as opened:
        size = opened.seek(0, os.SEEK_END)
        if file.suffix == ".json" and size > _JSON_BYTES:
            return f"[left out: {size} bytes]"
        opened.seek(max(0, size - (_JSON_BYTES if file.suffix.startswith(".json") else _LOG_BYTES)))
        is_cut = opened.tell() > 0
        text = opened.read(_JSON_BYTES).decode("utf-8", "replace")
    if is_cut:  # only whole lines are kept, because half a secret would not be recognized
        text = text.partition("\n")[2]
    if file.suffix == ".json":
        return scrub.json(text)
    note = "[the beginning is left out]\n" if is_cut else ""
    if file.suffix == ".jsonl":
        return note + "".join(scrub.json(line, indent=None) + "\n" for line in text.splitlines())
    return scrub.text(note + text)


def _write_zip(target: Path, members: Mapping[str, str]) -> Path:
    final, number = target, 2
    while final.exists():
        final, number = target.with_name(f"{target.stem}-{number}{target.suffix}"), number + 1
    with written_beside(final) as beside, zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in members.items():
            made.writestr(name, printable(text))
    return final
