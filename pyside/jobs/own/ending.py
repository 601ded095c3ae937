"""What a person says to a job: stop, cancel, go on; and which job that is."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike

from pyside.errors import BadJob
from pyside.jobs import commands, job, job_records
from pyside.jobs.own import at_hand
from pyside.jobs.own.at_hand import Job, Record, call, named
from pyside.settings.core import spoken

_Suits = Callable[[Record], bool]


def stop(which: Job | None = None, folder: str | PathLike[str] | None = None) -> Record:
    """Ask a job to end gently.

    Args:
        which: its number, name or folder. Default: the latest job that runs on this computer.
        folder: as in `at_hand.meant`.

    Returns:
        ``job``: what `at_hand.jobs` returns of it, or None if there is none that runs; ``said``: what has happened, and
        what is kept, in lines; ``ended``: whether it had ended before.

    Raises:
        BadJob: there is no such job, or several of that name.
        NotWritable, DiskFull: the request cannot be written.
    """
    found, others = _chosen(which, folder, _runs)
    if found is None:
        return _nothing()
    if not _runs(found):
        return _ended(found)
    job.stop(found["folder"])
    words = commands.words_of(job_records.request_of(found["folder"]))
    said = [f"{named(found)} was asked to stop. {words.stopped}"]
    if found["host"]:
        said.append(f"It runs on the computer {found['host']}, which looks for the request in the folder of the job.")
    return {"job": found, "said": [*said, f"To watch it: {call('attach', found)}", *others], "ended": False}


def cancel(which: Job | None = None, folder: str | PathLike[str] | None = None) -> Record:
    """End a job at once.

    Args:
        which: as in `stop`.
        folder: as in `stop`.

    Returns:
        As `stop`.

    Raises:
        BadJob: as `stop`; or the job cannot be ended, for example because another computer runs it.
        NoNetwork, NoPermission, CloudError: it could not be cancelled in the cloud.
    """
    found, others = _chosen(which, folder, _runs)
    if found is None:
        return _nothing()
    state = job.cancel(found["folder"])
    if state != "cancelled" or found["state"] == state:
        return _ended({**found, "state": state})
    words = commands.words_of(job_records.request_of(found["folder"]))
    said = [f"{named(found)} is cancelled. {words.cancelled}"]
    if not found["passing"]:
        said.append(f"To continue it: {call('resume', found)}")
    return {"job": {**found, "state": state}, "said": [*said, *others], "ended": False}


def to_resume(which: Job | None = None, folder: str | PathLike[str] | None = None) -> Record:
    """Return the job to resume, as `stop` does; by default the latest that can be resumed and makes something lasting.

    Raises:
        BadJob: as `stop`, or none can be resumed.
    """
    if which is not None:
        found = at_hand.meant(which, _can_resume, folder)
        return {"job": found, "said": [], "ended": False}
    every = [one for one in at_hand.jobs() if _can_resume(one) and not one["passing"]]
    if not every:
        raise BadJob("No job can be resumed: none was cancelled, failed, or was lost.")
    return {"job": every[0], "said": [f"{named(every[0])} is resumed."], "ended": False}


def to_attach(which: Job | None = None, folder: str | PathLike[str] | None = None) -> Record:
    """Return the job to watch, as `stop` does; by default the latest that has not ended, else the latest.

    Raises:
        BadJob: as `stop`, or there are no jobs.
    """
    found, others = _chosen(which, folder, _runs)
    if found is None:
        every = at_hand.jobs()
        if not every:
            raise BadJob("There are no jobs to attach to.")
        found = every[0]
    said = [] if which is not None else [f"{named(found)} is {found['state']}.", *others]
    return {"job": found, "said": said, "ended": not _runs(found)}


def _chosen(which: Job | None, folder: str | PathLike[str] | None, suits: _Suits) -> tuple[Record | None, list[str]]:
    """Return the job that is meant, and lines about the others if it was not named."""
    if which is not None:
        return at_hand.meant(which, suits, folder), []
    every = [one for one in at_hand.jobs() if suits(one) and not one["host"]]
    if not every:
        return None, []
    more = len(every) - 1
    what = "other job runs" if more == 1 else "other jobs run"
    return every[0], [f"{more} {what}: {_list()} shows them."] if more else []


def _runs(record: Record) -> bool:
    return record["state"] in ("waiting", "running", "stopping")


def _can_resume(record: Record) -> bool:
    return record["state"] in job_records.CAN_RESUME


def _ended(record: Record) -> Record:
    said = f"{named(record)} has ended already: it is {record['state']}."
    return {"job": record, "said": [said], "ended": True}


def _nothing() -> Record:
    """Return the answer where no job runs on this computer: what is known of the others."""
    every = at_hand.jobs()
    said = ["No job is running on this computer."]
    said += [f"{named(one)} runs on the computer {one['host']}." for one in every if one["host"]]
    if every and not every[0]["host"]:
        said.append(f"The latest, {named(every[0])}, is {every[0]['state']}.")
    return {"job": None, "said": said, "ended": True}


def _list() -> str:
    return "touchtrain.jobs" if spoken() == "matlab" else "touchtrain jobs"
