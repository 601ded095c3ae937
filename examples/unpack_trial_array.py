"""From a saved array of trials to a dataset: video names, bar positions and distances come from one file.

Labs keep one trial per video, in objects of their own class or in structs. This example has a small array of structs,
and rendered example videos for its trials.
"""

# %% Example videos, and an array of trials as a lab might have saved it
from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
from scipy.io import loadmat, savemat

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import pyside  # noqa: E402
from pyside.bridge.engine import unpack_trial_array  # noqa: E402

folder = Path(sys.argv[1] if len(sys.argv) > 1 else "example")
if not (folder / "labels.mat").is_file():
    render = [sys.executable, str(HERE / "make_whisker_videos.py"), str(folder), "--recordings", "6", "--frames", "200"]
    subprocess.run(render, check=True)

videos = sorted((folder / "videos").iterdir())
positions = loadmat(folder / "centers.mat")["centers"].ravel()  # (x, y) per frame of each video, counted from 1
array = np.empty((1, len(videos)), object)
for number, video in enumerate(videos):
    bar = np.broadcast_to(positions[number].reshape(-1, 2), (200, 2))
    array[0, number] = {
        "trialNum": float(number + 1),
        "trackerFileName": video.name,
        "barPos": np.column_stack([np.arange(1.0, 201.0), bar]),
        "pinDescentOnsetTime": 0.1,
        "pinAscentOnsetTime": 0.3,
    }
savemat(folder / "trials.mat", {"T": {"trials": array}})

# %% Unpack it
trials = unpack_trial_array(folder / "trials.mat")
for trial in trials.trials:
    print(f"trial {trial.trial_number}: {trial.video}, pole from {trial.pole_up} to {trial.pole_down} s")

# %% Use it: the region of each frame is cut out around the bar
report = pyside.convert_videos(folder / "videos", folder / "labels.mat", folder / "set", centers=trials.centers)
print(f"{report['frames']} frames, {report['counts']}")
