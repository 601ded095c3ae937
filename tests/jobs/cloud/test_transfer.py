"""Files travel whole, checked, and only once: over the emulator of Cloud Storage, in memory, and on a disk.

The client is the real one, gcsfs; the service is the emulator of the package gcp-storage-emulator, in a process of its
own. Where it has to misbehave, a small server of ours stands before it.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pyside.errors import (
    ApiDisabled,
    BadOption,
    BucketNotFound,
    Interrupted,
    NoCredentials,
    NoNetwork,
    NoPermission,
    PathMissing,
    TouchTrainError,
    TransferFailed,
)
from pyside.jobs.cloud import place as cloud_place
from pyside.jobs.cloud import transfer
from pyside.jobs.cloud.place import Place
from tests.conftest import raises_with
from tests.jobs.cloud.stand_ins import storage_emulator

ROOT = Path(__file__).resolve().parents[2]
BUCKET = "lab-bucket"
SIGKILL = getattr(signal, "SIGKILL", signal.SIGTERM)  # Windows has one way only
ROUNDS = [0, *(pytest.param(number, marks=pytest.mark.slow) for number in range(1, 20))]


@pytest.fixture(scope="module")
def emulator() -> Iterator[str]:
    with storage_emulator([BUCKET]) as url:
        yield url


@pytest.fixture(autouse=True)
def of_the_emulator(emulator: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", emulator)
    monkeypatch.setattr("gcsfs.retry.min", lambda *seconds: 0.01, raising=False)  # the pauses between gcsfs's tries


@pytest.fixture(params=["gs", "memory", "disk"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """An empty folder: in a bucket, in memory, on a disk."""
    name = f"{tmp_path.name}-{random.random()}"
    return {
        "gs": lambda: Place(f"gs://{BUCKET}/{name}"),
        "memory": lambda: Place(f"memory://{name}"),
        "disk": lambda: Place(tmp_path / "there"),
    }[request.param]()


def fill(folder: Path, sizes: dict[str, int], seed: int = 0) -> Path:
    """Write files of so many random bytes."""
    rng = np.random.default_rng(seed)
    for name, size in sizes.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(rng.bytes(size))
    return folder


SIZES = {"dataset.json": 300, "a.npy": 5_000_000, "sub/b.npy": 70_000, "empty": 0, "Größe und mehr.txt": 10}


def content(folder: Path) -> dict[str, bytes]:
    return {one.relative_to(folder).as_posix(): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


# --- there and back ------------------------------------------------------------------------------------------------


def test_a_folder_travels_there_and_back(place: Place, tmp_path: Path) -> None:
    here = fill(tmp_path / "here", SIZES)
    assert place.files() == {} and not place.exists()
    sent = transfer.upload(here, place, last=["dataset.json"])
    assert (sent.files, sent.bytes, sent.same_files) == (5, sum(SIZES.values()), 0)
    assert {name: one.size for name, one in place.files().items()} == SIZES
    fetched = transfer.download(place, tmp_path / "back")
    assert (fetched.files, fetched.bytes) == (5, sum(SIZES.values()))
    assert content(tmp_path / "back") == content(here)


def test_only_what_has_changed_travels(place: Place, tmp_path: Path) -> None:
    here = fill(tmp_path / "here", SIZES)
    transfer.upload(here, place)
    again = transfer.upload(here, place)
    assert (again.files, again.bytes, again.same_files, again.same_bytes) == (0, 0, 5, sum(SIZES.values()))
    (here / "a.npy").write_bytes(bytes(5_000_000))  # as long as before
    assert transfer.upload(here, place, last=["dataset.json"]).files == 2  # and the list of contents
    transfer.download(place, tmp_path / "back")
    (tmp_path / "back" / "empty").write_bytes(b"x")
    fetched = transfer.download(place, tmp_path / "back")
    assert (fetched.files, fetched.same_files) == (1, 4)
    assert content(tmp_path / "back") == content(here)


def test_progress_is_told_and_ends_at_all_of_it(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "_REPORT_SECONDS", 0)
    records: list[dict[str, Any]] = []
    transfer.upload(fill(tmp_path / "here", SIZES), place, progress=records.append)
    assert records[-1]["bytes_done"] == records[-1]["bytes"] == sum(SIZES.values())
    assert records[-1]["stage"] == "uploading" and records[-1]["bytes_per_second"] > 0
    assert [one["bytes_done"] for one in records] == sorted(one["bytes_done"] for one in records)


def test_the_last_that_is_told_is_all_of_it_however_fast_it_went(place: Place, tmp_path: Path) -> None:
    records: list[dict[str, Any]] = []
    transfer.upload(fill(tmp_path / "here", {str(number): 1000 for number in range(9)}), place, progress=records.append)
    assert records[-1]["bytes_done"] == records[-1]["bytes"] == 9000
    transfer.download(place, tmp_path / "back", progress=records.append)
    assert (records[-1]["stage"], records[-1]["bytes_done"]) == ("fetching", 9000)


def test_a_file_that_is_not_here_is_told(place: Place, tmp_path: Path) -> None:
    here = fill(tmp_path / "here", {"one": 10})
    with raises_with(PathMissing, "two.npy"):
        transfer.upload(here, place, ["one", "two.npy"])
    assert place.files() == {}
    transfer.upload(here, place)
    with raises_with(PathMissing, "two.npy"):
        transfer.upload_file(here / "two.npy", place / "one")


def test_single_files_and_records(place: Place, tmp_path: Path) -> None:
    record = place / "deep" / "job.json"
    assert record.read_json() is None and record.stored() is None
    with raises_with(PathMissing, "job.json"):
        record.read()
    record.write_json({"name": "Größe", "nothing": float("nan")})
    assert record.read_json() == {"name": "Größe", "nothing": None}
    (place / "deep" / "no.json").write(b"[1, 2")
    assert (place / "deep" / "no.json").read_json() is None
    file = fill(tmp_path / "here", {"one": 40_000}) / "one"
    transfer.upload_file(file, place / "x" / "two")
    transfer.upload_file(file, place / "x" / "two")
    transfer.download_file(place / "x" / "two", tmp_path / "new" / "three")
    assert (tmp_path / "new" / "three").read_bytes() == file.read_bytes()
    record.remove()
    record.remove()
    assert not record.exists() and (place / "x").exists()
    with pytest.raises(PathMissing):
        transfer.download_file(record, tmp_path / "no")
    with raises_with(PathMissing, "missing.npy"):
        transfer.download(place, tmp_path / "no", ["missing.npy"])


@pytest.mark.parametrize(
    "url",
    ["gs://", "gs://b/../c", "gs://b//c", "gs://b/a\x00b", "gs://b/./c", "://b", "GS://b/c"],
)
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(BadOption):
        Place(url)


@pytest.mark.parametrize("name", ["../up", "/root", "a/../b", "", "a\nb", "..", "a\\..\\b", "C:/x"])
def test_names_that_lead_elsewhere_are_refused(place: Place, name: str) -> None:
    with pytest.raises(BadOption):
        place / name


# --- large files ---------------------------------------------------------------------------------------------------


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "_PART_BYTES", 1000)
    monkeypatch.setattr(transfer, "CHUNK_BYTES", 1500)


def bucket(name: str) -> Place:
    return Place(f"gs://{BUCKET}/{name}-{random.random()}")


@pytest.mark.parametrize("n_bytes", [1001, 32_000, 32_001, 70_500])
def test_a_large_file_goes_up_in_parts_that_are_joined(small_parts: None, tmp_path: Path, n_bytes: int) -> None:
    place = bucket("large")
    here = fill(tmp_path / "here", {"big.npy": n_bytes, "small": 5})
    transfer.upload(here, place)
    assert set(place._everything()) == {"big.npy", "small"}
    assert (place / "big.npy").read() == (here / "big.npy").read_bytes()


def test_parts_of_a_broken_try_are_not_sent_again(
    small_parts: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "_THREADS", 1)
    monkeypatch.setattr(transfer, "_REPORT_SECONDS", 0)
    place, asked = bucket("broken"), [0]
    here = fill(tmp_path / "here", {"big.npy": 20_000})

    def stop_soon() -> bool:
        asked[0] += 1
        return asked[0] > 7

    with pytest.raises(Interrupted):
        transfer.upload(here, place, should_stop=stop_soon)
    assert place.files() == {}  # nothing bears its final name
    assert len(place._everything()) >= 7
    again = transfer.upload(here, place)
    assert again.bytes <= 13_000
    assert (place / "big.npy").read() == (here / "big.npy").read_bytes()

    other = fill(tmp_path / "other", {"big.npy": 20_000}, seed=1)
    asked[0] = 0
    with pytest.raises(Interrupted):
        transfer.upload(other, place, should_stop=stop_soon)
    assert (place / "big.npy").read() == (here / "big.npy").read_bytes()  # the old one still
    transfer.upload(fill(tmp_path / "third", {"big.npy": 20_000}, seed=2), place)
    assert set(place._everything()) == {"big.npy"}  # no part of the second one is left


def test_what_was_fetched_of_a_file_is_not_fetched_again(
    small_parts: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "_REPORT_SECONDS", 0)
    place, asked = bucket("fetched"), [0]
    here = fill(tmp_path / "here", {"big.npy": 20_000})
    transfer.upload(here, place)

    def stop_soon() -> bool:
        asked[0] += 1
        return asked[0] > 5

    with pytest.raises(Interrupted):
        transfer.download(place, tmp_path / "back", should_stop=stop_soon)
    assert not (tmp_path / "back" / "big.npy").exists()
    assert transfer.download(place, tmp_path / "back").bytes == 20_000 - 5 * 1500 - 1500
    assert content(tmp_path / "back") == content(here)


def test_a_part_that_is_damaged_is_thrown_away(small_parts: None, tmp_path: Path) -> None:
    place = bucket("damaged")
    here = fill(tmp_path / "here", {"big.npy": 20_000})
    transfer.upload(here, place)
    import base64

    mark = base64.b64decode(cloud_place.checksum(here / "big.npy")).hex()
    (tmp_path / "back").mkdir()
    (tmp_path / "back" / f"big.npy.{mark}.part").write_bytes(bytes(3000))
    transfer.download(place, tmp_path / "back")
    assert content(tmp_path / "back") == content(here)


def test_a_folder_is_complete_only_when_all_of_it_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = bucket("last")
    here = fill(tmp_path / "here", SIZES)
    transfer.upload(here, place, last=["dataset.json"])
    (here / "a.npy").write_bytes(b"changed")
    monkeypatch.setattr(transfer, "_REPORT_SECONDS", -1)
    with pytest.raises(Interrupted):
        transfer.upload(here, place, last=["dataset.json"], should_stop=lambda: True)
    assert "dataset.json" not in place.files()
    transfer.upload(here, place, last=["dataset.json"])
    assert (place / "dataset.json").read() == (here / "dataset.json").read_bytes()


def test_a_file_that_changes_while_it_is_sent_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = fill(tmp_path / "here", {"shifting.npy": 100})
    put = transfer._put

    def put_and_change(source: Path, *rest: Any) -> None:
        put(source, *rest)
        source.write_bytes(os.urandom(100))

    monkeypatch.setattr(transfer, "_put", put_and_change)
    with raises_with(TransferFailed, "shifting.npy"):
        transfer.upload(here, bucket("changing"))


# --- interrupted at random -----------------------------------------------------------------------------------------

CHILD = """
import sys
from pathlib import Path
from pyside.jobs.cloud import place, transfer
transfer._PART_BYTES = 400_000
transfer.CHUNK_BYTES = 200_000
way, folder, url = sys.argv[1:]
print("begins", flush=True)
if way == "up":
    done = transfer.upload(Path(folder), place.Place(url), last=["dataset.json"])
else:
    done = transfer.download(place.Place(url), Path(folder))
print("done", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a process is killed")
@pytest.mark.parametrize("round_", ROUNDS)
def test_interrupted_at_random_every_file_is_whole_or_absent_and_a_second_try_completes_it(
    round_: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(round_)
    sizes = {f"{number}.npy": rng.choice([500, 90_000, 1_700_000, 3_000_000]) for number in range(20)}
    old = fill(tmp_path / "old", {**sizes, "dataset.json": 99}, seed=round_)
    new = fill(tmp_path / "new", {**sizes, "dataset.json": 100}, seed=round_ + 1000)
    place = bucket(f"random{round_}")
    transfer.upload(old, place)
    known = {name: {cloud_place.checksum(folder / name) for folder in (old, new)} for name in content(old)}

    def run(*arguments: str, killed: bool) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        line = [sys.executable, "-c", CHILD, *arguments]
        with subprocess.Popen(line, env=environment, stdout=subprocess.PIPE) as child:
            assert child.stdout and child.stdout.readline() == b"begins\n"
            if killed:
                time.sleep(rng.uniform(1.2, 2.6))  # of some three seconds, the first one of them for imports
                child.send_signal(SIGKILL)
            rest = child.stdout.read()
        assert killed or rest == b"done\n"

    run("up", str(new), place.url, killed=True)
    there = place.files()
    assert set(there) >= {f"{number}.npy" for number in range(20)}
    for name, one in there.items():
        assert one.checksum in known[name], name
    if there.get("dataset.json") and there["dataset.json"].size == 100:
        assert all(one.checksum == cloud_place.checksum(new / name) for name, one in there.items())
    run("up", str(new), place.url, killed=False)
    assert {name: one.checksum for name, one in place.files().items()} == {
        name: cloud_place.checksum(new / name) for name in content(new)
    }
    assert len(place._everything()) == 21  # no part is left

    run("down", str(tmp_path / "back"), place.url, killed=True)
    for name, data in content(tmp_path / "back").items():
        assert name.endswith(".part") or data == (new / name).read_bytes(), name
    run("down", str(tmp_path / "back"), place.url, killed=False)
    assert content(tmp_path / "back") == content(new)


# --- a service that misbehaves -------------------------------------------------------------------------------------


class Moody:
    """A server before the emulator that gives other answers first, or drops the connection.

    Args:
        behind: URL of the emulator.
        moods: what is done with the requests, one after the other: a status and a body, or None for a cut in the
            midst of the answer. After the last one all are handed on.
        method: only requests that begin so, as "DELETE".
        named: only requests with this in their path or body.

    Attributes:
        most_at_once: how many requests there were at a time.
    """

    def __init__(self, behind: str, moods: list[tuple[int, str] | None], method: str = "", named: str = ""):
        moody, self.requests, self.moods = self, 0, list(moods)
        self.most_at_once, self._at_once, self._lock = 0, 0, threading.Lock()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _do(self) -> None:
                moody.requests += 1
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                is_meant = self.command.startswith(method) and named.encode() in self.path.encode() + body
                with moody._counting():
                    self._answer(body, moody._next_mood(is_meant))

            def _answer(self, body: bytes, mood: tuple[int, str] | None) -> None:
                if mood and mood[0]:
                    self._reply(mood[0], mood[1].encode())
                    return
                headers = {"Host": behind.removeprefix("http://")}
                handed_on = ("Content-Type", "Range", "Content-Range")
                headers |= {name: value for name, value in self.headers.items() if name in handed_on}
                asked = urllib.request.Request(behind + self.path, body or None, headers, method=self.command)
                try:
                    with urllib.request.urlopen(asked) as answer:
                        status, data, found = answer.status, answer.read(), dict(answer.headers)
                except urllib.error.HTTPError as error:
                    status, data, found = error.code, error.read(), dict(error.headers)
                self._reply(status, data, found, cut=mood is None)

            def _reply(self, status: int, data: bytes, headers: Any = None, cut: bool = False) -> None:
                self.send_response(status)
                for name in ("Content-Type", "Location", "Content-Range"):
                    if headers and name in headers:
                        self.send_header(name, headers[name])
                self.send_header("Content-Length", str(len(data) + cut))  # an empty one can be cut, too
                self.end_headers()
                self.wfile.write(data[: len(data) // 2] if cut else data)
                if cut:
                    self.close_connection = True
                    self.wfile.flush()
                    self.connection.shutdown(socket.SHUT_RDWR)

            do_GET = do_POST = do_PUT = do_DELETE = _do

            def log_message(self, *of_request: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def _next_mood(self, is_meant: bool) -> tuple[int, str] | None:
        return self.moods.pop(0) if self.moods and is_meant else (0, "")

    @contextlib.contextmanager
    def _counting(self) -> Iterator[None]:
        with self._lock:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            yield
        finally:
            with self._lock:
                self._at_once -= 1

    def __enter__(self) -> Moody:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *of_error: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def said(status: int, message: str) -> tuple[int, str]:
    return status, f'{{"error": {{"code": {status}, "message": "{message}"}}}}'


@pytest.mark.parametrize(
    "moods",
    [
        [said(503, "Service Unavailable")] * 2,
        [said(429, "The rate of requests is too high")] * 2,
        [said(500, "Internal")],
        [None, None],
    ],
)
def test_what_passes_is_tried_again(
    moods: list[tuple[int, str] | None], emulator: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = fill(tmp_path / "here", {"a": 5000, "b": 20})
    with Moody(emulator, moods) as moody:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", moody.url)
        place = bucket("moody")
        transfer.upload(here, place)
        moody.moods = list(moods)
        transfer.download(place, tmp_path / "back")
        assert moody.moods == [] and moody.requests > 6
    assert content(tmp_path / "back") == content(here)


@pytest.mark.parametrize(
    ("mood", "kind", "part"),
    [
        (
            said(401, "Request had invalid authentication credentials"),
            NoCredentials,
            "gcloud auth application-default login",
        ),
        (
            said(403, "lab@x.org does not have storage.objects.create access to the Google Cloud Storage object."),
            NoPermission,
            "storage.objects.create",
        ),
        (
            said(
                403,
                "Cloud Storage API has not been used in project 12 before or it is disabled. storage.googleapis.com",
            ),
            ApiDisabled,
            "gcloud services enable storage.googleapis.com",
        ),
        (
            said(404, "The specified bucket does not exist."),
            BucketNotFound,
            "gcloud storage buckets create gs://lab-bucket",
        ),
        (said(503, "Service Unavailable"), NoNetwork, "503"),
        (said(429, "The rate of requests is too high"), NoNetwork, "429"),
    ],
)
def test_what_does_not_pass_is_an_error_that_says_what_helps(
    mood: tuple[int, str],
    kind: type[TouchTrainError],
    part: str,
    emulator: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = fill(tmp_path / "here", {"a": 5000})
    with Moody(emulator, [mood] * 100) as moody:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", moody.url)
        place = bucket("moody")
        for deed in (place.check, place.files, lambda: transfer.upload(here, place)):
            with raises_with(kind, part, "lab-bucket"):
                deed()
        assert moody.requests < 40  # bounded


def test_what_stops_one_file_is_told_and_not_that_the_others_were_stopped_by_it(
    small_parts: None, emulator: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = fill(tmp_path / "here", {"a.npy": 30_000, "z.npy": 3000})
    refusal = said(403, "lab@x.org does not have storage.objects.create access to the Google Cloud Storage object.")
    with Moody(emulator, [refusal] * 100, named="z.npy") as moody:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", moody.url)
        with raises_with(NoPermission, "z.npy"):
            transfer.upload(here, bucket("refused"))


def test_few_parts_are_in_memory_however_many_files_are_large(
    small_parts: None, emulator: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = fill(tmp_path / "here", {f"{number}.npy": 6000 for number in range(4)})
    with Moody(emulator, []) as moody:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", moody.url)
        transfer.upload(here, bucket("many"))
        assert 1 < moody.most_at_once <= transfer._THREADS


def test_parts_are_cleared_away_also_where_the_answer_to_that_is_lost(
    small_parts: None, emulator: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = fill(tmp_path / "here", {"big.npy": 5000})
    with Moody(emulator, [None, None], method="DELETE") as moody:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", moody.url)
        place = bucket("lost")
        transfer.upload(here, place)
        assert moody.moods == []
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", emulator)
    assert set(place._everything()) == {"big.npy"}


def test_parts_that_may_not_be_cleared_away_are_told(
    emulator: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, place = fill(tmp_path / "here", {"big.npy": 500}), bucket("kept")
    transfer.upload(here, place)
    (place / f"big.npy{cloud_place.PART_MARK}00-0000").write(b"x")
    refusal = said(403, "lab@x.org does not have storage.objects.delete access to the Google Cloud Storage object.")
    with Moody(emulator, [refusal] * 100, method="DELETE") as moody:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", moody.url)
        with raises_with(NoPermission, "storage.objects.delete"):
            transfer.upload(here, place)


def test_a_service_that_says_nothing_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    assert 6 * cloud_place._SECONDS_TO_CONNECT + 34 < 70  # gcsfs's six tries, and its pauses between them
    monkeypatch.setattr(cloud_place, "_SECONDS_OF_SILENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(NoNetwork):
            Place(f"gs://{BUCKET}/x").check()


def test_nobody_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "http://127.0.0.1:9")
    with raises_with(NoNetwork, BUCKET):
        Place(f"gs://{BUCKET}/x").check()


def test_a_disk_that_is_full_is_told_and_leaves_nothing_behind(small_disk: Path, tmp_path: Path) -> None:
    place = bucket("full")
    transfer.upload(fill(tmp_path / "here", {"big": 5_000_000}), place)
    with raises_with(TouchTrainError, small_disk / "back"):
        transfer.download(place, small_disk / "back")
    assert not list((small_disk / "back").iterdir())
