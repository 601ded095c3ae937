"""The commands of the command line: one function for each kind."""

from __future__ import annotations

import argparse
import re
from typing import Any

import pyside
from pyside.cli.options import given_settings, parsed_value
from pyside.cli.text import print_json, print_result, readable, show, show_record
from pyside.errors import Interrupted
from pyside.jobs.commands import Argument
from pyside.settings.cloud import CloudTrainSettings
from pyside.settings.cluster import SlurmSettings
from pyside.settings.conversion import InspectSettings
from pyside.settings.curation import PredictSettings
from pyside.version import matlab_folder


def run_inspect(options: argparse.Namespace) -> int:
    """Print what a dataset, model, label file, video or job holds."""
    settings = InspectSettings.from_options(given_settings(options, InspectSettings))
    record = pyside.inspect(options.path, settings.label_variable)
    from pyside.diagnostics import inspection

    shown = readable if settings.all else inspection.screen
    print_json(record) if options.json else show(shown(record))
    return 0


def run_predict(options: argparse.Namespace) -> int:
    """Predict frames that are cut out, from files."""
    found = pyside.predict(options.model_path, options.frames, **given_settings(options, PredictSettings))
    if options.json:
        print_json({"kind": "prediction", **found.as_dict()})
    else:
        show(found.summary())
    return 0


def run_unlock(options: argparse.Namespace) -> int:
    """Release the lock of a process of another computer."""
    record = pyside.unlock(options.path)
    if options.json:
        print_json(record)
    else:
        show(f"Released. It was held by process {record['pid']} on {record['host']}.")
    return 0


def run_matlab_path(options: argparse.Namespace) -> int:
    """Print the folder to put on MATLAB's path."""
    folder = str(matlab_folder())
    print_json({"folder": folder}) if options.json else show(folder)
    return 0


def run_doctor(options: argparse.Namespace) -> int:
    """Check this computer and print the findings, or write the logs of a job into a zip."""
    from pyside.diagnostics import bundle, doctor

    if options.bundle:
        made = bundle.write(options.bundle)
        print_json({"bundle": made}) if options.json else show(bundle.notice(made))
        return 0
    report = doctor.examine(options.folder)
    print_json(report) if options.json else show(doctor.page(report))
    return 0 if report["well"] else 1


def run_slurm(options: argparse.Namespace) -> int:
    """Print the job script of a cluster under Slurm, or run the scheduler of one until Ctrl-C."""
    from pyside.cluster import slurm

    settings = SlurmSettings.from_options(given_settings(options, SlurmSettings))
    if settings.dry_run:
        script = slurm.job_script(settings)
        print_json({"kind": "job script", "jobs": settings.jobs, "script": script}) if options.json else show(script)
    else:
        slurm.run(settings, show)
    return 0


def run_command(options: argparse.Namespace) -> int:
    """Run a command of the table and print its result."""
    from pyside.jobs import commands, job

    command: commands.Command = options.command
    arguments = {one.name: _given(getattr(options, one.name), one) for one in command.arguments}
    request = command.request(arguments, given_settings(options, command.settings))
    try:
        record = job.do(request, log=not options.json and not commands.is_passing(request))
    except KeyboardInterrupt:
        words = commands.words_of(request)
        raise Interrupted(f"The {words.kind} was interrupted. {words.interrupted}".rstrip()) from None
    print_result(record, options.json)
    return 0 if record.get("well", True) else 1


def _given(value: Any, argument: Argument) -> Any:
    """Return the value of an argument."""
    if argument.name == "search":
        return dict(_searched(text) for text in value)
    return value[0] if isinstance(value, list) and argument.nargs and len(value) == 1 else value


def _searched(text: str) -> tuple[str, Any]:
    """Read a setting to search: ``NAME=LOW..HIGH``, or ``NAME=VALUE,VALUE``."""
    name, _, values = text.partition("=")
    name = name.strip().replace("-", "_")
    if re.fullmatch(r"[-+.\deE]+\.\.[-+.\deE]+", values.strip()):
        return name, values
    parts = re.split(r",(?![^\[]*\])", values)  # at commas outside brackets
    return name, [parsed_value(part.strip()) for part in parts]


def run_jobs(options: argparse.Namespace) -> int:
    """List the jobs of this user, or those in a folder."""
    from pyside.jobs import job_records
    from pyside.jobs.own import at_hand

    if options.verb == "list" and options.json:  # programs know the older spelling
        print_json(job_records.jobs(options.folder))
        return 0
    found = at_hand.jobs(options.folder)
    print_json(found) if options.json else show("\n".join(at_hand.page(found)))
    return 0


def run_ending(options: argparse.Namespace) -> int:
    """Stop a job gently, or end it at once."""
    from pyside.jobs.own import ending

    found = {"stop": ending.stop, "cancel": ending.cancel}[options.verb](options.job)
    print_json(found) if options.json else show("\n".join(found["said"]))
    return 0


def run_attach(options: argparse.Namespace) -> int:
    """Watch a job and print its result; Ctrl-C leaves the job running."""
    from pyside.jobs import job
    from pyside.jobs.own import ending

    found = ending.to_attach(options.job)
    _say(found, options.json)
    print_result(job.wait(found["job"]["folder"], leave=True), options.json)
    return 0


def run_resume(options: argparse.Namespace) -> int:
    """Resume a job and watch it, or only start it."""
    from pyside.jobs import job
    from pyside.jobs.own import ending

    found = ending.to_resume(options.job)
    where = options.devices, options.scheduler
    folder = job.resume(found["job"]["folder"], options.trust_code, *where)
    _say(found, options.json)
    if not options.no_wait:
        print_result(job.wait(folder, leave=True), options.json)
    return 0


def _say(found: dict[str, Any], as_json: bool) -> None:
    """Print which job was chosen; not before JSON, which is for programs."""
    if found["said"] and not as_json:
        show("\n".join(found["said"]))


def run_job(options: argparse.Namespace) -> int:
    """Show the status or the log of a job, remove it, or run it in this process."""
    from pyside.jobs import job, job_records
    from pyside.jobs.own import at_hand

    if options.verb == "run":
        from pyside.jobs import worker
        from pyside.system import processes

        processes.ignore_interrupts()
        processes.leave(worker.run(options.job))
    folder = at_hand.meant(options.job, lambda _: True)["folder"]
    if options.verb == "status":
        show_record(job_records.status(folder), options.json)
    elif options.verb == "log":
        show(job_records.log(folder, options.lines))
    else:
        job.remove(folder)
    return 0


def run_submit(options: argparse.Namespace) -> int:
    """Submit a training to the cloud, or with --dry-run print what would be submitted."""
    from pyside.jobs.cloud import jobs

    settings = given_settings(options, CloudTrainSettings)
    if settings.get("dry_run"):
        found = jobs.plan(options.dataset, options.model_path, settings)
        print_json(found) if options.json else show("\n".join(found["page"]))
        return 0
    found = jobs.submit(options.dataset, options.model_path, settings, log=not options.json)
    print_json(found) if options.json else show(f"The job on this computer that watches it: {found['folder']}")
    return 0


def run_cloud(options: argparse.Namespace) -> int:
    """Look at, cancel or fetch a training in the cloud."""
    from pyside.jobs import job
    from pyside.jobs.cloud import jobs

    if options.verb == "logs":
        rows = jobs.logs(options.source, options.lines)
        lines = [f"{one['time']} {one['severity']:<8} {one['text']}" for one in rows]
        print_json(rows) if options.json else show("\n".join(lines))
    elif options.verb == "fetch":
        folder = jobs.fetch(options.source, options.model_path or None)
        if options.no_wait:
            print_json({"folder": folder}) if options.json else show(folder)
        else:
            print_result(job.wait(folder), options.json)
    else:
        record = {"status": jobs.status, "cancel": jobs.cancel}[options.verb](options.source)
        show_record(record, options.json)
    return 0
