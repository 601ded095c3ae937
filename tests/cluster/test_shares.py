"""Each task in a process of its own, with its share of cores and memory of a worker."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from pyside.cluster.cluster import Cluster
from pyside.cluster.share import Share
from pyside.cluster.work import Item
from pyside.errors import NoCluster, WorkerLost
from tests.cluster import hands
from tests.cluster.conftest import ROOT, Lab
from tests.conftest import holds, raises_with, until


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Two workers: one with two threads, one with three; each with 4 GB."""
    lab = Lab(tmp_path_factory.mktemp("wide"))
    try:
        for threads in "2", "3":
            lab.start(1, "--nanny", "--nthreads", threads, "--memory-limit", "4GB")
        yield lab
    finally:
        lab.close()


def done(
    lab: Lab,
    folder: Path,
    function: Any,
    common: Any,
    names: Sequence[str],
    share: Share,
    said: Callable[[str], None] = lambda text: None,
) -> dict[str, Any]:
    """Let the cluster do tasks with shares; returns the results by name."""
    with Cluster(lab.address, folder / "result", said, most_frames=1, what="trainings") as cluster:
        until(lambda: len(cluster._connection.workers()) >= len(lab.workers))
        cluster.check([], [], share=share)
        found = dict(
            (item.name, result)
            for item, result in cluster.each(
                function, common, [Item(name, 9, name) for name in names], lambda: None, lambda item, n: None
            )
        )
    assert [one.name for one in folder.iterdir() if ".workers-" in one.name] == []
    return found


def most_at_once(found: Sequence[dict[str, Any]]) -> int:
    return max(sum(other["from"] <= one["from"] < other["to"] for other in found) for one in found)


def test_each_task_has_a_process_with_its_cores_and_memory_and_no_worker_has_too_many(
    wide: Lab, tmp_path: Path
) -> None:
    names = [f"fold {number}" for number in range(5)]
    found = done(wide, tmp_path, hands.tells_of_itself, None, names, Share())
    assert sorted(found) == names and len({one["process"] for one in found.values()}) == 5
    assert {one["threads"] for one in found.values()} == {"2"}  # of the smaller worker
    assert {one["memory"] for one in found.values()} == {4_000_000_000, 2_666_666_666}
    by_worker = {
        one["parent"]: [other for other in found.values() if other["parent"] == one["parent"]] for one in found.values()
    }
    assert len(by_worker) == 2 and all(most_at_once(those) == 1 for those in by_worker.values())
    narrow = done(wide, tmp_path, hands.tells_of_itself, None, names, Share(1, 1_500_000_000))
    assert {one["memory"] for one in narrow.values()} == {1_500_000_000}
    by_worker = {
        one["parent"]: [other for other in narrow.values() if other["parent"] == one["parent"]]
        for one in narrow.values()
    }
    assert max(most_at_once(those) for those in by_worker.values()) <= 2  # two times 1.5 GB are in 4 GB


def test_more_than_any_worker_has_is_refused_before_work_begins(wide: Lab, tmp_path: Path) -> None:
    with raises_with(
        NoCluster, "2 cores", "3 cores", "cores_per_training is 8", "4 GB", "memory_per_training is 100 GB"
    ):
        done(wide, tmp_path, hands.tells_of_itself, None, ["fold"], Share(8, 100_000_000_000))
    said: list[str] = []
    found = done(wide, tmp_path, hands.tells_of_itself, None, ["one", "two"], Share(3), said.append)
    assert len({one["parent"] for one in found.values()}) == 1 and holds(said[0], "Left out", "2 cores")


def test_a_task_that_takes_more_memory_than_its_share_is_ended_and_named(wide: Lab, tmp_path: Path) -> None:
    found = done(wide, tmp_path, hands.takes_more_than_its_share, 900, ["large", "small"], Share(1, 600_000_000))
    assert found["small"] == "small" and isinstance(found["large"], WorkerLost)
    assert found["large"].text.count("its share is 0.60 GB") == 3


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL on Windows")
def test_a_killed_worker_or_process_loses_its_task_to_another_one_and_leaves_no_process(
    wide: Lab, tmp_path: Path
) -> None:
    said: list[str] = []
    names = ["worker", "own", "two", "three"]
    found = done(wide, tmp_path, hands.kills_its_parent_once, tmp_path, names, Share(), said.append)
    assert {name: task for name, (task, _) in found.items()} == {name: name for name in names}
    assert any("SIGKILL" in text for text in said) and any("ended" in text for text in said)
    until(lambda: not os.path.exists(f"/proc/{(tmp_path / 'worker').read_text()}"))


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL on Windows")
def test_a_client_that_is_killed_leaves_no_process_at_work(wide: Lab, tmp_path: Path) -> None:
    program = f"""
from pathlib import Path
from pyside.cluster.share import Share
from tests.cluster import hands
from tests.cluster.test_shares import Lab, done
class Known:
    address, workers = {wide.address!r}, [1, 2]
folder = Path({str(tmp_path)!r})
done(Known, folder, hands.works_for_minutes, folder, ["one", "two"], Share(1))
"""
    client = subprocess.Popen([sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": str(ROOT)})
    until(lambda: len(list(tmp_path.glob("process-*"))) == 2, 180)
    client.kill()
    client.wait()
    processes = [path.name.partition("-")[2] for path in tmp_path.glob("process-*")]
    until(lambda: not any(os.path.exists(f"/proc/{one}") for one in processes))
