"""A review of many recordings: how soon the page shows an event, and how much memory its server takes."""

from __future__ import annotations

import dataclasses
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.bench_video import CENTER, HEIGHT, WIDTH, render

Row = tuple[str, float, float, str, str]
RECORDINGS, FRAMES, SIDE = 500, 2_000, 61
TOUCHES = 12  # of a recording
KEYS, PAUSE = 40, 0.5  # seconds that a quick person takes to look
_SHOWN = "return document.body.dataset.place"
_PRESS = """
const done = arguments[0], before = document.body.dataset.place, began = performance.now();
new MutationObserver((_, watch) => {
  if (document.body.dataset.place === before) return;
  watch.disconnect();
  requestAnimationFrame(() => done(performance.now() - began));
}).observe(document.body, { attributes: true, attributeFilter: ["data-place"] });
document.dispatchEvent(new KeyboardEvent("keydown", { key: "y" }));
"""


def measure() -> list[Row]:
    """Go through events in Chromium; nothing where there is none."""
    if not (shutil.which("chromium") and shutil.which("chromedriver")):
        return []
    with tempfile.TemporaryDirectory() as folder:
        session, browser = write_session(Path(folder)), open_browser()
        program = "import sys, pyside; pyside.review(sys.argv[1], browser=False, isolated=False)"
        began = time.perf_counter()
        server = subprocess.Popen([sys.executable, "-c", program, str(session)], stderr=subprocess.PIPE, text=True)
        try:
            assert server.stderr is not None
            said = next(line for line in server.stderr if "http" in line)
            (address,) = re.findall(r"http://127\.0\.0\.1:\d+/[\w-]+/", said)
            browser.get(address)
            while browser.execute_script(_SHOWN) is None:
                time.sleep(0.01)
            first = time.perf_counter() - began
            waits = []
            for _ in range(KEYS):
                time.sleep(PAUSE)
                waits.append(float(browser.execute_async_script(_PRESS)))
            memory = resident(server.pid)
            urllib.request.urlopen(urllib.request.Request(f"{address}end", b"{}"), timeout=30).read()
            server.wait(30)
        finally:
            browser.quit()
            server.kill()
    title = f"review of {RECORDINGS} recordings of {FRAMES} frames"
    return [
        (f"{title}: first event", 2, first, "s", "at most"),
        (f"{title}: key to next, median", 100, float(np.median(waits)), "ms", "at most"),
        (f"{title}: key to next, 95 %", 250, float(np.percentile(waits, 95)), "ms", "at most"),
        (f"{title}: peak memory", 300, memory, "MB", "at most"),
    ]


def write_session(folder: Path) -> Path:
    """Write marks of many videos without a network; the videos are links to one."""
    from pyside.curation.marking.session import Session
    from pyside.curation.regions.view import View
    from pyside.curation.writers.results import write_results
    from pyside.data.video.reader import file_sha256
    from pyside.system.paths import stamp_of, stamp_text
    from tests.curation.contacts.arrays import ABOUT, MODEL, marks

    rng, videos = np.random.default_rng(21), folder / "videos"
    videos.mkdir()
    render(videos / "clip000.mp4", FRAMES)
    for number in range(1, RECORDINGS):
        (videos / f"clip{number:03}.mp4").hardlink_to(videos / "clip000.mp4")
    sha256 = file_sha256(videos / "clip000.mp4")
    top, left = CENTER[1] - SIDE // 2, CENTER[0] - SIDE // 2
    assert 0 <= top <= HEIGHT - SIDE and 0 <= left <= WIDTH - SIDE
    view = View(np.tile(np.array([top, left], np.int32), (FRAMES, 1)), (SIDE, SIDE), (SIDE, SIDE))
    session = Session(folder / "session", MODEL, {"threshold": None}, {"touchtrain": "0"}, write_results)
    session.begin([f"clip{number:03}" for number in range(RECORDINGS)], [])
    for number in range(RECORDINGS):
        video = videos / f"clip{number:03}.mp4"
        one = dataclasses.replace(marks(video.stem, probabilities(rng)), video=video, view=view, video_sha256=sha256)
        session.finish(one, (), {**ABOUT, "stamp": stamp_text(stamp_of(video))})
    session.close()
    return session.folder


def probabilities(rng: np.random.Generator) -> np.ndarray:
    """Return the probability of a touch in each frame of a recording, some of them doubtful."""
    found = 0.02 * rng.random(FRAMES)
    for onset in rng.integers(0, FRAMES - 60, TOUCHES):
        found[onset : onset + rng.integers(1, 50)] = rng.choice([0.3, 0.6, 0.97, 0.99])
    return found


def open_browser() -> Any:
    """Open Chromium without a window."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    return webdriver.Chrome(options, webdriver.ChromeService(str(shutil.which("chromedriver"))))


def resident(pid: int) -> float:
    """Return the peak of the memory of a process, in MB."""
    (peak,) = re.findall(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(encoding="utf-8"))
    return int(peak) * 1024 / 1e6
