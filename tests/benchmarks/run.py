"""``make bench``: each figure that TouchTrain promises, beside its goal, from one run on this machine.

``python tests/benchmarks/run.py NAME ...`` runs only the parts with these words in their names. A part returns rows of
(title, goal, figure, unit, bound), where the bound is "at most", "at least", or "told" for a figure without a goal.
All figures are kept in ``build/bench.json``, those of parts that did not run from earlier runs.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks import (
    bench_augment,
    bench_bridge,
    bench_cloud,
    bench_curation,
    bench_data,
    bench_folders,
    bench_int8,
    bench_jobs,
    bench_networks,
    bench_numpy,
    bench_predict,
    bench_reading,
    bench_review,
    bench_safety,
    bench_scale,
    bench_training,
    bench_verdict,
    bench_video,
)

PARTS = {
    "imports": bench_data.measure_imports,
    "arrays": bench_data.measure_arrays,
    "bridge": bench_bridge.measure,
    "videos": bench_video.measure_speed,
    "videos: processes": bench_video.measure_parallel,
    "videos: preflight": bench_video.measure_preflight,
    "videos: memory": bench_video.measure_memory,
    "folders": bench_folders.measure,
    "numpy": bench_numpy.measure,
    "rendering": bench_video.measure_rendering,
    "jobs: start": bench_jobs.measure_start,
    "jobs: watching": bench_jobs.measure_watching,
    "speed": bench_training.measure_speed,
    "accuracy": bench_training.measure_accuracy,
    "memory": bench_training.measure_memory,
    "predict": bench_predict.measure,
    "int8": bench_int8.measure,
    "augmentation": bench_augment.measure,
    "networks": bench_networks.measure,
    "verdict": bench_verdict.measure,
    "reading": bench_reading.measure,
    "safety: killed": bench_safety.measure_kills,
    "safety: two at once": bench_safety.measure_two_at_once,
    "many: recordings": bench_safety.measure_recordings,
    "many: classes": bench_safety.measure_classes,
    "marking: speed": bench_curation.measure_speed,
    "marking: short videos": bench_curation.measure_short,
    "marking: memory": bench_curation.measure_memory,
    "marking: answers": bench_curation.measure_answers,
    "scale: two workers": bench_scale.measure_two,
    "scale: overhead": bench_scale.measure_overhead,
    "scale: many frames": bench_scale.measure_frames,
    "scale: a long session": bench_scale.measure_session,
    "review": bench_review.measure,
    "cloud: transfers": bench_cloud.measure_transfers,
    "cloud: run": bench_cloud.measure_run,
}


KEPT = Path(__file__).resolve().parents[2] / "build" / "bench.json"


def keep(figures: dict[str, float]) -> None:
    """Keep figures by title, with the day and the load of the machine, for the pages that are made from them."""
    before = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    made = {"day": time.strftime("%Y-%m-%d"), "load": round(os.getloadavg()[0] / (os.cpu_count() or 1), 1)}
    before |= {title: {"figure": figure, **made} for title, figure in figures.items()}
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_text(json.dumps(before, indent=1) + "\n", encoding="utf-8")


def main(words: list[str]) -> int:
    """Run the parts and print a row a figure; returns how many goals were missed."""
    missed, began = 0, time.perf_counter()
    print(f"{'figure':<58} {'goal':>10} {'measured':>10} {'ratio':>7}")
    for name, measure in PARTS.items():
        if words and not any(word in name for word in words):
            continue
        rows = measure()
        keep({title: float(figure) for title, _, figure, _, _ in rows})
        for title, goal, figure, unit, better in rows:
            met = {"at most": figure <= goal, "at least": figure >= goal, "told": True}[better]
            missed += not met
            bound = {"at most": f"<= {goal:g}", "at least": f">= {goal:g}", "told": "-"}[better]
            ratio = f"{figure / goal:.2f}" if goal and better != "told" else "-"
            print(f"{title:<58} {bound:>10} {figure:>10.4g} {ratio:>7}  {unit}{'' if met else '  MISSED'}", flush=True)
    print(f"{missed} goals missed, {time.perf_counter() - began:.0f} s")
    return missed


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1:]) else 0)
