"""Render example videos of a bending whisker that sweeps past a pole, with exact labels, reproducibly from a seed.

The camera looks from above, against the light: at a snout, two whiskers, and now and then a pole, seen end-on. A
whisker leaves the snout at some angle and curves, and a muscle turns that angle to and fro. While the whisker's free
path stays clear of the pole, nothing happens. Where the path would enter the pole, the pole stops the whisker and bends
it like a rod that tapers to its tip. The labels follow from this: a touch is defined by geometry, not by pixels.

    python examples/make_whisker_videos.py FOLDER
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np

HEIGHT, WIDTH = 240, 320  # of a frame, in pixels, before the camera is turned
FRAME_RATE = 500
ROI = 61  # side of the square around the pole, in pixels
FEWEST_FRAMES = 200  # of a recording, so that there is room for a touch
FRAMES_A_VISIT = 300  # approximate: the pole comes, stays and goes, then comes to another place
SETTLING = 30  # frames that the pole takes to come to rest


@dataclass(frozen=True)
class Recording:
    """A rendered recording. Positions are (x, y) in pixels of the frame, 0-based; NaN where there is no pole."""

    frames: np.ndarray  # uint8, (n, height, width)
    labels: np.ndarray  # uint8, (n,), 1 where the first whisker touches the pole
    centers: np.ndarray  # float64, (n, 2), of the pole
    radii: np.ndarray  # float64, (n,), of the pole, in pixels
    gaps: np.ndarray  # float64, (n,), pixels between the first whisker and the pole, 0 at touch
    paths: np.ndarray  # float32, (2, n, points, 2), the centre lines of both whiskers
    half_widths: np.ndarray  # float32, (2, points), half their thickness in pixels
    turns: int  # quarter turns of the picture, counterclockwise, 0 to 3
    mirrored: bool  # whether left and right were swapped before the turns
    gain: float  # of the camera; usually 1


# --- geometry: how a whisker bends ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Whisker:
    """A whisker. Its angle is 0 when it hangs straight down; a larger angle turns the tip to the right."""

    root: tuple[float, float]  # (x, y) in pixels
    side: int  # 1 if the pole is to its right, -1 if to its left
    length: float  # pixels
    curvature: float  # radians that it turns away from the pole, from root to tip
    thickness: float  # pixels at the root; a quarter of that at the tip
    darkness: float  # fraction of the light that it absorbs

    @property
    def along(self) -> np.ndarray:
        """Distance of its points from the root, in pixels."""
        return np.linspace(0, self.length, 161)

    @property
    def half_widths(self) -> np.ndarray:
        """Half the thickness at its points, in pixels."""
        return self.thickness / 2 * (1 - 0.75 * self.along / self.length)

    def directions(self, angles: np.ndarray) -> np.ndarray:
        """Return the directions of its points in free air, (n, points), in radians from straight down."""
        return angles[:, None] - self.side * self.curvature * (self.along / self.length) ** 1.5

    def path(self, directions: np.ndarray) -> np.ndarray:
        """Return its points (x, y), (n, points, 2), for these directions."""
        middle = (directions[:, 1:] + directions[:, :-1]) / 2
        steps = np.stack([np.sin(middle), np.cos(middle)], axis=-1) * self.along[1]
        return self.root + np.pad(np.cumsum(steps, axis=1), ((0, 0), (1, 0), (0, 0)))

    def gap(self, directions: np.ndarray, pole: Pole) -> np.ndarray:
        """Return the gap to the pole in pixels, (n,); below 0 if the whisker is in the pole or beyond it."""
        to_pole = pole.center - self.path(directions)
        nearest = np.argmin(np.hypot(to_pole[..., 0], to_pole[..., 1]) - self.half_widths, axis=1)
        x, y = to_pole[np.arange(len(nearest)), nearest].T
        direction = directions[np.arange(len(nearest)), nearest]
        across = x * np.cos(direction) - y * np.sin(direction)
        return self.side * across - self.half_widths[nearest] - pole.radius

    def angles_for(self, gaps: np.ndarray, pole: Pole) -> np.ndarray:
        """Return the angles at which the free whisker has these gaps, (n,)."""
        angles = self.side * np.linspace(-1.2, 1.2, 481)
        reach = np.maximum.accumulate(-self.gap(self.directions(angles), pole))
        return np.interp(-gaps, reach, angles)

    def bent(self, directions: np.ndarray, pole: Pole) -> np.ndarray:
        """Return the directions of its points, (n, points), when the pole stops a whisker with the given directions.

        The moment of the pole's force grows from the contact to the root, and the stiffness grows with the fourth power
        of the thickness; moment over stiffness is the added curvature. Beyond the contact there is no moment. The force
        is the one that leaves no gap, found by bisection.
        """
        moment = np.maximum(0, self.along[pole.contact] - self.along)
        bend = np.cumsum(moment / self.half_widths**4)
        bend *= -self.side / bend[-1]
        low, high = np.zeros((len(directions), 1)), np.full((len(directions), 1), 3.0)
        for _ in range(30):
            force = (low + high) / 2
            inside = self.gap(directions + force * bend, pole)[:, None] < 0
            low, high = np.where(inside, force, low), np.where(inside, high, force)
        return directions + high * bend


@dataclass(frozen=True)
class Pole:
    """A pole seen end-on, in pixels: a disc of brightness `shade`, 0 to 255, with a glint."""

    center: np.ndarray
    radius: float
    contact: int  # index of the whisker's point that meets it
    shade: float
    glint: float
    glint_at: np.ndarray

    @classmethod
    def within_reach(cls, rng: np.random.Generator, whisker: Whisker) -> Pole:
        """Draw a random pole that the whisker just meets at some angle."""
        radius = rng.uniform(5.5, 9)
        directions = whisker.directions(np.array([rng.uniform(-0.15, 0.45)]))
        contact = int(rng.integers(64, 105))
        right = np.array([np.cos(directions[0, contact]), -np.sin(directions[0, contact])])
        center = whisker.path(directions)[0, contact] + (radius + whisker.half_widths[contact]) * right
        return cls(center, radius, contact, rng.uniform(8, 70), rng.uniform(20, 90), rng.uniform(-0.5, 0.5, 2) * radius)


# --- time: when it touches -----------------------------------------------------------------------------------------


def bout_lengths(rng: np.random.Generator, n_frames: int) -> list[int]:
    """Draw the lengths of the touches: 3 to 60 frames each, together 5.5 to 9.5 % of all frames."""
    left = round(rng.uniform(0.055, 0.095) * n_frames)
    lengths = []
    while left >= 3:
        lengths.append(min(left, round(np.exp(rng.uniform(np.log(3), np.log(60))))))
        left -= lengths[-1]
    return lengths


def sweep(rng: np.random.Generator, n_frames: int, bouts: Sequence[int]) -> np.ndarray:
    """Draw how deep the free path enters the pole during a visit, in pixels, below 0 for a gap, (n_frames,).

    The whisker moves to and fro, and each time it touches, nearly touches, or stays well away. No frame is ambiguous:
    the whisker comes to a touch so fast that the frame before still shows a gap, and a near miss keeps a gap.
    """
    touches = [(rng.uniform(6, 10) + n / 5) * np.sqrt(np.sin(np.pi * (np.arange(n) + 0.5) / n)) for n in bouts]
    near_misses = [
        -rng.uniform(2, 4) - rng.uniform(0, 3) * np.linspace(-1, 1, n) ** 2 for n in rng.integers(5, 20, len(bouts) + 1)
    ]
    others = [-rng.uniform(7, 20) - 5 * np.linspace(-1, 1, n) ** 2 for n in rng.integers(4, 12, n_frames // 25)]
    peaks = touches + near_misses + others
    n_peaks = np.searchsorted(np.cumsum([len(peak) + 24 for peak in peaks]), n_frames - SETTLING)
    low = rng.uniform(-45, -25)
    parts = [np.full(SETTLING, low)]
    for k in rng.permutation(n_peaks):
        peak = peaks[k]
        first, last = -rng.uniform(1.5, 3, 2) if peak[0] > 0 else peak[[0, -1]]
        parts += [low + (first - low) * np.linspace(0, 1, rng.integers(9, 13)) ** 1.2, peak]
        low = rng.uniform(-45, -25)
        parts += [low + (last - low) * np.linspace(1, 0, rng.integers(9, 13)) ** 1.2]
    parts.append(np.full(n_frames - sum(map(len, parts)), low))
    return np.concatenate(parts)


def whisk(rng: np.random.Generator, angles: np.ndarray) -> np.ndarray:
    """Fill in the angles, (n,), of frames without a pole, which are NaN: to and fro between the known angles."""
    frame, known = np.arange(len(angles)), np.isfinite(angles)
    since = frame - np.maximum.accumulate(np.where(known, frame, 0))
    until = np.minimum.accumulate(np.where(known, frame, len(frame))[::-1])[::-1] - frame
    there_and_back = np.sin(np.pi * since / np.maximum(1, since + until)) ** 2
    return np.interp(frame, frame[known], angles[known]) + rng.uniform(0.2, 0.5) * np.where(known, 0, there_and_back)


# --- light: what the camera sees -----------------------------------------------------------------------------------


def draw_background(rng: np.random.Generator, root: tuple[float, float]) -> np.ndarray:
    """Draw the static background, float32, (HEIGHT, WIDTH): uneven light, reflections, dust, and the snout."""
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)

    def spot(length: float, width: float) -> np.ndarray:
        right, down, turn = x - rng.uniform(0, WIDTH), y - rng.uniform(HEIGHT / 4, HEIGHT), rng.uniform(0, np.pi)
        along, across = right * np.cos(turn) + down * np.sin(turn), down * np.cos(turn) - right * np.sin(turn)
        return np.exp(-((along / length) ** 2) - (across / width) ** 2)

    light = 1 + rng.uniform(-0.2, 0.2) * (x / WIDTH - 0.5) + rng.uniform(-0.2, 0.2) * (y / HEIGHT - 0.5)
    for _ in range(4):
        light += rng.uniform(-0.2, 0.25) * spot(*rng.uniform(40, 100, 2))
    for _ in range(3):
        light += rng.uniform(0.1, 0.3) * spot(rng.uniform(10, 40), rng.uniform(2, 4))
    for _ in range(6):
        light *= 1 - rng.uniform(0.2, 0.6) * spot(*rng.uniform(0.6, 1.3, 2))
    fur = sum(rng.uniform(0.5, 1.5) * np.sin(x / rng.uniform(2, 9) + rng.uniform(0, 6)) for _ in range(4))
    snout = root[1] + 4 - ((x - root[0]) / 40) ** 2 * np.where(x > root[0], 14, 4) + fur
    light *= 1 - 0.92 / (1 + np.exp((y - snout) / 1.5))
    return (rng.uniform(120, 165) * light).astype(np.float32)


def draw_whisker(image: np.ndarray, whisker: Whisker, path: np.ndarray, motion: np.ndarray) -> None:
    """Darken `image`, row by row, at the whisker's places while the shutter is open.

    Args:
        image: float32, (HEIGHT, WIDTH), changed in place.
        whisker: for its thickness and darkness.
        path: (points, 2), at the middle of the exposure.
        motion: (points, 2), from the start to the end of the exposure.
    """
    rows = np.arange(int(path[0, 1]), int(path[-1, 1]) + 1)
    center, smear, half_width, slant = (
        np.interp(rows, path[:, 1], values).astype(np.float32)[:, None]
        for values in (path[:, 0], motion[:, 0], whisker.half_widths, np.gradient(path[:, 0], path[:, 1]))
    )
    narrow = 1 / np.hypot(1, slant)  # a slanting line is wider along the row than across itself
    reach = int(np.max((half_width + 1) / narrow + np.abs(smear) / 2)) + 1
    columns = np.arange(-reach, reach + 2) + center.astype(int)
    moments = np.linspace(-0.4, 0.4, 5, dtype=np.float32)[:, None, None]
    away = np.abs((columns - center).astype(np.float32) - moments * smear) * narrow
    cover = np.minimum(np.maximum(half_width + 0.5 - away, 0), np.minimum(1, 2 * half_width)).mean(axis=0)
    image[rows[:, None], columns.clip(0, WIDTH - 1)] *= 1 - np.float32(whisker.darkness) * cover


def draw_pole(image: np.ndarray, pole: Pole, center: np.ndarray, opacity: float) -> None:
    """Draw the pole into `image`, float32, in place."""
    x, y = np.arange(ROI) + (center - ROI // 2).astype(int)[:, None]
    right, down = x - center[0], y[:, None] - center[1]
    cover = opacity * np.clip(pole.radius + 0.5 - np.hypot(right, down), 0, 1)
    from_glint = np.hypot(right - pole.glint_at[0], down - pole.glint_at[1])
    patch = image[y[0] : y[-1] + 1, x[0] : x[-1] + 1]
    patch += cover * (pole.shade + pole.glint * np.exp(-((3 * from_glint / pole.radius) ** 2)) - patch)


# --- recordings ----------------------------------------------------------------------------------------------------


def render_recording(seed: int | tuple[int, int], n_frames: int) -> Recording:
    """Render one recording.

    Args:
        seed: seed of everything random; (seed, k) for the k-th of several recordings.
        n_frames: number of frames, at least FEWEST_FRAMES.

    Returns:
        The frames, with labels, positions and gaps.

    Raises:
        ValueError: too few frames.
    """
    if n_frames < FEWEST_FRAMES:
        raise ValueError(f"Expected at least {FEWEST_FRAMES} frames, room for a touch. Received {n_frames}.")
    rng = np.random.default_rng(seed)
    turns, mirrored = int(rng.choice(4, p=[0.4, 0.2, 0.2, 0.2])), bool(rng.random() < 0.5)
    gain = float(rng.choice([1, 1, rng.uniform(0.55, 0.8), rng.uniform(1.2, 1.35)]))

    x, y = rng.uniform((95, 40), (150, 60))
    whisker = Whisker((x, y), 1, *rng.uniform((140, -0.2, 3.2, 0.6), (175, 0.5, 4.4, 0.85)))
    # A second whisker never touches the pole: it follows behind the first, or stays beyond the pole.
    behind, apart, near = rng.random() < 0.5, rng.uniform(14, 28), rng.uniform(3, 8)
    root, side = ((x - apart, y - 4), 1) if behind else ((x + apart, y - 4), -1)
    second = Whisker(root, side, *rng.uniform((130, -0.2, 2.2, 0.5), (165, 0.5, 3.6, 0.8)))

    labels, radii, gaps = np.zeros(n_frames, np.uint8), *np.full((2, n_frames), np.nan)
    centers, angles = np.full((n_frames, 2), np.nan), np.full((2, n_frames), np.nan)
    visits = []
    bouts, n_visits = bout_lengths(rng, n_frames), max(1, n_frames // FRAMES_A_VISIT)
    for k, (start, stop) in enumerate(itertools.pairwise(np.linspace(0, n_frames, n_visits + 1).astype(int))):
        now = slice(start + rng.integers(12, 26), stop - rng.integers(12, 26))
        pole = Pole.within_reach(rng, whisker)
        visits.append((now, pole))
        reach = sweep(rng, now.stop - now.start, bouts[k::n_visits])
        labels[now] = reach > 0
        angles[0, now] = whisker.angles_for(-reach, pole)
        wanted = apart - reach if behind else near + 0.6 * (reach + 45)
        angles[1, now] = second.angles_for(np.maximum(near, wanted), pole)
        since = np.arange(len(reach))[:, None]
        ringing = np.exp(-since / 6) * np.cos(since / 2) * (since < SETTLING)
        centers[now], radii[now] = pole.center + ringing * rng.uniform(-3, 3, 2), pole.radius

    directions = whisker.directions(whisk(rng, angles[0]))
    for now, pole in visits:
        touch = labels[now] == 1
        directions[now][touch] = whisker.bent(directions[now][touch], pole)
        gaps[now] = np.where(touch, 0, whisker.gap(directions[now], replace(pole, center=centers[now, None])))
    second_directions = second.directions(whisk(rng, angles[1]))
    paths = np.stack([whisker.path(directions), second.path(second_directions)]).astype(np.float32)

    background = draw_background(rng, whisker.root) * np.float32(gain)
    flicker = 1 + 0.02 * np.sin(np.arange(n_frames) / rng.uniform(3, 12)) + rng.normal(0, 0.004, n_frames)
    noise = rng.normal(0, rng.uniform(2, 4), (HEIGHT + 64, WIDTH + 64)).astype(np.float32)
    shifts = rng.integers(0, 64, (n_frames, 2))
    motions = np.gradient(paths, axis=1) * np.float32(rng.uniform(0.3, 0.6))  # exposure time in frames
    frames = np.empty((n_frames, *((HEIGHT, WIDTH) if turns % 2 == 0 else (WIDTH, HEIGHT))), np.uint8)
    before_turns = np.rot90(frames, -turns, axes=(1, 2))[:, :, :: -1 if mirrored else 1]
    for k in range(n_frames):
        image = background * np.float32(flicker[k])
        draw_whisker(image, whisker, paths[0, k], motions[0, k])
        draw_whisker(image, second, paths[1, k], motions[1, k])
        for now, pole in visits:
            if now.start <= k < now.stop:  # it moves into and out of focus
                draw_pole(image, pole, centers[k], min(1, (k - now.start + 1) / 6, (now.stop - k) / 6))
        image += noise[shifts[k, 0] :, shifts[k, 1] :][:HEIGHT, :WIDTH]
        before_turns[k] = np.minimum(np.maximum(image, 0, out=image), 255, out=image)

    half_widths = np.stack([whisker.half_widths, second.half_widths]).astype(np.float32)
    centers, paths = turned(centers, turns, mirrored), turned(paths, turns, mirrored)
    return Recording(frames, labels, centers, radii, gaps, paths, half_widths, turns, mirrored, gain)


def turned(points: np.ndarray, turns: int, mirrored: bool) -> np.ndarray:
    """Return points (x, y) of a frame as drawn in coordinates of the camera's frame."""
    x, y = points[..., 0], points[..., 1]
    width, height = WIDTH, HEIGHT
    if mirrored:
        x = width - 1 - x
    for _ in range(turns):
        x, y, width, height = y, width - 1 - x, height, width
    return np.stack([x, y], axis=-1)


# --- files ---------------------------------------------------------------------------------------------------------


def write_video(path: Path, frames: np.ndarray) -> None:
    """Write frames, uint8, (n, height, width), as a compressed mp4."""
    import av

    x264 = "libx264" in av.codecs_available
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264" if x264 else "mpeg4", rate=Fraction(FRAME_RATE))
        stream.height, stream.width = frames.shape[1:]
        stream.pix_fmt = "yuv420p"
        stream.thread_count = 1  # faster for frames as small as these
        stream.options = {"crf": "22", "preset": "superfast"} if x264 else {"qmin": "4", "qmax": "4"}
        for frame in frames:
            file.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="gray")))
        file.mux(stream.encode())


def write_videos(folder: str | Path, recordings: int = 8, frames: int = 600, seed: int = 1) -> list[np.ndarray]:
    """Write videos/whisker001.mp4 and so on, labels.mat, labels_one_video.mat and centers.mat.

    The first recordings do not depend on the number of recordings.

    Args:
        folder: target folder; created if necessary. Files of an earlier run are overwritten.
        recordings: number of recordings.
        frames: number of frames of each recording.
        seed: seed of everything random.

    Returns:
        The labels, one vector per recording.
    """
    from scipy.io import savemat

    folder = Path(folder)
    (folder / "videos").mkdir(parents=True, exist_ok=True)
    labels, centers = np.empty((2, 1, recordings), object)
    writing: Future[None] | None = None
    with ThreadPoolExecutor(1) as writer:  # writes one recording while the next is drawn
        for k in range(recordings):
            recording = render_recording((seed, k), frames)
            labels[0, k] = recording.labels[None].astype(float)
            centers[0, k] = recording.centers + 1  # MATLAB counts from 1
            if writing:
                writing.result()
            writing = writer.submit(write_video, folder / "videos" / f"whisker{k + 1:03d}.mp4", recording.frames)
            if sys.stdout.isatty():
                print(f"\r{k + 1} of {recordings} recordings", end="\n" if k + 1 == recordings else "", flush=True)
        if writing:
            writing.result()
    savemat(folder / "labels.mat", {"labels": labels}, do_compression=True)
    savemat(folder / "labels_one_video.mat", {"labels": labels[0, 0]}, do_compression=True)
    savemat(folder / "centers.mat", {"centers": centers}, do_compression=True)
    return [vector[0] for vector in labels[0]]


def draw_picture(path: Path, recordings: Sequence[Recording]) -> None:
    """Draw a whole frame of each recording, then the region of the pole during a touch and during a near miss."""
    from PIL import Image, ImageDraw, ImageFont

    width, space, n_crops = 900, 8, 10
    touch_color, other_color, font = "#e8590c", "#1c7ed6", ImageFont.load_default(13)
    crop_side = (width - space * (n_crops + 1)) // n_crops
    shapes = [recording.frames.shape[1:] for recording in recordings]
    height = round((width - space * (len(shapes) + 1)) / sum(w / h for h, w in shapes))
    picture = Image.new("RGB", (width, height + 3 * space + 2 * (crop_side + 50)), "white")
    draw = ImageDraw.Draw(picture)

    left = space
    for recording, shape in zip(recordings, shapes, strict=True):
        k = np.flatnonzero(recording.labels)[recording.labels.sum() // 2]
        scale = height / shape[0]
        picture.paste(Image.fromarray(recording.frames[k]).resize((round(shape[1] * scale), height)), (left, space))
        x, y = np.round((recording.centers[k] - ROI // 2) * scale) + (left, space)
        draw.rectangle((x, y, x + ROI * scale, y + ROI * scale), outline=touch_color, width=2)
        left += round(shape[1] * scale) + space

    recording = recordings[len(recordings) // 2]
    edges = np.flatnonzero(np.diff(recording.labels.astype(int))) + 1
    start, stop = max(edges.reshape(-1, 2), key=lambda bout: bout[1] - bout[0])
    through = [start - 3, start - 2, start - 1, start, *np.linspace(start, stop, 4).astype(int)[1:3], stop - 1, stop]
    far = np.convolve(recording.labels, np.ones(15), "same") > 0
    nearest = int(np.nanargmin(np.where(far, np.nan, recording.gaps)))
    rows = {
        f"A touch of {1000 * (stop - start) / FRAME_RATE:g} ms": [*through, stop + 1, stop + 2],
        f"A near miss, every {3000 / FRAME_RATE:g} ms": range(nearest - 14, nearest + 15, 3),
    }
    for row, (title, numbers) in enumerate(rows.items()):
        top = height + 2 * space + row * (crop_side + 50 + space)
        draw.text((space, top), title, "black", font)
        for column, k in enumerate(numbers):
            x, y = np.round(recording.centers[k]).astype(int) - ROI // 2
            crop = Image.fromarray(recording.frames[k, y : y + ROI, x : x + ROI]).resize((crop_side, crop_side))
            left = space + column * (crop_side + space)
            picture.paste(crop, (left, top + 18))
            touch = recording.labels[k] == 1
            color, text = (touch_color, "touch") if touch else (other_color, f"gap {recording.gaps[k]:.0f} px")
            draw.rectangle((left, top + 18 + crop_side, left + crop_side - 1, top + 22 + crop_side), color)
            draw.text((left + crop_side / 2, top + 24 + crop_side), text, color, font, anchor="ma")
    picture.save(path)


def main() -> None:
    """Render videos by the options of the command line."""
    parser = argparse.ArgumentParser(description="Render example videos of a whisker and a pole, with labels.")
    parser.add_argument("folder", type=Path, help="folder for the files")
    parser.add_argument("--recordings", type=int, default=8)
    parser.add_argument("--frames", type=int, default=600, help="of each recording")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--picture", type=Path, help="also draw a picture of the recordings into this file")
    given = parser.parse_args()
    if given.frames < FEWEST_FRAMES or given.recordings < 1:
        parser.error(f"at least one recording of {FEWEST_FRAMES} frames is needed, room for a touch.")
    started = time.perf_counter()
    labels = np.concatenate(write_videos(given.folder, given.recordings, given.frames, given.seed))
    seconds = time.perf_counter() - started
    print(f"{given.recordings} recordings of {given.frames} frames, {FRAME_RATE} frames/s, are in {given.folder}.")
    print(f"The whisker touches the pole in {labels.mean():.1%} of the frames.")
    print(f"This took {seconds:.1f} s ({len(labels) / seconds:.0f} frames/s).")
    if given.picture:
        draw_picture(given.picture, [render_recording((given.seed, k), given.frames) for k in range(3)])


if __name__ == "__main__":
    main()
