"""Says what a session would do, before anything runs, and draws a sheet with the box on a frame of each video."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyside.aliases import Progress, Record
from pyside.curation.model.facts import ModelFacts
from pyside.curation.regions.plan import SessionPlan, VideoPlan, Watcher, plan_session, spread_over
from pyside.data.video.reader import decoding_rate
from pyside.errors import Faults, Interrupted, TouchTrainError, printable
from pyside.settings.core import first_number
from pyside.settings.curation import CurateSettings
from pyside.system.records import plain

if TYPE_CHECKING:
    from pyside.runtimes.engine import Engine

ON_A_SHEET = 48  # videos
_MOST_SHOWN = 20  # rows of a list for a person
_OVERLAP = 1.1  # decoding and predicting at once is so much faster than one after the other
_MEASURED = 3  # batches
# What frames are that are not looked at, by the key of the reason.
SKIPPED_TEXTS = {
    "outside_span": "outside the span",
    "without_center": "without a centre",
    "out_of_frame": "whose region extends beyond the frame",
    "by_value": "by their value",
    "damaged": "damaged",
}


def sheet_of(output: Path) -> Path:
    """Return the path of the sheet for a session: beside its folder, which a check does not make."""
    return output.with_name(f"{output.name}_check.png")


def check_session(
    videos: Any,
    facts: ModelFacts,
    settings: CurateSettings,
    first: int,
    sheet: Path,
    progress: Progress = lambda record: None,
    remarks: Callable[[SessionPlan], Sequence[str]] = lambda planned: (),
    measured: bool = True,
    should_stop: Callable[[], bool] = lambda: False,
) -> Record:
    """Report what a session would do; nothing is written but the sheet.

    Args:
        videos: as in `plan_session`.
        facts: of the model.
        settings: the options.
        first: index of the first pixel and frame in options: 0, or 1 for MATLAB.
        sheet: the ``.png`` file to write, see `sheet_of`; an existing one is replaced.
        progress: receives the stages.
        remarks: further warnings about a plan; what it raises is a fault.
        should_stop: returns True to end the check.
        measured: whether to measure the speeds of decoding and of the network, for which the model is loaded.

    Returns:
        Plain values: ``kind`` ("check"), ``well`` (whether all videos can be marked), ``model_path``, ``videos``,
        ``ready`` (their numbers), ``frames``, ``looked_at``, ``no_touch``, ``left_out``, ``not_looked_at`` (frames by
        reason), ``pairing`` (how labels were paired, or ""), ``pairs``, ``seconds`` (an estimate, or None),
        ``runtime``, ``precision``, ``device`` (with which it was measured, or None), ``about_runtime`` (what ``auto``
        found out, or ""),
        ``sheet`` (its path, or None), ``on_sheet`` (number of videos on it), ``warnings``, ``faults`` (each with
        ``identifier`` and ``text``) and ``faults_told``. A row of ``pairs`` has ``recording``, ``video``, ``fault``,
        and if there is none ``labels`` and ``centers`` (where they come from, or None), ``frames``, ``looked_at``,
        ``no_touch``, ``left_out``, ``not_looked_at``, ``region`` (height and width), and ``score`` (correlation of the
        object, or None).

    Raises:
        PathMissing, NotWritable, DiskFull: the sheet cannot be written.
        Interrupted: `should_stop` returned True.
    """
    from pyside.curation.model.engine import engine_of
    from pyside.curation.regions.sheet import draw, examples
    from pyside.system.pictures import check_folder, save_picture

    check_folder(sheet)
    faults, planned = Faults("videos"), SessionPlan([], [])
    try:
        planned = plan_session(videos, facts, settings, first, Watcher(progress, should_stop))
    except Interrupted:
        raise
    except TouchTrainError as error:
        faults.include(error)
    plans = planned.videos
    pairs = [_pair(plan) for plan in plans]
    ready = [row for row in pairs if not row["fault"]]
    shown = [plans[place] for place in spread_over(len(plans), ON_A_SHEET)]
    if shown:
        progress({"stage": "drawing the sheet"})
        title = f"Where {facts.path.name} looks. Frames are counted from {first_number()}."
        if len(plans) > len(shown):
            title += f" {len(plans) - len(shown):,} of {len(plans):,} videos are left out of this sheet."
        picture, _ = draw(examples(shown), title)
        save_picture(picture, sheet)
    warnings = [*planned.warnings]
    with faults.noting():
        warnings += remarks(planned)
    seconds, engine = None, None
    if measured and ready and not len(faults):
        progress({"stage": "measuring"})
        with faults.noting():
            engine = engine_of(facts, settings)
            seconds = _seconds(plans, engine)
    found: Record = plain(
        {
            "kind": "check",
            "well": not len(faults) and len(ready) == len(plans),
            "model_path": str(facts.path),
            "videos": len(plans),
            "ready": len(ready),
            **{name: sum(row[name] for row in ready) for name in ("frames", "looked_at", "no_touch", "left_out")},
            "not_looked_at": _added(row["not_looked_at"] for row in ready),
            "pairing": planned.pairing,
            "pairs": pairs,
            "seconds": seconds,
            "about_runtime": engine.said if engine else "",
            **{name: getattr(engine, name, None) for name in ("runtime", "precision", "device")},
            "sheet": str(sheet) if shown else None,
            "on_sheet": len(shown),
            "warnings": warnings,
            "faults": [{"identifier": fault.identifier, "text": fault.text} for fault in faults],
            "faults_told": [f"{fault.identifier}: {text}" for fault, text in faults.messages()],
        }
    )
    return found


def _pair(plan: VideoPlan) -> dict[str, Any]:
    row = {"recording": plan.name, "video": printable(str(plan.path)), "fault": plan.fault}
    if plan.fault or plan.look is None or plan.no_touch is None or plan.regions is None:
        return row
    looked_at, no_touch = int(plan.look.sum()), int(plan.no_touch.sum())
    return {
        **row,
        "labels": plan.labels and plan.labels.source,
        "centers": plan.centers_from or None,
        "frames": len(plan.look),
        "looked_at": looked_at,
        "no_touch": no_touch,
        "left_out": len(plan.look) - looked_at - no_touch,
        "not_looked_at": plan.counts(),
        "region": list(plan.regions.size),
        "score": plan.score,
    }


def _added(counts: Any) -> dict[str, int]:
    sums: dict[str, int] = {}
    for one in counts:
        for name, count in one.items():
            sums[name] = sums.get(name, 0) + count
    return sums


def _seconds(plans: Sequence[VideoPlan], engine: Engine) -> float:
    """Estimate the time of a session from the speeds of decoding the first video and of the network."""
    ready = [plan for plan in plans if plan.info is not None and plan.look is not None and not plan.fault]
    first = ready[0].info
    assert first is not None
    pixels = sum(plan.info.n_frames * plan.info.height * plan.info.width for plan in ready if plan.info)
    decoding = pixels / (first.height * first.width) / decoding_rate(first.path, first_range(ready[0]), first.stream)
    looked_at = sum(int(plan.look.sum()) for plan in ready if plan.look is not None)
    return (decoding + looked_at / _predicting_rate(engine)) / _OVERLAP


def first_range(plan: VideoPlan) -> tuple[float, float] | None:
    """Return the pixel range of a video that needs one."""
    return plan.pixel_range if plan.info is not None and plan.info.bits > 8 else None


def _predicting_rate(engine: Engine) -> float:
    """Measure the speed of the network in frames per second."""
    import time

    batch = engine.empty_batch()
    batch[:] = 0
    engine.finish(engine.start(batch))
    began = time.perf_counter()
    for _ in range(_MEASURED):
        engine.finish(engine.start(batch))
    return _MEASURED * len(batch) / max(time.perf_counter() - began, 1e-9)


# --- for a person --------------------------------------------------------------------------------------------------


def page(record: Mapping[str, Any]) -> list[str]:
    """Return the report of a check as lines for a person."""
    rows = [f"Check of marking with {record['model_path']}: nothing was marked."]
    if record["videos"]:
        rows.append(f"  videos       {record['ready']:,} of {record['videos']:,} can be marked")
    if record["frames"]:
        rows.append(f"  frames       {record['looked_at']:,} of {record['frames']:,} are looked at")
    for reason, count in record["not_looked_at"].items():
        rows.append(f"  skipped      {count:,} {SKIPPED_TEXTS.get(reason, reason)}")
    if record["no_touch"]:
        rows.append(f"  no touch     {record['no_touch']:,} of the skipped ones cannot be a touch")
    if record["pairing"]:
        labelled = sum(bool(row.get("labels")) for row in record["pairs"])
        rows.append(f"  labels       for {labelled:,} of {record['videos']:,} videos, paired by {record['pairing']}")
    if record["seconds"] is not None:
        rows.append(f"  will take    about {_duration(record['seconds'])}")
    if record["about_runtime"]:
        rows.append(f"  runtime      {record['about_runtime']}")
    if record["sheet"]:
        rows.append(f"  sheet        {record['sheet']} ({record['on_sheet']:,} of {record['videos']:,} videos)")
    pairs = record["pairs"]
    rows += [f"  - {_line(row)}" for row in pairs[:_MOST_SHOWN]]
    rows += [f"  ... and {len(pairs) - _MOST_SHOWN:,} more, all in the report"] if len(pairs) > _MOST_SHOWN else []
    rows += [f"Warning: {text}" for text in record["warnings"]]
    failed = [row for row in pairs if row["fault"]]
    rows += [f"Fault: {row['fault']}" for row in failed[:_MOST_SHOWN]]
    rows += [f"... and {len(failed) - _MOST_SHOWN:,} more videos with faults."] if len(failed) > _MOST_SHOWN else []
    rows += [f"Fault: {text}" for text in record["faults_told"][:_MOST_SHOWN]]
    if record["faults"]:
        return [*rows, "Nothing can be marked until the faults are fixed."]
    return [*rows, "All videos can be marked." if record["well"] else "The other videos can be marked."]


def _line(row: Mapping[str, Any]) -> str:
    if row["fault"]:
        return f"{row['recording']}: cannot be marked"
    height, width = row["region"]
    text = f"{row['recording']}: {row['looked_at']:,} of {row['frames']:,} frames, region {height} x {width}"
    text += f", object found at {row['score']:.2f}" if row["score"] is not None else ""
    beside = "; ".join(row[name] for name in ("centers", "labels") if row[name])
    return text + (f" <- {beside}" if beside else "")


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
