"""The Python half of ``py.`` for Octave, spoken to over its pipes as Octave does."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

HOST = Path(__file__).resolve().parents[3] / "pyside" / "bridge" / "octave" / "octave_host.py"

pytestmark = pytest.mark.skipif(os.name != "posix", reason="these tests speak over inherited pipes")


def text(value: str) -> bytes:
    return struct.pack("<I", len(value.encode())) + value.encode()


def number(value: float) -> bytes:
    return b"D" + struct.pack("<d", value)


def many(*values: bytes) -> bytes:
    return struct.pack("<I", len(values)) + b"".join(values)


def chain(names: str, *arguments: bytes) -> bytes:
    """The operation ``py.names(arguments)``."""
    steps = [b"." + text(name) for name in names.split(".")] + [b"(" + many(*arguments)]
    return b"C" + b"P" + struct.pack("<I", 0) + many(*steps)


def matrix(shape: tuple[int, ...], place: bytes, code: bytes = b"d") -> bytes:
    return b"A" + code + struct.pack(f"<2B{len(shape)}Q", 0, len(shape), *shape) + place


class Host:
    """A host process, and the frames to and from it."""

    def __init__(self, folder: Path, release: str = "R2025a", *options: str, **names: str):
        self.process = subprocess.Popen(
            [sys.executable, *options, str(HOST), "--serve", release, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **names},
        )
        kind, body = self.receive()
        assert kind == b"H"
        self.hello = body.decode().split("\n")
        self.folder = Path(self.hello[-1])
        self.printed = b""

    def send(self, kind: bytes, body: bytes) -> None:
        assert self.process.stdin
        self.process.stdin.write(kind + struct.pack("<Q", len(body)) + body)
        self.process.stdin.flush()

    def receive(self) -> tuple[bytes, bytes]:
        assert self.process.stdout
        kind = self.process.stdout.read(1)
        (length,) = struct.unpack("<Q", self.process.stdout.read(8))
        return kind, self.process.stdout.read(length)

    def request(self, operation: bytes, sequence: int = 7, dropped: tuple[int, ...] = (), folder: str = "") -> bytes:
        ids = struct.pack(f"<{len(dropped) + 1}I", len(dropped), *dropped)
        return struct.pack("<I", sequence) + text(folder) + ids + operation

    def answer(self) -> tuple[bytes, bytes]:
        """The next answer or error, less its sequence; what was printed before is kept."""
        while True:
            kind, body = self.receive()
            if kind != b"O":
                assert struct.unpack_from("<I", body) == (7,)
                return kind, body[4:]
            self.printed += body

    def ask(self, operation: bytes, **options: Any) -> tuple[bytes, bytes]:
        self.send(b"Q", self.request(operation, **options))
        return self.answer()

    def end(self, seconds: float = 10) -> int:
        assert self.process.stdin
        self.process.stdin.close()
        return self.process.wait(seconds)


def chain_value(names: str, host: Host) -> bytes:
    """Make the host keep an object, and return it as a value."""
    steps = [b"." + text(name) for name in names.split(".")]
    kind, body = host.ask(b"C" + b"P" + struct.pack("<I", 0) + many(*steps))
    assert (kind, body[:1]) == (b"A", b"P")
    return body[:5]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Host]]:
    """A function that starts a host; all of them are ended."""
    hosts: list[Host] = []

    def start(*arguments: str, **names: str) -> Host:
        hosts.append(Host(tmp_path, *arguments, **names))
        return hosts[-1]

    yield start
    for host in hosts:
        host.process.kill()
        host.process.wait()
        for pipe in (host.process.stdin, host.process.stdout, host.process.stderr):
            assert pipe
            with contextlib.suppress(BrokenPipeError):
                pipe.close()


def test_it_greets_with_what_pyenv_tells(start: Callable[..., Host]) -> None:
    host = start()
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert [host.hello[0], host.hello[1], host.hello[2], host.hello[4]] == ["1", version, sys.executable, sys.prefix]


def test_a_call_is_answered_under_its_number(start: Callable[..., Host]) -> None:
    assert start().ask(chain("math.sqrt", number(16))) == (b"A", number(4))


def test_the_end_of_the_pipe_ends_it_and_removes_its_folder(start: Callable[..., Host]) -> None:
    host = start()
    assert host.folder.is_dir()
    assert host.end() == 0
    assert not host.folder.exists()


def test_the_standard_library_is_enough_for_calls_without_arrays(start: Callable[..., Host]) -> None:
    host = start("R2025a", "-S")  # without site-packages
    assert host.ask(chain("math.sqrt", number(16))) == (b"A", number(4))
    assert host.ask(chain("operator.contains", chain_value("sys.modules", host), b"S" + text("numpy")))[1] == b"L\0"


def listed(host: Host, value: bytes) -> bytes:
    """The text of what ``tolist`` of an argument gives."""
    method = host.ask(chain("operator.methodcaller", b"S" + text("tolist")))[1][:5]
    elements = host.ask(b"C" + method + many(b"(" + many(value)))[1][:5]
    return host.ask(b"X" + text("char") + many(elements))[1][5:]


def test_without_numpy_a_matrix_is_a_memoryview_of_the_right_order(start: Callable[..., Host]) -> None:
    host = start("R2025a", "-S")
    columns = np.arange(24.0).reshape(2, 3, 4)
    value = matrix((2, 3, 4), b"i" + columns.tobytes("F"))
    assert listed(host, value) == repr(columns.tolist()).encode()
    row = matrix((1, 3), b"i" + np.array([5.0, 6.0, 7.0]).tobytes())
    assert listed(host, row) == b"[5.0, 6.0, 7.0]"


def test_an_array_in_a_file_is_read_from_its_last_bytes_and_unlinked(start: Callable[..., Host]) -> None:
    host = start("R2024b")
    file = host.folder / "request1"
    file.write_bytes(b"some header" + np.array([1.5, 2.5]).tobytes())
    assert host.ask(chain("math.fsum", matrix((1, 2), b"f" + text(str(file))))) == (b"A", number(4))
    assert not file.exists()


def test_a_request_in_a_file_is_answered_and_unlinked(start: Callable[..., Host]) -> None:
    host = start()
    file = host.folder / "request1"
    request = host.request(chain("math.sqrt", number(25)))
    file.write_bytes(b"header" + request)
    host.send(b"F", struct.pack("<Q", len(request)) + str(file).encode())
    assert host.answer() == (b"A", number(5))
    assert not file.exists()


def test_a_request_whose_file_was_taken_back_waits_for_the_token(start: Callable[..., Host]) -> None:
    host = start()
    host.send(b"F", struct.pack("<Q", 10) + str(host.folder / "gone").encode())
    host.send(b"S", b"token")
    assert host.receive() == (b"S", b"token")


def test_a_large_answer_that_is_not_fetched_is_removed_at_the_next_request(start: Callable[..., Host]) -> None:
    host = start()
    numbers = host.ask(
        chain("array.array", b"S" + text("b"), host.ask(chain("bytes", b"I" + struct.pack("<q", 2 << 20)))[1][:5])
    )
    kind, body = host.ask(b"X" + text("number") + many(numbers[1][:5], b"S" + text("int8")))
    assert (kind, body[:2]) == (b"A", b"Ab")
    assert [file.name for file in host.folder.iterdir()] == ["answer1"]
    host.ask(chain("math.sqrt", number(1)))
    assert list(host.folder.iterdir()) == []


def test_output_comes_before_the_answer(start: Callable[..., Host]) -> None:
    host = start()
    host.ask(chain("print", b"S" + text("seen")))
    assert host.printed == b"seen\n"


def test_an_interrupt_ends_the_call_that_runs(start: Callable[..., Host]) -> None:
    host = start()
    host.send(b"Q", host.request(chain("time.sleep", number(60))))
    time.sleep(0.3)
    host.process.send_signal(signal.SIGINT)
    kind, body = host.answer()
    assert kind == b"E"
    assert b"Python Error: KeyboardInterrupt" in body
    assert host.ask(chain("math.sqrt", number(16))) == (b"A", number(4))


def test_an_interrupt_before_a_request_ends_it_unless_a_token_came_between(start: Callable[..., Host]) -> None:
    host = start()
    host.process.send_signal(signal.SIGINT)
    time.sleep(0.2)
    assert host.ask(chain("math.sqrt", number(16)))[0] == b"E"
    assert host.ask(chain("math.sqrt", number(16)))[0] == b"A"
    host.process.send_signal(signal.SIGINT)
    time.sleep(0.2)
    host.send(b"S", b"token")
    assert host.receive() == (b"S", b"token")
    assert host.ask(chain("math.sqrt", number(16)))[0] == b"A"


def test_objects_live_until_they_are_dropped(start: Callable[..., Host]) -> None:
    host = start()
    kept = chain_value("sys.modules", host)
    (number_of_it,) = struct.unpack("<I", kept[1:])
    assert host.ask(b"X" + text("size") + many(kept))[0] == b"A"
    kind, body = host.ask(b"X" + text("size") + many(kept), dropped=(number_of_it,))
    assert (kind, b"KeyError" in body) == (b"E", True)


@pytest.mark.parametrize("seed", range(12))
def test_garbage_ends_it_cleanly(start: Callable[..., Host], seed: int) -> None:
    host = start()
    rng = random.Random(seed)
    body = rng.randbytes(rng.randrange(1, 3000))
    assert host.process.stdin
    if seed % 3 == 0:
        host.process.stdin.write(body)
    else:  # a right frame with a wrong request in it
        host.process.stdin.write(rng.choice([b"Q", b"Q", b"F"]) + struct.pack("<Q", len(body)) + body)
    _, errors = host.process.communicate(timeout=10)
    assert host.process.returncode in (0, 2)
    assert b"Traceback" not in errors
    assert not host.folder.exists()


@pytest.mark.parametrize("head", [b"Q" + struct.pack("<Q", 1 << 40), b"S" + struct.pack("<Q", 2**64 - 1), b"x"])
def test_a_frame_of_unlikely_length_or_kind_ends_it_at_once(start: Callable[..., Host], head: bytes) -> None:
    host = start()
    assert host.process.stdin
    host.process.stdin.write(head)
    host.process.stdin.flush()
    assert host.process.wait(10) == 2
    assert host.process.stderr and b"this process ends" in host.process.stderr.read()


@pytest.mark.parametrize("cut", [1, 5, 9, 20])
def test_a_frame_that_is_cut_off_ends_it(start: Callable[..., Host], cut: int) -> None:
    host = start()
    request = host.request(chain("math.sqrt", number(16)))
    assert host.process.stdin
    host.process.stdin.write((b"Q" + struct.pack("<Q", len(request)) + request)[:cut])
    assert host.end() == 0


def test_folders_of_dead_processes_are_removed(start: Callable[..., Host], tmp_path: Path) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    stale = tmp_path / f"touchtrain-py-{ended.pid}-abc"
    stale.mkdir()
    (stale / "request1").write_bytes(b"x")
    mine = tmp_path / f"touchtrain-py-{os.getpid()}-abc"
    mine.mkdir()
    start()
    assert not stale.exists()
    assert mine.exists()


def evaluated(host: Host, expression: str) -> str:
    """The text of what Python makes of an expression."""
    value = host.ask(chain("eval", b"S" + text(expression), b"M" + many()))[1][:5]
    return host.ask(b"X" + text("char") + many(value))[1][5:].decode()


@pytest.mark.parametrize("sibling", [file.stem for file in HOST.parent.glob("octave_*.py")])
def test_its_folder_is_not_on_the_path_and_siblings_shadow_nothing(start: Callable[..., Host], sibling: str) -> None:
    host = start()
    kind, body = host.ask(chain("importlib.import_module", b"S" + text(sibling)))
    assert (kind, b"ModuleNotFoundError" in body) == (b"E", True)


def test_the_path_is_that_of_a_prompt_and_nothing_of_the_package_is_loaded(start: Callable[..., Host]) -> None:
    host = start()
    prompt = subprocess.run(
        [sys.executable, "-c", "import sys; print(sys.path)"], capture_output=True, text=True, check=True
    )
    assert evaluated(host, "__import__('sys').path") == prompt.stdout.rstrip()
    assert evaluated(host, "[name for name in __import__('sys').modules if name.startswith('pyside')]") == "[]"


def test_it_works_wherever_its_files_lie_and_through_a_link(tmp_path: Path) -> None:
    for file in HOST.parent.glob("octave_*.py"):
        shutil.copy(file, tmp_path)
    (tmp_path / "links").mkdir()
    link = tmp_path / "links" / "host.py"
    link.symlink_to(tmp_path / HOST.name)
    for file in (tmp_path / HOST.name, link):
        about = subprocess.run(
            [sys.executable, "-I", "-S", file, "--about"], capture_output=True, text=True, check=True
        )
        assert about.stdout.splitlines()[2] == sys.executable


def test_the_command_line_tells_about_python_and_refuses_what_it_does_not_know() -> None:
    about = subprocess.run([sys.executable, HOST, "--about"], capture_output=True, text=True, check=True)
    assert about.stdout.splitlines()[2] == sys.executable
    wrong = subprocess.run(
        [sys.executable, HOST, "--serve", "R1999a", "/"], capture_output=True, text=True, check=False
    )
    assert wrong.returncode == 1
    assert "usage: octave_host.py" in wrong.stderr
