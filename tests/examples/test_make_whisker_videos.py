"""The example videos: exact labels, the shares promised, and just as hard as they were made to be."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from examples import make_whisker_videos
from examples.make_whisker_videos import FRAME_RATE, ROI, render_recording, write_videos
from tests.conftest import raises_with

N_RECORDINGS, N_FRAMES, SEED = 8, 600, 1


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The folder of a plain run, and what is known of its eight recordings."""
    folder, recordings = tmp_path_factory.mktemp("whisker"), []

    def render_and_keep(*arguments):
        recordings.append(render_recording(*arguments))
        return recordings[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(make_whisker_videos, "render_recording", render_and_keep)
        write_videos(folder, N_RECORDINGS, N_FRAMES, SEED)
    return folder, recordings


@pytest.fixture(scope="module")
def folder(run):
    return run[0]


@pytest.fixture(scope="module")
def recordings(run):
    return run[1]


def read_video(path):
    import av

    with av.open(str(path)) as file:
        assert file.streams.video[0].average_rate == FRAME_RATE
        return np.array([frame.to_ndarray(format="gray") for frame in file.decode(video=0)])


def read_cells(path, name):
    from scipy.io import loadmat

    return list(loadmat(path)[name].ravel())


def distances_to_pole(recording, whisker):
    """Return the pixels between a whisker and the pole, worked out from what was drawn."""
    path = recording.paths[whisker].astype(float)
    start, step = path[:, :-1], np.diff(path, axis=1)
    to_pole = recording.centers[:, None] - start
    along = np.clip(np.sum(to_pole * step, axis=2) / np.sum(step**2, axis=2), 0, 1)
    distances = np.linalg.norm(to_pole - along[..., None] * step, axis=2) - recording.half_widths[whisker, :-1]
    return np.min(distances, axis=1) - recording.radii


def bouts(labels):
    edges = np.flatnonzero(np.diff(labels.astype(int), prepend=0, append=0))
    return edges[1::2] - edges[::2]


# --- what is labelled ----------------------------------------------------------------------------------------------


def test_a_touch_is_where_the_whisker_meets_the_pole_and_nowhere_else(recordings):
    for recording in recordings:
        distances, touch = distances_to_pole(recording, 0), recording.labels == 1
        assert np.abs(distances[touch]).max() < 0.05
        assert np.nanmin(distances[~touch]) > 1.3
        np.testing.assert_allclose(recording.gaps, distances, atol=0.05)


def test_there_are_near_misses_in_every_recording(recordings):
    for recording in recordings:
        near = (recording.gaps > 1) & (recording.gaps < 4)
        assert near.sum() >= 10
        assert not recording.labels[near].any()


def test_the_second_whisker_never_touches_but_comes_near(recordings):
    nearest = [np.nanmin(distances_to_pole(recording, 1)) for recording in recordings]
    assert min(nearest) > 2
    assert min(nearest) < 8


def test_the_whisker_is_bent_by_the_pole(recordings):
    for recording in recordings:
        steps = np.diff(recording.paths[0].astype(float), axis=1)
        headings = np.unwrap(np.arctan2(steps[..., 1], steps[..., 0]), axis=1)
        turn = headings[:, -1] - headings[:, 0]
        free = turn[recording.labels == 0]
        assert np.ptp(free) < 0.01
        assert np.abs(turn[recording.labels == 1] - free[0]).max() > 0.1


def test_touches_are_5_to_10_percent_of_the_frames_in_bouts_of_3_to_60(recordings):
    assert 0.05 <= np.mean([recording.labels.mean() for recording in recordings]) <= 0.1
    lengths = np.concatenate([bouts(recording.labels) for recording in recordings])
    assert lengths.min() >= 3
    assert lengths.max() <= 60
    assert len(set(lengths)) > 5


@pytest.mark.parametrize("n_frames", [200, 350, 1300])
def test_short_and_long_recordings_keep_these_promises(n_frames):
    recording = render_recording(7, n_frames)
    assert len(recording.frames) == n_frames
    assert 0.04 <= recording.labels.mean() <= 0.1
    assert 3 <= bouts(recording.labels).min() <= bouts(recording.labels).max() <= 60


def test_there_is_no_pole_at_the_start_and_at_the_end(recordings):
    for recording in recordings:
        assert np.isnan(recording.centers[:10]).all()
        assert np.isnan(recording.centers[-10:]).all()
        assert not recording.labels[np.isnan(recording.centers[:, 0])].any()


# --- what is seen --------------------------------------------------------------------------------------------------


def test_the_pole_is_where_its_centre_says_and_its_region_lies_in_the_frame(recordings):
    for recording in recordings:
        frame_number = np.flatnonzero(np.isfinite(recording.radii))[60]
        frame = recording.frames[frame_number].astype(float)
        x, y = np.round(recording.centers[frame_number]).astype(int)
        assert frame[y - 3 : y + 4, x - 3 : x + 4].mean() < np.median(frame) - 20
        present = recording.centers[np.isfinite(recording.radii)]
        height, width = frame.shape
        assert (present >= ROI // 2).all()
        assert (present <= np.array([width, height]) - 1 - ROI // 2).all()


def test_recordings_differ_in_turns_mirroring_gain_and_pole(recordings):
    assert {recording.frames.shape[1:] for recording in recordings} == {(240, 320), (320, 240)}
    assert len({recording.mirrored for recording in recordings}) == 2
    assert any(recording.gain == 1 for recording in recordings)
    assert any(recording.gain != 1 for recording in recordings)
    radii = np.concatenate([np.unique(r.radii[np.isfinite(r.radii)]) for r in recordings])
    assert len(radii) == 2 * N_RECORDINGS
    assert np.ptp(radii) > 2


# --- reproducible --------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_recording_and_another_one_another(recordings):
    again = render_recording((SEED, 0), N_FRAMES)
    np.testing.assert_array_equal(again.frames, recordings[0].frames)
    np.testing.assert_array_equal(again.labels, recordings[0].labels)
    assert not np.array_equal(recordings[0].frames, recordings[1].frames)


def test_more_recordings_leave_the_first_ones_as_they_are(tmp_path):
    write_videos(tmp_path / "one", 1, 200, 5)
    write_videos(tmp_path / "two", 2, 200, 5)
    video = "videos/whisker001.mp4"
    assert (tmp_path / "one" / video).read_bytes() == (tmp_path / "two" / video).read_bytes()
    one = read_cells(tmp_path / "one/labels.mat", "labels")
    two = read_cells(tmp_path / "two/labels.mat", "labels")
    np.testing.assert_array_equal(one[0], two[0])


def test_too_few_frames_are_refused():
    with raises_with(ValueError, 200, 100):
        render_recording(1, 100)


# --- the files -----------------------------------------------------------------------------------------------------


def test_the_files_hold_what_was_rendered(folder, recordings):
    videos = sorted((folder / "videos").iterdir())
    assert [video.name for video in videos] == [f"whisker{k + 1:03d}.mp4" for k in range(N_RECORDINGS)]
    labels, centers = read_cells(folder / "labels.mat", "labels"), read_cells(folder / "centers.mat", "centers")
    assert len(labels) == len(centers) == N_RECORDINGS
    for k, recording in enumerate(recordings):
        assert labels[k].shape == (1, N_FRAMES)
        np.testing.assert_array_equal(labels[k][0], recording.labels)
        np.testing.assert_allclose(centers[k], recording.centers + 1)
    from scipy.io import loadmat

    np.testing.assert_array_equal(loadmat(folder / "labels_one_video.mat")["labels"], labels[0])
    frames = read_video(videos[0])
    assert frames.shape == recordings[0].frames.shape
    assert np.abs(frames[::50].astype(float) - recordings[0].frames[::50]).mean() < 6


def test_the_command_says_what_it_made_and_draws_the_picture(tmp_path):
    script = Path(make_whisker_videos.__file__)
    command = [
        sys.executable,
        script,
        tmp_path,
        "--recordings",
        "3",
        "--frames",
        "200",
        "--picture",
        tmp_path / "p.png",
    ]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "3 recordings" in told and "200 frames" in told
    assert "\r" not in told
    from PIL import Image

    assert 800 <= Image.open(tmp_path / "p.png").width <= 1000


# --- just as hard as they were made to be --------------------------------------------------------------------------


@pytest.mark.slow
def test_logistic_regression_on_the_pixels_stays_under_97_percent(folder):
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from threadpoolctl import threadpool_limits

    pixels, touch, recording_of = [], [], []
    labels, centers = read_cells(folder / "labels.mat", "labels"), read_cells(folder / "centers.mat", "centers")
    for k in range(N_RECORDINGS):
        video = read_video(folder / f"videos/whisker{k + 1:03d}.mp4")
        for n in np.flatnonzero(np.isfinite(centers[k][:, 0])):
            x, y = np.round(centers[k][n] - 1).astype(int) - ROI // 2
            pixels.append(video[n, y : y + ROI, x : x + ROI].ravel())
            touch.append(labels[k][0, n])
            recording_of.append(k)
    pixels, touch, recording_of = np.float32(pixels) / 255, np.array(touch), np.array(recording_of)
    right = []
    for unseen in (recording_of % 2 == 0, recording_of % 2 == 1):
        model = make_pipeline(StandardScaler(), LogisticRegression(C=1e-3, max_iter=200))
        with threadpool_limits(1):
            model.fit(pixels[~unseen], touch[~unseen])
        assert model.score(pixels[~unseen], touch[~unseen]) > 0.98  # it did learn these
        right.append(model.score(pixels[unseen], touch[unseen]))
    assert 0.85 < np.mean(right) < 0.97


@pytest.mark.slow
@pytest.mark.parametrize("contrast", [1, 0.35])
def test_a_default_training_learns_from_every_seed_in_poor_contrast_too(folder, tmp_path, contrast):
    import pyside

    pyside.convert_videos(folder / "videos", folder / "labels.mat", tmp_path / "set", centers=folder / "centers.mat")
    for file in (tmp_path / "set").glob("*.frames.npy"):
        np.save(file, np.rint(140 + contrast * (np.load(file).astype(float) - 140)).astype(np.uint8))
    for seed in range(3):
        result = pyside.train(tmp_path / "set", tmp_path / "model.h5", epochs=2, seed=seed)
        assert min(result.history["val_loss"]) < 0.5  # guessing is 0.69
