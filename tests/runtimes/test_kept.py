"""What is kept of models stays whole while several processes use it, and while one of them is killed."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pyside.runtimes import exported
from tests.conftest import until
from tests.curation.known_model import known_model

CHURN = """
import sys
from pyside.runtimes import exported
exported._MOST_BYTES = 3 << 20
for turn in range(int(sys.argv[1])):
    for name in "abcde":
        content = name.encode() * (1 << 20)
        assert exported.kept(name, lambda: content) == content
print("well", flush=True)
"""
CONVERT = """
import hashlib, sys
from pathlib import Path
from pyside.runtimes import exported
write = Path.write_bytes
if sys.argv[2] == "hangs":  # in the middle of writing what it has made
    import time
    def halfway(path, data):
        write(path, data[:len(data) // 2])
        time.sleep(600)
    Path.write_bytes = halfway
print(hashlib.sha256(exported.onnx_of(Path(sys.argv[1]))).hexdigest(), flush=True)
"""


def started(program: str, *arguments: object) -> subprocess.Popen[str]:
    """Start a Python process that writes a line."""
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def files(pattern: str = "*") -> list[Path]:
    """Return what is kept."""
    folder = exported.kept_folder()
    assert folder is not None
    return sorted(folder.glob(pattern))


def are_whole() -> bool:
    """Return whether each file that is kept has the hash that it begins with."""
    contents = [file.read_bytes() for file in files("*.kept")]
    return all(hashlib.sha256(content[32:]).digest() == content[:32] for content in contents)


def test_processes_that_make_room_for_each_other_get_what_they_ask_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exported, "_MOST_BYTES", 3 << 20)
    others, killed = [started(CHURN, 12) for _ in range(2)], started(CHURN, 10**6)
    until(lambda: exported.kept_folder().is_dir() and len(files()) > 1)  # type: ignore[union-attr]
    killed.send_signal(signal.SIGKILL)
    for process in others:
        said, errors = process.communicate()
        assert said == "well\n", errors
    killed.communicate()
    for name in "abcdefgh":
        exported.kept(name, lambda: bytes(1 << 20))
    assert are_whole()
    assert sum(file.stat().st_size for file in files()) <= 3 << 20
    assert not files("*.part")  # what the killed process left goes like all else that nobody uses


@pytest.mark.slow
def test_two_processes_convert_a_model_at_once_and_one_is_killed_while_it_writes(tmp_path: Path) -> None:
    path = known_model(tmp_path / "model.h5")
    hanging, other = started(CONVERT, path, "hangs"), started(CONVERT, path, "")
    until(lambda: exported.kept_folder().is_dir() and files("*.part") != [], 300)  # type: ignore[union-attr]
    hanging.send_signal(signal.SIGKILL)
    hanging.communicate()
    said, errors = other.communicate()
    assert len(files("*.kept")) == 1 and are_whole(), errors
    assert hashlib.sha256(exported.onnx_of(path)).hexdigest() == said.strip(), errors
