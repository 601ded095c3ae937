"""Clusters under Slurm: the job script that dask-jobqueue submits, and a scheduler whose workers are these jobs."""

from __future__ import annotations

import contextlib
import importlib.util
import shutil
import signal
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pyside.errors import BadOption, ExtraMissing, NoCluster, to_install
from pyside.settings.cluster import SlurmSettings
from pyside.settings.core import named

_SECONDS_BETWEEN_LOOKS = 1.0


def job_script(settings: SlurmSettings) -> str:
    """Return the script that would be submitted for each job.

    Raises:
        ExtraMissing: dask-jobqueue is not installed.
        BadOption: there is no such network interface.
    """
    with _cluster(settings) as cluster:
        return str(cluster.job_script())


def run(settings: SlurmSettings, say: Callable[[str], None], should_stop: Callable[[], bool] = lambda: False) -> None:
    """Start a scheduler in this process, submit the jobs, and keep both until Ctrl-C.

    Args:
        settings: of the jobs.
        say: called with messages for a person, the address of the scheduler among them.
        should_stop: returns True to end.

    Raises:
        ExtraMissing, BadOption: as `job_script`.
        NoCluster: this computer has no sbatch, or it refuses the jobs.
    """
    if shutil.which("sbatch") is None:
        raise NoCluster(
            "This computer has no sbatch, the command of Slurm that submits jobs. Run this on a login node of the "
            f"cluster, or set {named('dry_run')} to see what would be submitted."
        )
    if settings.logs is not None:
        Path(settings.logs).mkdir(parents=True, exist_ok=True)
    with _cluster(settings) as cluster:
        address = str(cluster.scheduler_address)
        say(f"The scheduler runs at {address}. Give this address as {named('scheduler')}. Ctrl-C ends it and its jobs.")
        say(_about_workers(settings))
        try:
            cluster.scale(jobs=settings.jobs)
            _watch(cluster, settings, say, should_stop)
        except KeyboardInterrupt:
            say("Ending the jobs.")


def _about_workers(settings: SlurmSettings) -> str:
    """Say what a worker has, and so a training on it at most."""
    from dask.utils import parse_bytes

    memory, cores = parse_bytes(settings.memory) / settings.workers / 1e9, settings.cores_per_worker
    return (
        f"A worker has {cores} core{'s' if cores > 1 else ''} and {memory:.3g} GB of memory, and so have the trainings "
        f"that run on it together ({named('cores_per_training')}, {named('memory_per_training')})."
    )


def _watch(cluster: Any, settings: SlurmSettings, say: Callable[[str], None], should_stop: Callable[[], bool]) -> None:
    """Say how many workers there are, whenever that changes."""
    wanted, before = settings.jobs * settings.workers, -1
    while not should_stop():
        now = len(cluster.scheduler.workers)
        if now != before:
            say(f"{now} of {wanted} workers have joined.")
            before = now
        time.sleep(_SECONDS_BETWEEN_LOOKS)


def _slurm_cluster() -> Any:
    """Import the class; dask-jobqueue would take Ctrl-C and the request to end for itself."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    from dask_jobqueue import SLURMCluster

    for number, handler in before.items():
        signal.signal(number, handler)
    return SLURMCluster


@contextlib.contextmanager
def _cluster(settings: SlurmSettings) -> Any:
    """Yield the cluster of dask-jobqueue, without jobs yet; it ends with the context, and its jobs with it."""
    if settings.cores % settings.cores_per_worker:
        raise BadOption(
            f"{named('cores_per_worker')} is {settings.cores_per_worker}, and a job has {settings.cores} "
            f"({named('cores')}): set {named('cores')} to a multiple of it."
        )
    for package in ("distributed", "dask_jobqueue"):
        if importlib.util.find_spec(package) is None:
            raise ExtraMissing(
                f"Clusters under Slurm need the package {package.replace('_', '-')}, which is not installed. Install "
                f"it: {to_install('cluster')}"
            )
    SLURMCluster = _slurm_cluster()
    gpus = [f"--gres=gpu:{settings.gpus}"] if settings.gpus else []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a port that is taken by another dashboard, for example
        try:
            made = SLURMCluster(
                queue=settings.partition,
                account=settings.account,
                cores=settings.cores,
                processes=settings.workers,
                memory=settings.memory,
                walltime=settings.walltime,
                job_extra_directives=[*gpus, *settings.directives],
                job_script_prologue=list(settings.prologue),
                log_directory=settings.logs and str(Path(settings.logs).absolute()),
                interface=settings.interface,
                job_name="touchtrain",
                python=sys.executable,
                worker_extra_args=["--no-dashboard"],
                scheduler_options={"port": settings.port, "dashboard_address": None},
            )
        except (ValueError, OSError) as error:
            if settings.interface is not None and "interface" in str(error):
                raise BadOption(f"{named('interface')}: {error}") from error
            raise NoCluster(f"The scheduler cannot be started: {error}") from error
    try:
        yield made
    finally:
        made.close()
