"""Workers that die, hang or lack something, and a scheduler that starts again: what is done is what was to be done."""

from __future__ import annotations

import dataclasses
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from pyside.cluster import cluster as rules
from pyside.cluster import connection
from pyside.cluster.cluster import Cluster
from pyside.cluster.preflight import TOKEN, lacks, needs_like_here
from pyside.cluster.work import Item
from pyside.errors import ExtraMissing, Interrupted, NoCluster, WorkerLost
from tests.cluster import hands
from tests.cluster.conftest import ROOT, Lab
from tests.conftest import holds, raises_with, until


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a person is told; and limits of a second rather than a minute."""
    monkeypatch.setattr(rules, "SILENCE", 2.0)
    monkeypatch.setattr(rules, "FIRST_PATIENCE", 1.5)
    monkeypatch.setattr(rules, "LEAST_PATIENCE", 1.5)
    monkeypatch.setattr(rules, "_SECONDS_BETWEEN_LOOKS", 0.3)
    return []


def items(names: Sequence[str], frames: int = 1000) -> list[Item]:
    return [Item(name, frames, name) for name in names]


def done(
    lab: Lab,
    folder: Path,
    function: Any,
    common: Any,
    names: Sequence[str],
    said: list[str],
    meanwhile: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Let the cluster do the work; returns the results by name, those that are paths with their content."""
    found: dict[str, Any] = {}
    with Cluster(lab.address, folder / "result", said.append, meanwhile, most_frames=1) as cluster:
        until(lambda: len(cluster._connection.workers()) >= sum(one.poll() is None for one in lab.workers))
        cluster.check([], [])
        for item, result in cluster.each(function, common, items(names), meanwhile, nothing):
            assert item.name not in found
            is_path = isinstance(result, tuple) and os.path.isabs(result[0])
            found[item.name] = Path(result[0]).read_text() if is_path else result
    assert [one.name for one in folder.iterdir() if ".workers-" in one.name] == []
    return found


def nothing(item: Item, frames: int) -> None:
    """Hear of progress."""


NAMES = [f"recording{number:02d}" for number in range(24)]


def kill_at_random(lab: Lab, times: int, seed: int, stop: threading.Event) -> Iterator[int]:
    """Kill one of the workers at random moments, and start another one for it; yields the number so far."""
    rng = random.Random(seed)
    for number in range(times):
        if stop.wait(0.3 + 0.5 * rng.random()):
            return
        victim = rng.choice([one for one in lab.workers if one.poll() is None])
        os.kill(victim.pid, signal.SIGKILL)
        lab.start(1)
        yield number + 1


def rounds(lab: Lab, folder: Path, said: list[str], times: int, seed: int) -> None:
    stop, killed = threading.Event(), list[int]()
    killer = threading.Thread(target=lambda: killed.extend(kill_at_random(lab, times, seed, stop)))
    killer.start()
    try:
        names = [f"recording{number:03d}" for number in range(8 * times)]
        found = done(lab, folder, hands.writes, 0.4, names, said)
    finally:
        stop.set()
        killer.join()
    assert found == {name: name for name in names}
    assert len(killed) == times


def test_workers_that_are_killed_at_random_change_nothing(
    new_lab: Callable[[], Lab], tmp_path: Path, said: list[str]
) -> None:
    lab = new_lab()
    lab.start(3)
    rounds(lab, tmp_path, said, 3, seed=1)


@pytest.mark.slow
def test_workers_that_are_killed_twenty_times_change_nothing(
    new_lab: Callable[[], Lab], tmp_path: Path, said: list[str]
) -> None:
    lab = new_lab()
    lab.start(3)
    rounds(lab, tmp_path, said, 20, seed=2)


def test_a_recording_that_kills_its_workers_is_named_and_the_others_go_on(
    new_lab: Callable[[], Lab], tmp_path: Path, said: list[str]
) -> None:
    lab = new_lab()
    lab.start(4)
    found = done(lab, tmp_path, hands.dies_of, "recording02", NAMES[:6], said)
    lost = found.pop("recording02")
    assert isinstance(lost, WorkerLost) and lost.text.count("ended") == 3
    assert found == {name: name for name in NAMES[:6] if name != "recording02"}


def test_what_a_worker_had_completed_when_it_died_is_neither_lost_nor_blamed_on_the_recording(
    new_lab: Callable[[], Lab], tmp_path: Path, said: list[str]
) -> None:
    lab = new_lab()
    lab.start(4)
    assert done(lab, tmp_path, hands.dies_when_complete, None, NAMES[:3], said) == {name: name for name in NAMES[:3]}


def test_workers_that_hang_lose_their_recordings_to_another_one(
    new_lab: Callable[[], Lab], tmp_path: Path, said: list[str]
) -> None:
    lab = new_lab()
    lab.start(3)
    names = ["stops", "waits", *NAMES[:5]]
    assert done(lab, tmp_path, hands.hangs_once, tmp_path, names, said) == {name: name for name in names}
    assert sum("no further recordings" in text for text in said) == 2


def test_a_worker_with_too_little_memory_loses_its_recording_to_another_one(
    new_lab: Callable[[], Lab], tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = new_lab()
    monkeypatch.setattr(rules, "FIRST_PATIENCE", 30.0)
    monkeypatch.setattr(rules, "LEAST_PATIENCE", 30.0)
    monkeypatch.setattr(rules, "SILENCE", 30.0)
    lab.start(1, "--nanny", "--memory-limit", "300MB")
    lab.start(1)
    found = done(lab, tmp_path, hands.takes_memory, 400, NAMES[:2], said)
    assert [found[name][0] for name in NAMES[:2]] == NAMES[:2]
    assert any("ran out of memory" in text for text in said), said


def test_an_error_of_the_system_is_tried_elsewhere(lab: Lab, tmp_path: Path, said: list[str]) -> None:
    names = ["disk", *NAMES[:3]]
    found = done(lab, tmp_path, hands.fails, "disk", names, said)
    assert isinstance(found["disk"], WorkerLost) and "Input/output error" in found["disk"].text


def test_a_scheduler_that_starts_again_gets_what_is_left(
    new_lab: Callable[[], Lab], tmp_path: Path, said: list[str]
) -> None:
    lab = new_lab()
    lab.start(3)
    killed = False

    def meanwhile() -> None:
        nonlocal killed
        if not killed and len(list(tmp_path.glob("result.workers-*/*-1"))) > 3:
            killed = True
            os.killpg(lab.scheduler.pid, signal.SIGKILL)
            lab.scheduler.wait()
            lab.start_scheduler()
            lab.start(3)

    found = done(lab, tmp_path, hands.writes, 0.3, NAMES[:9], said, meanwhile)
    assert found == {name: name for name in NAMES[:9]}
    assert any("Connected again" in text for text in said)


def test_a_request_to_stop_leaves_nothing(lab: Lab, tmp_path: Path, said: list[str]) -> None:
    end = time.monotonic() + 1.0

    def meanwhile() -> None:
        if time.monotonic() > end:
            raise Interrupted("asked")

    with pytest.raises(Interrupted):
        done(lab, tmp_path, hands.writes, 0.2, NAMES, said, meanwhile)
    assert [one.name for one in tmp_path.iterdir() if ".workers-" in one.name] == []
    assert len(done(lab, tmp_path, hands.dies_of, "", NAMES[:3], said)) == 3


# --- before work begins --------------------------------------------------------------------------------------------


def test_all_that_a_worker_lacks_is_told_at_once(tmp_path: Path) -> None:
    here, gone, other = tmp_path / "here.avi", tmp_path / "gone.avi", tmp_path / "other.avi"
    for file in (here, gone, other):
        file.write_bytes(b"film")
    (tmp_path / TOKEN).write_text("ours")
    files = [here, gone, other]
    needs = needs_like_here(tmp_path, ["numpy", "av", "no-such-package"], files, {}, "tensorflow", 1)
    assert lacks(needs) == []
    gone.unlink()
    other.write_bytes(b"another film")
    versions = {"numpy": "99.0", "no-such-package": "1.0", "touchtrain": "0.0.1"}
    found = lacks(dataclasses.replace(needs, packages=versions, python="3.1", room=1 << 60, hashes={str(here): "0"}))
    for fact in (*versions, "99.0", "Python", "gone.avi", "other.avi", "here.avi", "free"):
        assert any(holds(text, fact) for text in found), fact
    assert len(found) == 8
    assert any(holds(text, tmp_path.parent) for text in lacks(dataclasses.replace(needs, token="theirs")))


def test_workers_with_other_packages_are_left_out_before_and_while_others_work(
    new_lab: Callable[[], Lab], tmp_path: Path, said: list[str]
) -> None:
    fake = tmp_path / "packages" / "numpy-0.1.dist-info"
    fake.mkdir(parents=True)
    (fake / "METADATA").write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 0.1\n")
    path = f"{fake.parent}{os.pathsep}{ROOT}"
    lab = new_lab()
    lab.start(1, PYTHONPATH=path)
    with (
        Cluster(lab.address, tmp_path / "result", said.append) as cluster,
        raises_with(NoCluster, "numpy 0.1", "127.0.0.1", "environment"),
    ):
        cluster.check(["numpy"], [])
    lab.start(1)
    joined = threading.Timer(0.5, lab.start, [1], {"PYTHONPATH": path})
    joined.start()
    with Cluster(lab.address, tmp_path / "result", said.append, most_frames=1) as cluster:
        until(lambda: len(cluster._connection.workers()) == 2)
        cluster.check(["numpy"], [])
        assert holds(said[-1], "numpy 0.1")
        results = cluster.each(hands.writes, 0.2, items(NAMES[:6]), lambda: None, nothing)
        processes = {process for _, (_, process) in results}
        joined.join()
    assert len(processes) == 1


def test_without_the_extra_there_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection.importlib.util, "find_spec", lambda name: None)
    with raises_with(ExtraMissing, "scheduler", "distributed", "pip install"):
        Cluster("tcp://127.0.0.1:1", tmp_path / "result")


def test_a_scheduler_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_SECONDS_TO_CONNECT", 0.5)
    for address, fact in (("tcp://127.0.0.1:1", "tcp://127.0.0.1:1"), ("tls://127.0.0.1:1", "certificates")):
        with raises_with(NoCluster, fact):
            Cluster(address, tmp_path / "result")
