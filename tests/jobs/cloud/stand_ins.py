"""Services that stand in for those of Google Cloud, so that the cloud part can be tried without an account.

Storage is the emulator of the package gcp-storage-emulator. Vertex AI and Cloud Logging are a stand-in of our own: it
answers as the REST documentation of projects.locations.customJobs and of entries.list says, and can run a job's
arguments in a process here. Nothing of it proves how Google's own services behave.

``python tests/jobs/cloud/stand_ins.py`` starts both and prints what to set in the environment.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
_EMULATOR = """
import sys
from gcp_storage_emulator.server import create_server
server = create_server("127.0.0.1", int(sys.argv[1]), in_memory=True)
server.start()
print("ready", flush=True)
sys.stdin.read()
"""
_PYTHON = """#!/bin/sh
if [ "$1 $2 $3" = "-m pip install" ]; then echo "to install: $*" >&2; exit; fi
exec '{python}' "$@"
"""
_ENDED = ("JOB_STATE_SUCCEEDED", "JOB_STATE_FAILED", "JOB_STATE_CANCELLED")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextlib.contextmanager
def storage_emulator(buckets: Sequence[str]) -> Iterator[str]:
    """Run the emulator of Cloud Storage, in memory and in a process of its own, with these buckets; yields its URL."""
    port = free_port()
    line = [sys.executable, "-c", _EMULATOR, str(port)]
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as emulator:
        assert emulator.stdout and emulator.stdout.readline().strip() == b"ready"
        url = f"http://127.0.0.1:{port}"
        for bucket in buckets:
            body = json.dumps({"name": bucket}).encode()
            request = urllib.request.Request(f"{url}/storage/v1/b", body, {"Content-Type": "application/json"})
            urllib.request.urlopen(request, timeout=10).close()
        try:
            yield url
        finally:
            emulator.kill()


class VertexStandIn:
    """Stands in for Vertex AI and Cloud Logging, on a port of this machine.

    Args:
        runs_jobs: whether a job's command is run here, with a ``python`` that installs nothing; else a job succeeds at
            once.

    Attributes:
        url: where it answers.
        created: how many jobs were made.
        requests: method and path of each request.
        jobs: by resource name, as the service would tell of them.
        stay_pending: jobs made from now on never start.
    """

    def __init__(self, runs_jobs: bool = False):
        self.created, self.requests, self.stay_pending = 0, [], False
        self.jobs: dict[str, dict[str, Any]] = {}
        self._runs_jobs = runs_jobs
        self._answers: list[tuple[int, Any]] = []
        self._cuts: list[bool] = []
        self._failures: list[tuple[int, str, str]] = []
        self._logs: dict[str, Path] = {}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._lock = threading.RLock()
        self._folder = tempfile.TemporaryDirectory(prefix="touchtrain-stand-in-")
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> VertexStandIn:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *of_error: object) -> None:
        for name in self._processes:
            self._end(name, signal.SIGKILL)
        self._server.shutdown()
        self._server.server_close()
        self._folder.cleanup()

    # --- what tests ask for ---

    def answer_next(self, status: int, message: str, reason: str = "", times: int = 1) -> None:
        """Give this error instead of an answer, so many times."""
        details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com"}]
        error = {"code": status, "message": message, "status": _STATUS.get(status, "UNKNOWN")}
        body = {"error": {**error, **({"details": details} if reason else {})}}
        self._answers += [(status, body)] * times

    def cut_next(self, after_doing: bool) -> None:
        """Drop the connection of the next request, before or after doing what it says."""
        self._cuts.append(after_doing)

    def fail_with(self, code: int, message: str, region: str) -> None:
        """Let the next job in a region fail with this error, of google.rpc.Code."""
        self._failures.append((code, message, region))

    def log_files(self) -> list[Path]:
        """Return the log of each job that was run here."""
        return list(self._logs.values())

    # --- what the service does ---

    def _create(self, parent: str, body: dict[str, Any]) -> dict[str, Any]:
        self.created += 1
        name = f"{parent}/customJobs/{1000 + self.created}"
        now = _now()
        made = {**body, "name": name, "state": "JOB_STATE_PENDING", "createTime": now, "updateTime": now}
        self.jobs[name] = made
        region = parent.split("/")[3]
        for failure in self._failures:
            if failure[2] == region:
                self._failures.remove(failure)
                return self._finish(name, "JOB_STATE_FAILED", {"code": failure[0], "message": failure[1]})
        if not self.stay_pending:
            self._start(name)
        return made

    def _start(self, name: str) -> None:
        job = self.jobs[name]
        job |= {"state": "JOB_STATE_RUNNING", "startTime": _now()}
        if not self._runs_jobs:
            self._finish(name, "JOB_STATE_SUCCEEDED")
            return
        container = job["jobSpec"]["workerPoolSpecs"][0]["containerSpec"]
        python = Path(self._folder.name) / "bin" / "python"
        python.parent.mkdir(exist_ok=True)
        python.write_text(_PYTHON.format(python=sys.executable))
        python.chmod(0o755)
        environment = {"PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
        self._logs[name] = Path(self._folder.name) / f"{name.rpartition('/')[2]}.log"
        with self._logs[name].open("wb") as log:
            self._processes[name] = subprocess.Popen(
                [*container["command"], *container["args"]],
                cwd=self._folder.name,
                env={**os.environ, **environment, "TF_CPP_MIN_LOG_LEVEL": "3"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _look(self, name: str) -> dict[str, Any] | None:
        job, process = self.jobs.get(name), self._processes.get(name)
        if job and process and job["state"] not in _ENDED and (code := process.poll()) is not None:
            message = f"The replica workerpool0-0 exited with a non-zero status of {code}."
            self._finish(
                name, *(["JOB_STATE_FAILED", {"code": 3, "message": message}] if code else ["JOB_STATE_SUCCEEDED"])
            )
        return job

    def _cancel(self, name: str) -> None:
        job = self.jobs[name]
        if job["state"] not in _ENDED:
            self._end(name, signal.SIGTERM)
            self._finish(name, "JOB_STATE_CANCELLED")

    def _end(self, name: str, how: int) -> None:
        process = self._processes.get(name)
        if process and process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, how)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def _finish(self, name: str, state: str, error: dict[str, Any] | None = None) -> dict[str, Any]:
        self.jobs[name] |= {"state": state, "endTime": _now(), **({"error": error} if error else {})}
        return self.jobs[name]

    def _entries(self, filter_: str) -> list[dict[str, Any]]:
        """Return the log of the job that a filter names, the last line first, as it is asked for."""
        wanted = re.search(r'job_id="?(\d+)', filter_)
        found = [file for name, file in self._logs.items() if wanted and name.endswith(f"/{wanted[1]}")]
        entries = []
        for number, line in enumerate(
            line for file in found for line in file.read_text("utf-8", "replace").splitlines()
        ):
            entry = {"logName": "projects/p/logs/workerpool0-0", "resource": {"type": "ml_job", "labels": {}}}
            entry |= {"insertId": str(number), "timestamp": _now(), "severity": "ERROR", "textPayload": line}
            with contextlib.suppress(ValueError, KeyError, TypeError):
                record = json.loads(line)
                entry |= {"severity": record["severity"], "jsonPayload": {"message": record["message"]}}
                del entry["textPayload"]
            entries.append(entry)
        return entries[::-1]

    def _answer(self, method: str, path: str, query: dict[str, list[str]], body: dict[str, Any]) -> tuple[int, Any]:
        if path == "/v2/entries:list":
            return 200, {"entries": self._entries(body.get("filter", ""))[: int(body.get("pageSize") or 1000)]}
        name = path.removeprefix("/v1/")
        if method == "POST" and name.endswith("/customJobs"):
            return 200, self._create(name.removesuffix("/customJobs"), body)
        if method == "POST" and name.endswith(":cancel") and name.removesuffix(":cancel") in self.jobs:
            self._cancel(name.removesuffix(":cancel"))
            return 200, {}
        if method == "GET" and name.endswith("/customJobs"):
            mark = re.search(r'labels\.touchtrain="?([\w-]+)', (query.get("filter") or [""])[0])
            start = name + "/"
            found = [job for one, job in self.jobs.items() if one.startswith(start)]
            return 200, {"customJobs": [job for job in found if not mark or job["labels"].get("touchtrain") == mark[1]]}
        if method == "GET" and (job := self._look(name)):
            return 200, job
        return 404, {"error": {"code": 404, "message": f"The CustomJob {name} does not exist.", "status": "NOT_FOUND"}}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _do(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                parts = urllib.parse.urlsplit(self.path)
                with stand_in._lock:
                    stand_in.requests.append(f"{self.command} {parts.path}")
                    cut = stand_in._cuts.pop(0) if stand_in._cuts else None
                    if cut is False:
                        self.close_connection = True
                        self.connection.shutdown(socket.SHUT_RDWR)
                        return
                    if stand_in._answers:
                        status, answer = stand_in._answers.pop(0)
                    else:
                        query = urllib.parse.parse_qs(parts.query)
                        record = json.loads(body or b"{}")
                        status, answer = stand_in._answer(self.command, parts.path, query, record)
                    data = json.dumps(answer).encode()
                if cut:
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = _do

            def log_message(self, *of_request: Any) -> None:
                """Say nothing."""

        return Handler


_STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    503: "UNAVAILABLE",
}


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def main() -> None:
    """Run both services until this process is ended."""
    with storage_emulator(["touchtrain-lab"]) as storage:
        os.environ["STORAGE_EMULATOR_HOST"] = storage  # for the jobs that are run here
        with VertexStandIn(runs_jobs=True) as vertex:
            print(f"export STORAGE_EMULATOR_HOST={storage}")
            print(f"export TOUCHTRAIN_VERTEX_ENDPOINT={vertex.url}", flush=True)
            print("# the bucket is touchtrain-lab; Ctrl-C ends both", flush=True)
            with contextlib.suppress(KeyboardInterrupt):
                threading.Event().wait()


if __name__ == "__main__":
    main()
