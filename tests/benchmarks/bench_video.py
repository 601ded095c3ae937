"""How long videos take into a dataset folder beside only decoding them; memory and length; rendering the examples."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import pyside
from tests.benchmarks.bench_training import peak_above_now

Row = tuple[str, float, float, str, str]
HEIGHT, WIDTH = 480, 640
RENDERED, FRAMES = 500, 4000  # a clip is the rendered packets over and over
ROUNDS = 7
CENTER = (320, 240)


def render(path: Path, n_frames: int, codec: str = "libx264") -> None:
    """Write a video of a moving texture with the noise of a sensor, 640 x 480; `n_frames` is a multiple of 500."""
    import av

    rng = np.random.default_rng(0)
    texture = rng.normal(110, 40, (HEIGHT // 4 + 20, WIDTH // 4 + 30)).repeat(4, 0).repeat(4, 1)
    noise = rng.normal(0, 3, (8, HEIGHT, WIDTH))
    with av.open(str(path), "w") as container:
        options = {"preset": "veryfast", "crf": "23"} if codec == "libx264" else {"b": "20M"}
        stream = container.add_stream(codec, rate=500, options={**options, "bf": "0"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.thread_type = "AUTO"
        packets = []
        for number in range(RENDERED):
            top, left = int(40 + 39 * np.sin(number / 17)), int(60 + 59 * np.cos(number / 23))
            image = texture[top : top + HEIGHT, left : left + WIDTH] + noise[number % 8]
            frame = av.VideoFrame.from_ndarray(image.clip(0, 255).astype(np.uint8), format="gray")
            frame = frame.reformat(format="yuv420p")
            frame.pts = number
            packets += [(bytes(packet), packet.is_keyframe) for packet in stream.encode(frame)]
        packets += [(bytes(packet), packet.is_keyframe) for packet in stream.encode()]
        for number in range(n_frames):
            data, is_keyframe = packets[number % RENDERED]
            packet = av.Packet(data)
            packet.pts = packet.dts = number
            packet.time_base, packet.stream, packet.is_keyframe = stream.codec_context.time_base, stream, is_keyframe
            container.mux(packet)


def only_decode(path: Path) -> float:
    """Decode a video as reading does, with threads, and tell the seconds."""
    import av

    began = time.perf_counter()
    with av.open(str(path)) as container:
        container.streams.video[0].thread_type = "AUTO"
        for _ in container.decode(video=0):
            pass
    return time.perf_counter() - began


def convert(path: Path, n_frames: int) -> float:
    """Convert a video with a fixed region of 61 x 61 into a dataset, in this process, and tell the seconds."""
    labels = np.arange(n_frames) % 2
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        pyside.convert_videos(path, labels, Path(folder) / "set", roi=61, centers=CENTER, isolated=False)
        return time.perf_counter() - began


def measure_speed() -> list[Row]:
    """Time both in turn, in several rounds."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, codec in (("h264 mp4", "libx264"), ("mpeg4 avi", "mpeg4")):
            path = Path(folder) / f"clip.{name.split()[1]}"
            render(path, FRAMES, codec)
            rounds = []
            for number in range(ROUNDS + 1):
                if number % 2:
                    decoding, converting = only_decode(path), convert(path, FRAMES)
                else:
                    converting, decoding = convert(path, FRAMES), only_decode(path)
                rounds.append((decoding, converting))
            of_decoding, of_converting = np.array(rounds[1:]).T
            rows += [
                (f"videos -> dataset: frames/s, {name}", 0, float(np.median(FRAMES / of_converting)), "1/s", "told"),
                (
                    f"videos -> dataset / only decoding, {name}",
                    0.9,
                    float(np.median(of_decoding / of_converting)),
                    "x",
                    "at least",
                ),
            ]
    return rows


def measure_parallel() -> list[Row]:
    """Convert several videos in one process and in one a core, against decoding them in as many."""
    from pyside.system.parallel import spread, usable_cores

    cores, paths = usable_cores(), []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(2 * cores):
            paths.append(Path(folder) / f"{number}.mp4")
            render(paths[-1], FRAMES // 2)
        labels = {path.stem: np.arange(FRAMES // 2) % 2 for path in paths}
        rounds = []
        for number in range(4):
            began = time.perf_counter()
            list(spread(_decode_alone, paths, cores))
            decoded = time.perf_counter()
            options = {"roi": 61, "centers": CENTER, "isolated": False, "workers": cores}
            pyside.convert_videos(paths, labels, Path(folder) / f"set{number}", **options)
            rounds.append((decoded - began, time.perf_counter() - decoded))
    decoding, converting = np.median(np.array(rounds[1:]), axis=0)
    return [
        (
            f"{2 * cores} videos -> dataset / only decoding, {cores} processes",
            0.9,
            decoding / converting,
            "x",
            "at least",
        )
    ]


def _decode_alone(path: Path) -> int:
    import av

    with av.open(str(path)) as container:
        container.streams.video[0].codec_context.thread_count = 1
        return sum(1 for _ in container.decode(video=0))


def measure_preflight() -> list[Row]:
    """Check the conversion of 1,000 videos of some 4 MB each, mp4 and avi."""
    import shutil

    rows: list[Row] = []
    for kind, codec in (("mp4", "libx264"), ("avi", "mpeg4")):
        with tempfile.TemporaryDirectory() as folder:
            first = Path(folder) / f"trial0000.{kind}"
            render(first, RENDERED, codec)
            for number in range(1, 1000):
                (first.parent / f"trial{number:04}.{kind}").hardlink_to(first)
            labels = {f"trial{number:04}": np.arange(RENDERED) % 2 for number in range(1000)}
            options = {"roi": 61, "centers": CENTER, "check": True, "isolated": False}
            began = time.perf_counter()
            report = pyside.convert_videos(folder, labels, Path(folder) / "set", **options)
            took = time.perf_counter() - began
            assert report["well"] and len(report["recordings"]) == 1000
            shutil.rmtree(folder, ignore_errors=True)
        rows.append((f"preflight of 1,000 videos with labels, {kind}", 60, took, "s", "at most"))
    return rows


def measure_memory() -> list[Row]:
    """Compare the peak of anonymous memory of a short and a long video, each in a process of its own."""
    if not Path("/proc/self/status").exists():
        return []
    peaks = []
    with tempfile.TemporaryDirectory() as folder:
        for n_frames in (2000, 8000):
            path = Path(folder) / f"{n_frames}.mp4"
            render(path, n_frames)
            child = subprocess.run(
                [sys.executable, __file__, str(path), str(n_frames)], stdout=subprocess.PIPE, text=True, check=True
            )
            peaks.append(json.loads(child.stdout.splitlines()[-1]))
    return [
        ("videos -> dataset: peak memory, 8,000 frames", 0, peaks[1] / 1e6, "MB", "told"),
        ("videos -> dataset: memory from 2,000 to 8,000 frames", 20, (peaks[1] - peaks[0]) / 1e6, "MB", "at most"),
    ]


def measure_rendering() -> list[Row]:
    """Render some example videos with their files."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "examples"))
    import make_whisker_videos

    speeds = []
    for seed in range(3):
        with tempfile.TemporaryDirectory() as folder:
            began = time.perf_counter()
            labels = make_whisker_videos.write_videos(folder, 4, 600, seed)
            speeds.append(sum(map(len, labels)) / (time.perf_counter() - began))
    return [("example videos: frames/s rendered and written", 300, float(np.median(speeds)), "1/s", "at least")]


if __name__ == "__main__":
    print(json.dumps(peak_above_now(lambda: convert(Path(sys.argv[1]), int(sys.argv[2])))))
