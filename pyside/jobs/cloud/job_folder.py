"""The folder of a job in a bucket, or anywhere else: the training writes it, the job that watches reads it.

::

    settings.json    settings of the training, and the hash of the dataset, written at submission
    files/           files that the settings name
    records.jsonl    progress records with messages for the user, or of the end of an epoch
    progress.json    the latest progress record
    checkpoint.npz   the checkpoint from which the training resumes
    stop             created to end the training gently
    result.json      the result · error.json   why the training failed
    job.json         what was submitted, see `submission`, written at submission
"""

from __future__ import annotations

import contextlib
import json
import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pyside import errors
from pyside.errors import Interrupted, PathMissing, TouchTrainError
from pyside.jobs.cloud import transfer
from pyside.jobs.cloud.place import Place
from pyside.settings.training import with_files
from pyside.system.progress import progress_line
from pyside.system.records import to_json

log = logging.getLogger("touchtrain")
SETTINGS, JOB, STOP, RESULT, ERROR = "settings.json", "job.json", "stop", "result.json", "error.json"
CHECKPOINT, RECORDS, PROGRESS = "checkpoint.npz", "records.jsonl", "progress.json"
# Errors that a restart may cure; after any other error, a restart by the service would be in vain.
_MAY_PASS = ("NoNetwork", "TransferFailed", "DiskFull", "JobFailed", "NoCredentials")


class JobFolder:
    """The job folder as the training uses it: settings and stop requests in, progress, checkpoint and result out.

    A thread publishes what is new, often at first and then every ten seconds. A network failure does not stop the
    training: the next round tries again.

    Args:
        url: URL of the folder; None for no folder, and then nothing is published or kept.
    """

    def __init__(self, url: str | None):
        self.url, self.place = url, Place(url) if url else None
        self.result: dict[str, Any] | None = None
        self._records: list[str] = []
        self._progress: dict[str, Any] = {}
        self._news = {RECORDS: False, PROGRESS: False}
        self._checkpoint: Path | None = None
        self._sent_checkpoint = 0
        self._stop, self._over = False, threading.Event()
        self._lock, self._is_away = threading.Lock(), False
        self._thread = threading.Thread(target=self._publish_all_the_time, daemon=True)

    # --- before ---

    def ended_before(self) -> bool:
        """Return whether the job has ended before, with a result or an error that a restart cannot cure.

        The service restarts a machine that ends with an error, so such an error must not be tried again.
        """
        if not self.place:
            return False
        self.result = (self.place / RESULT).read_json()
        error = (self.place / ERROR).read_json()
        if self.result:
            log.info(f"This job has already ended: its result is in {self.url}.")
        elif error and error.get("kind") not in _MAY_PASS:
            log.error(f"This job has already failed, and a restart does not help. {error.get('text')}")
        else:
            (self.place / ERROR).remove()
            return False
        return True

    def settings(self, work: Path) -> tuple[dict[str, Any], str | None]:
        """Fetch the files that the settings name; return the settings, and the hash of the dataset or None."""
        record = (self.place / SETTINGS).read_json() if self.place else None
        if not record:
            return {}, None

        def fetched(name: str) -> str:
            if not name.startswith("files/") or not self.place:
                return name
            transfer.download_file(self.place / name, work / name)
            return str(work / name)

        return with_files(record["settings"], fetched), record.get("dataset_hash")

    def fetch_checkpoint(self) -> bool:
        """Fetch the checkpoint of an interrupted training; return whether there was one."""
        if not self.place or not self._checkpoint or (self.place / CHECKPOINT).stored() is None:
            return False
        transfer.download_file(self.place / CHECKPOINT, self._checkpoint)
        self._sent_checkpoint = self._checkpoint.stat().st_mtime_ns
        return True

    # --- while it trains ---

    def watch(self, checkpoint: Path) -> None:
        """Set the file in which the training keeps its checkpoint."""
        self._checkpoint = checkpoint

    def progress(self, record: dict[str, Any]) -> None:
        """Take a progress record: write its messages to the log, and keep it until the next publication."""
        for text in record.get("said", []):
            log.info(text)
        if record.get("milestone"):
            log.info(progress_line(record))
        with self._lock:
            if record.get("said") or record.get("milestone"):
                self._records.append(to_json(record))
                self._news[RECORDS] = True
            self._progress = dict(record)
            self._news[PROGRESS] = True

    def should_stop(self) -> bool:
        """Return whether somebody asked the training to end gently."""
        return self._stop

    @contextlib.contextmanager
    def publishing(self) -> Iterator[None]:
        """Publish news in a thread, and the rest at the end; records of an earlier start are kept."""
        if self.place:
            with contextlib.suppress(PathMissing):
                self._records = (self.place / RECORDS).read().decode("utf-8").splitlines()
            self._thread.start()
        try:
            yield
        finally:
            self._publish_the_rest()

    def _publish_the_rest(self) -> None:
        if self.place and not self._over.is_set():
            self._over.set()
            self._thread.join()
            self._publish()

    def _publish_all_the_time(self) -> None:
        began = time.monotonic()
        while not self._over.wait(min(10.0, max(0.5, (time.monotonic() - began) / 20))):
            self._publish()

    def _publish(self) -> None:
        assert self.place
        try:
            with self._lock:
                texts = {RECORDS: "\n".join(self._records), PROGRESS: to_json(self._progress)}
                news = [name for name, is_new in self._news.items() if is_new]
                self._news = dict.fromkeys(self._news, False)
            try:
                for name in news:
                    (self.place / name).write(texts[name].encode())
            except TouchTrainError:
                with self._lock:
                    self._news |= dict.fromkeys(news, True)
                raise
            self._publish_checkpoint()
            self._stop = self._stop or (self.place / STOP).stored() is not None
            self._is_away = False
        except Exception as error:
            if not self._is_away:
                log.warning(f"Progress cannot be published at the moment; it will be tried again. {error}")
            self._is_away = True

    def _publish_checkpoint(self) -> None:
        """Send the checkpoint if it is new. A copy is sent, since the training may replace the file at any time."""
        if not self.place or not self._checkpoint:
            return
        copy = self._checkpoint.with_name(f"{CHECKPOINT}.sent")
        with contextlib.suppress(FileNotFoundError):
            stamp = self._checkpoint.stat().st_mtime_ns
            if stamp != self._sent_checkpoint:
                shutil.copyfile(self._checkpoint, copy)
                transfer.upload_file(copy, self.place / CHECKPOINT)
                self._sent_checkpoint = stamp
                copy.unlink(missing_ok=True)

    # --- at the end ---

    def finish(self, record: dict[str, Any]) -> None:
        """Publish the result of the training."""
        if self.place:
            self._publish_the_rest()  # before the result, since the watching job stops reading then
            (self.place / RESULT).write_json(record)
            with contextlib.suppress(TouchTrainError):  # last: without a result, the training resumes from it
                (self.place / CHECKPOINT).remove()

    def end_with(self, error: TouchTrainError) -> None:
        """Publish why the training failed, if the folder can be reached."""
        if self.place and not isinstance(error, Interrupted):
            with contextlib.suppress(TouchTrainError):
                (self.place / ERROR).write_json(errors.error_record(error))


class Mirror:
    """Reads what a training publishes in its job folder, and passes new records on.

    Args:
        place: the job folder.
        progress: called with each new progress record.
        passed_on: number of records that were passed on before.
    """

    def __init__(self, place: Place, progress: Callable[[dict[str, Any]], None], passed_on: int):
        self._place, self._progress, self.passed_on = place, progress, passed_on
        self._known: dict[str, Any] = {}
        self.has_begun = False

    def look(self) -> dict[str, Any] | None:
        """Pass on what is new; return the result, or None if there is none yet.

        Raises:
            TouchTrainError: the error that ended the training.
        """
        files = self._place.files()
        new = {name for name, one in files.items() if self._known.get(name) != one}
        self._known = files
        if RECORDS in new:
            rows = (self._place / RECORDS).read().decode("utf-8").splitlines()
            for row in rows[self.passed_on :]:
                self._progress(json.loads(row))
            self.passed_on, self.has_begun = len(rows), True
        if PROGRESS in new and (record := (self._place / PROGRESS).read_json()):
            self._progress({key: value for key, value in record.items() if key not in ("said", "milestone")})
            self.has_begun = True
        if RESULT in files:
            return (self._place / RESULT).read_json()
        if ERROR in files and (record := (self._place / ERROR).read_json()):
            raise errors.error_from(record)
        return None
