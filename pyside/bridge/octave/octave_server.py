"""The process that answers Octave's requests: one at a time, its output shown while it runs, until Octave ends."""

from __future__ import annotations

import atexit
import contextlib
import io
import os
import select
import shutil
import signal
import struct
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Callable
from typing import Any

from .octave_calls import MatlabError, assign, remember, run_chain
from .octave_conversions import FUNCTIONS
from .octave_wire import PROTOCOL, Body, Channel, Objects, Packer, Part, ProtocolError, map_and_unlink, pack_text

FOLDER_PREFIX = "touchtrain-py-"
HELD_OUTPUT_LIMIT = 1 << 20
MERGE_SECONDS = 0.01


class LiveOutput:
    """Shows what Python, C code or a child process prints, while the call runs.

    File descriptor 1 becomes a pipe that a thread reads. Between calls the thread keeps the output; it is shown
    when the next call starts, because Octave does not listen before.
    """

    def __init__(self, channel: Channel):
        self._channel = channel
        self._source, target = os.pipe()
        os.dup2(target, 1)
        os.close(target)
        os.set_blocking(self._source, False)
        self._active = False
        self._held = b""
        self._lost = 0
        sys.stdout = PromptText(
            io.BufferedWriter(io.FileIO(1, "w", closefd=False)),
            encoding="utf-8",
            errors="surrogateescape",
            newline="\n",
        )
        threading.Thread(target=self._watch, daemon=True, name="octave-output").start()

    def begin(self) -> None:
        """A call starts: show the output that was kept."""
        with self._channel.lock:
            self._active = True
            if self._lost:
                self._held = f"[{self._lost} bytes of earlier output left out]\n".encode() + self._held
            if self._held:
                self._channel.send(b"O", self._held)
            self._held, self._lost = b"", 0

    def end(self, kind: bytes, *parts: Part) -> None:
        """The call is over: show the rest of its output, then send its answer."""
        with contextlib.suppress(Exception):  # user code may have closed or replaced it
            sys.stdout.flush()
        with self._channel.lock:
            while self._forward():
                pass
            self._active = False
            self._channel.send(kind, *parts)

    def _watch(self) -> None:
        with contextlib.suppress(BrokenPipeError):  # Octave is gone, and this process soon
            while True:
                select.select([self._source], [], [])
                with self._channel.lock:
                    self._forward()
                time.sleep(MERGE_SECONDS)  # what is printed meanwhile goes out as one frame

    def _forward(self) -> bool:
        try:
            data = os.read(self._source, 1 << 16)
        except BlockingIOError:
            return False
        if self._active:
            self._channel.send(b"O", data)
        else:
            self._held += data
            surplus = len(self._held) - HELD_OUTPUT_LIMIT
            if surplus > 0:
                self._held, self._lost = self._held[surplus:], self._lost + surplus
        return True


class PromptText(io.TextIOWrapper):
    """A text stream that flushes each write: a progress bar has no newline."""

    def write(self, text: str) -> int:
        """Write and flush."""
        count = super().write(text)
        self.flush()
        return count


class Interrupts:
    """What SIGINT does: inside a ``with`` block it raises KeyboardInterrupt; before, the next block raises it."""

    def __init__(self) -> None:
        self._is_inside = False
        self._is_pending = False
        signal.signal(signal.SIGINT, self._on_signal)

    def __enter__(self) -> None:
        self._is_inside = True
        if self._is_pending:
            self.forget()
            raise KeyboardInterrupt

    def __exit__(self, *error: object) -> None:
        self.forget()

    def forget(self) -> None:
        """No request runs, and no interrupt waits for one."""
        self._is_inside = self._is_pending = False

    def _on_signal(self, number: int, frame: Any) -> None:
        if self._is_inside:
            raise KeyboardInterrupt
        self._is_pending = os.name == "posix"


class Server:
    """Answers requests until the pipe ends."""

    def __init__(self, channel: Channel, release: str, folder: str):
        self._channel = channel
        self._release = release
        self._objects = Objects()
        self._packer = Packer(self._objects, folder)
        self._output = LiveOutput(channel)
        self._interrupts = Interrupts()
        self._steps = {"Q": self._answer, "F": self._answer_file, "S": self._synchronise}

    def run(self) -> None:
        """Answer frame after frame; returns at the end of the pipe."""
        while True:
            try:
                kind, body = self._channel.receive()
                self._steps[kind.decode()](body)
            except (EOFError, BrokenPipeError):
                return
            except KeyboardInterrupt:  # a second one, while the first was handled
                self._interrupts.forget()

    def _synchronise(self, token: bytes) -> None:
        self._interrupts.forget()
        self._channel.send(b"S", token)

    def _answer_file(self, body: bytes) -> None:
        count, path = int.from_bytes(body[:8], "little"), os.fsdecode(body[8:])
        try:
            data = memoryview(map_and_unlink(path))
        except FileNotFoundError:  # Octave was interrupted and deleted it; a token follows
            return
        except (OSError, ValueError) as error:
            raise ProtocolError(f"a request in a file that cannot be read: {error}") from error
        self._answer(data[len(data) - count :])

    def _answer(self, body: bytes | memoryview) -> None:
        """Run one request and send its answer, or its error."""
        self._packer.remove_files()
        content = Body(body, self._release, self._objects)
        sequence = content.uint32()
        self._output.begin()
        try:
            with self._interrupts:
                kind, parts = b"A", list(self._packer.pack(self._execute(content)))
        except ProtocolError:
            raise
        except MatlabError as error:
            kind, parts = b"E", [pack_text(error.identifier), pack_text(str(error))]
        except BaseException as error:  # SystemExit too: a call must not end the process
            remember(error)
            kind, parts = b"E", [pack_text("MATLAB:Python:PyException"), pack_text(python_error(error))]
        self._output.end(kind, struct.pack("<I", sequence), *parts)

    def _execute(self, content: Body) -> Any:
        folder = content.text()
        self._objects.drop(content.numbers(f"{content.uint32()}I"))
        if folder:
            with contextlib.suppress(OSError):  # a folder that is gone is no reason to refuse a call
                os.chdir(folder)
        operation = content.letter()
        if operation == "C":
            return run_chain(content.value(), content.steps())
        if operation == "=":
            return assign(content.value(), content.steps(), content.value())
        if operation == "X":
            return FUNCTIONS[content.text()](*content.values())
        raise ProtocolError(f"unknown operation {operation!r}")


def python_error(error: BaseException) -> str:
    """MATLAB's text for a Python exception."""
    text = str(error)
    return f"Python Error: {type(error).__name__}" + (f": {text}" if text else "")


def watch_parent(source: int, give_up: Callable[[], None]) -> None:
    """Thread: when Octave is gone while a call runs, interrupt the call, and end the process 2 s later in any case."""
    parent = os.getppid()
    poll = select.poll()
    poll.register(source, 0)  # a hang-up is reported without being asked for
    while os.getppid() == parent and not any(event & (select.POLLHUP | select.POLLERR) for _, event in poll.poll(1000)):
        pass
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(2)
    give_up()


def remove_stale_folders(base: str) -> None:
    """Remove the folders of processes that were killed before they could remove them."""
    for entry in os.scandir(base):
        number = entry.name[len(FOLDER_PREFIX) :].split("-")[0]
        if not entry.name.startswith(FOLDER_PREFIX) or not number.isdigit() or is_running(int(number)):
            continue
        with contextlib.suppress(OSError):
            if entry.stat(follow_symlinks=False).st_uid == os.getuid():
                shutil.rmtree(entry.path, ignore_errors=True)


def is_running(number: int) -> bool:
    """Whether there is a process of that number."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True


def about() -> list[str]:
    """Protocol, Python version, executable, library and home of this Python, for pyenv."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    library = os.path.join(sysconfig.get_config_var("LIBDIR") or "", sysconfig.get_config_var("INSTSONAME") or "")
    return [str(PROTOCOL), version, sys.executable, library, sys.prefix]


def take_over_pipes() -> Channel:
    """Move the pipes away from file descriptors 0 and 1, which belong to user code."""
    source, target = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return Channel(source, target)


def prepare_process() -> None:
    """Make the process look like an ordinary Python, and shield it from signals that are meant for Octave."""
    os.environ["TOUCHTRAIN_HOST"] = "octave"
    sys.path.insert(0, "")
    sys.argv = [""]
    if os.name == "posix":
        with contextlib.suppress(OSError):
            os.setpgid(0, 0)  # Ctrl-C in the terminal is for Octave, which passes it on
        signal.pthread_sigmask(signal.SIG_UNBLOCK, signal.valid_signals())


def serve(release: str, base: str) -> int:
    """Serve until Octave ends; returns the exit code."""
    prepare_process()
    if os.name == "posix":
        remove_stale_folders(base)
    folder = tempfile.mkdtemp(prefix=f"{FOLDER_PREFIX}{os.getpid()}-", dir=base)
    channel = take_over_pipes()

    def give_up() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(0)

    server = Server(channel, release, folder)
    if hasattr(select, "poll"):
        threading.Thread(target=watch_parent, args=(channel.source, give_up), daemon=True).start()
    code = 0
    try:
        channel.send(b"H", "\n".join([*about(), folder]).encode("utf-8", "surrogateescape"))
        server.run()
    except BrokenPipeError:
        pass
    except ProtocolError as error:
        print(f"octave_host: {error}; this process ends", file=sys.stderr)
        code = 2
    shutil.rmtree(folder, ignore_errors=True)
    threading.Timer(5, os._exit, [code]).start()
    atexit._run_exitfuncs()
    os._exit(code)  # threads of user code must not keep the process
