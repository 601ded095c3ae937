"""How much memory this process may use is read from whatever limits it: control groups of both kinds, ulimit."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pyside.system import machine
from tests.conftest import holds

LIMIT = 2_000_000_000


def tree(root: Path, folder: str, **files: str) -> None:
    (root / folder).mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (root / folder / name.replace("__", ".")).write_text(text + "\n", encoding="ascii")


def test_limits_of_control_groups_of_version_2_are_those_of_all_groups_above(tmp_path: Path) -> None:
    tree(tmp_path, "user.slice/job", memory__max="max", memory__current="5", memory__stat="inactive_file 3")
    stat = "anon 7\ninactive_file 400000000"
    tree(tmp_path, "user.slice", memory__max=str(LIMIT), memory__current="900000000", memory__stat=stat)
    assert machine.control_groups("0::/user.slice/job\n", str(tmp_path)) == [(LIMIT, 500_000_000)]


def test_limits_of_control_groups_of_version_1_are_read_also_from_within_a_container(tmp_path: Path) -> None:
    text = "9:cpuset:/\n4:memory:/docker/1234\n0::/\n"
    tree(tmp_path, "memory", memory__limit_in_bytes=str(LIMIT), memory__usage_in_bytes="100", memory__stat="rss 3")
    assert machine.control_groups(text, str(tmp_path)) == [(LIMIT, 100)]
    tree(tmp_path, "memory/docker/1234", memory__limit_in_bytes="9223372036854771712", memory__usage_in_bytes="100")
    assert machine.control_groups(text, str(tmp_path)) == [(LIMIT, 100)]


@pytest.mark.parametrize("text", ["", "nonsense", "0::/\n", "4:memory\n"])
def test_where_there_are_no_control_groups_there_are_no_limits(text: str, tmp_path: Path) -> None:
    assert machine.control_groups(text, str(tmp_path)) == [] and machine.kills_for_memory(text, str(tmp_path)) is None


def test_processes_that_the_system_ended_for_want_of_memory_are_counted(tmp_path: Path) -> None:
    tree(tmp_path / "new", "job", memory__events="low 0\noom 3\noom_kill 2")
    assert machine.kills_for_memory("0::/job\n", str(tmp_path / "new")) == 2
    tree(tmp_path / "old", "memory/job", memory__oom_control="oom_kill_disable 0\nunder_oom 0\noom_kill 5")
    assert machine.kills_for_memory("4:memory:/job\n0::/\n", str(tmp_path / "old")) == 5


def test_what_may_be_used_is_no_more_than_there_is() -> None:
    found = machine.usable_memory()
    assert found.usable is None or found.limit is None or 0 < found.usable <= found.limit


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps to a limit of the address space")
def test_a_limit_of_the_address_space_is_told_as_what_limits() -> None:
    program = "from pyside.system import machine; print(machine.usable_memory())"
    line = f"ulimit -v 3000000; exec '{sys.executable}' -c '{program}'"
    told = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=True).stdout
    assert holds(told, "ulimit -v", "limit=1072000000")
