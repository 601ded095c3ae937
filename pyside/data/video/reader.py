"""Reads frames of videos, stacks and image sequences: exact to the frame, each cropped before conversion."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from pyside.aliases import Array
from pyside.data.video import ffmpeg_frames, ffmpeg_packets, image_sequences, tiff_stacks
from pyside.data.video.info import VideoInfo
from pyside.data.video.region_chunks import Request
from pyside.data.video.tiff_stacks import STACK_SUFFIXES
from pyside.errors import BadVideo, PathMissing
from pyside.system.paths import check_readable, is_there, stamp_of

__all__ = [
    "FFMPEG_SUFFIXES",
    "GREYS",
    "VIDEO_SUFFIXES",
    "VideoInfo",
    "decoding_rate",
    "describe_video",
    "file_sha256",
    "probe",
    "read_regions",
    "sample_frames",
]

FFMPEG_SUFFIXES = tuple(
    (
        ".mp4 .avi .mov .mkv .m4v .mpg .mpeg .wmv .mj2 .webm .h264 .3g2 .3gp .asf .cine .divx .dv .f4v .flv .gxf .ivf "
        ".m2t .m2ts .mjp2 .mp4v .mpe .mts .mxf .nut .ogv .qt .rm .rmvb .ts .vob .wtv .xvid .y4m .264 .265 .avc .h265 "
        ".hevc .m1v .m2v .mjpeg .mjpg .mpv .obu"
    ).split()
)
VIDEO_SUFFIXES = (*FFMPEG_SUFFIXES, *STACK_SUFFIXES)
GREYS = ("full-range", "raw-y")
ON_DAMAGE = ("error", "skip")
_MEASURED_FRAMES = 64


def probe(
    path: str | PathLike[str],
    on_damage: str = "error",
    pixel_range: tuple[float, float] | None = None,
    stream: int | None = None,
) -> VideoInfo:
    """Read the properties of a video without decoding it.

    A video is a file that FFmpeg reads, a TIFF stack with one frame per page, or a folder of numbered images, which are
    the frames in the order of the numbers in their names.

    The number of frames never comes from a header alone, since headers are often wrong. If the file has a table of its
    samples (mp4, mov; avi, if its header agrees), it is the number of entries, less those that an edit list discards.
    For all other files (mkv, mpg, wmv, fragmented mp4), all packets are read, at the speed of the disk, and counted.
    One packet is one frame with every codec that cameras write. Only a video that does not begin with a key frame is
    decoded to count its frames, since decoders drop what they cannot decode; if packets follow its first key frame that
    are displayed before it, its beginning is. If decoding gives another number,
    `read_regions` raises an error.

    Some containers count frames that hold no picture: dropped frames of an avi or mov, which are empty; frames of
    MPEG-4 that are marked as not coded; alternate references of VP8 and VP9 in an avi, which are never shown. Decoders
    give nothing for them (FFmpeg with ``-fps_mode passthrough`` writes nothing, either), so they are not in `n_frames`,
    and frame k is the k-th frame that decoding gives. `empty` lists them in the count of the container. An alternate
    reference in a container without a count (webm, mkv) has no place among the frames: `hidden` is their number.

    A file may have several video streams. Cover pictures, thumbnails and streams of one picture do not count. The
    stream that is read is the first one that is marked as default, else the first one.

    Args:
        path: the video file, TIFF file, or folder of images.
        on_damage: "error", or "skip" if `read_regions` will skip too: then a file that is cut short or damaged is no
            error, as long as any frame can be found in it, and damaged frames count.
        pixel_range: as `read_regions` will have it; without one, floats and 32 bits are not read.
        stream: number of the video stream to read, counted from 1 in the order of the file; None for the default.

    Raises:
        PathMissing: the file does not exist.
        BadVideo: it is empty, cut short, cannot be read, or has no video or no such stream in it; or images of a
            sequence are missing.
    """
    _check_choice("on_damage", on_damage, ON_DAMAGE)
    path = Path(path)
    if not is_there(path):
        raise PathMissing(f"There is no file {path}. Check its name and its folder.")
    check_readable(path)
    stamp = stamp_of(path)
    if path.is_dir():
        info = image_sequences.probe_sequence(path, on_damage, pixel_range)
    elif _is_stack(path):
        info = tiff_stacks.probe_stack(path, on_damage, pixel_range)
    else:
        info = ffmpeg_packets.probe(path, on_damage, stream)
    return dataclasses.replace(info, stamp=stamp)


def read_regions(
    path: str | PathLike[str],
    size: tuple[int, int],
    top: Array,
    left: Array,
    keep: Array,
    grey: str = "full-range",
    *,
    pad: bool = False,
    on_damage: str = "error",
    threads: int | None = None,
    pixel_range: tuple[float, float] | None = None,
    stream: int | None = None,
    repeated: Sequence[int] = (),
) -> Iterator[tuple[Array, Array]]:
    """Yield a region of each selected frame, in grey.

    Frame k is the k-th frame in display order when the whole file is decoded; headers, times and indices do not count.
    Decoding ends with the last selected frame. It begins at a key frame near the first selected one if all packets and
    frames from there on agree on the frame numbers, otherwise at the beginning. A rotation that a video states is not
    applied: its frames are as they are stored, and `VideoInfo.remarks` tells. Images of a sequence and pages of a stack
    are turned upright.

    Grey is what PyAV's ``frame.reformat(format="gray")`` gives: luma from 0 (black) to 255 (white). The region is cut
    out of the stored luma plane; if the plane spans 16 to 235 (limited range: every ``yuv`` format that does not
    declare full range), only the region is converted to full range. H.264 without chroma that states no range has full
    range, as grey has with all other codecs. If the palette is missing (8-bit avi), grey is the stored numbers. Other
    frames without a luma plane of 8 bits (RGB, palettes, packed YUV, and 10 to 16 bits, which become 8 by their
    declared depth) are converted whole, which is slower. With a `pixel_range`, pixels of more than 8 bits become 8 by
    it instead: luma is taken as the file stores it, and of RGB, the luma in the same scale.

    Args:
        path: the video file, TIFF file, or folder of images.
        size: (height, width) of the region, in pixels.
        top: int, (n_frames,), first row of the region in each frame, from 0; ignored if `keep` is False.
        left: int, (n_frames,), first column, likewise.
        keep: bool, (n_frames,), True for selected frames; its length is `n_frames` of `probe`, or with `repeated`
            `n_counted`.
        grey: "full-range", or "raw-y" for the luma plane as stored (full range if there is none of 8 bits).
        pad: whether a region may extend beyond the frame; pixels outside are black, which is 0, but 16 in raw luma of
            limited range.
        on_damage: "error", or "skip" to leave out frames that are damaged, lost, or decoded from such frames (all up
            to the next key frame), and frames whose number is therefore not certain; all others have their exact
            numbers.
        threads: number of threads of the decoder; by default one for each core that this process may use.
        pixel_range: the numbers that mean black and white in pixels of more than 8 bits; those of 8 bits stay as they
            are.
        stream: as in `probe`.
        repeated: `empty` of `probe`, to number frames as the container counts them: these frames repeat the picture
            before them; those before the first picture show it too.

    Yields:
        (numbers, frames): int64, (m,), frame numbers counted from 0, ascending; and uint8, (m, height, width, 1), C
        order. About 256 frames, or at most 16 MB. Each chunk is new memory.

    Raises:
        PathMissing: the file does not exist.
        BadVideo: it cannot be read, a frame up to the last selected one is damaged or of another size, or there are
            fewer or (as far as the file was read) more than ``len(keep)`` frames.
        PixelRange: a region has values outside `pixel_range`.
        OutOfFrame: a region does not lie inside the frame.
        ValueError: an unknown `grey` or `on_damage`, or vectors of different lengths.
    """
    _check_choice("grey", grey, GREYS)
    _check_choice("on_damage", on_damage, ON_DAMAGE)
    if not len(top) == len(left) == len(keep):
        raise ValueError(f"top, left and keep have {len(top)}, {len(left)} and {len(keep)} elements.")
    path = Path(path)
    request = Request(path, size, top, left, keep, grey, pad, on_damage, threads, pixel_range, stream, tuple(repeated))
    if path.is_dir():
        yield from image_sequences.read_sequence(request)
    elif _is_stack(path):
        yield from tiff_stacks.read_stack(request)
    else:
        yield from ffmpeg_frames.read_regions(request)


def sample_frames(
    path: str | PathLike[str],
    most: int,
    pixel_range: tuple[float, float] | None = None,
    stream: int | None = None,
) -> Array:
    """Return frames from all over a video, whole and in full-range grey.

    Their positions are approximate, not exact to the frame: this is for a view of a video. The same file gives the same
    frames.

    Args:
        path: as in `probe`.
        most: number of frames; fewer are returned if the video has fewer, or some are damaged.
        pixel_range: as in `read_regions`.
        stream: as in `probe`.

    Returns:
        uint8, (m, height, width).

    Raises:
        PathMissing, BadVideo: as in `probe`, or no frame can be decoded.
        PixelRange: a frame has values outside `pixel_range`.
    """
    path = Path(path)
    frames = [] if path.is_dir() or _is_stack(path) else ffmpeg_frames.sample(path, most, pixel_range, stream)
    if not frames:  # of FFmpeg's, streams without a container cannot be searched
        info = probe(path, "skip", pixel_range, stream)
        keep, corner = np.zeros(info.n_frames, bool), np.zeros(info.n_frames, np.int64)
        keep[np.linspace(0, info.n_frames - 1, most).astype(int)] = True
        size = info.height, info.width
        chunks = read_regions(
            path, size, corner, corner, keep, on_damage="skip", pixel_range=pixel_range, stream=stream
        )
        frames = [frame for _, several in chunks for frame in several[..., 0]]
    if not frames:
        raise BadVideo(f"{path}: none of the frames that were tried can be decoded. Copy it again, or leave it out.")
    return np.stack(frames)


def decoding_rate(
    path: str | PathLike[str], pixel_range: tuple[float, float] | None = None, stream: int | None = None
) -> float:
    """Measure the speed of decoding in frames per second, with all cores, on at most the first 64 frames.

    Raises:
        PathMissing, BadVideo: as in `probe`.
    """
    path = Path(path)
    if path.is_dir():
        n, seconds = image_sequences.seconds_of_decoding(path, _MEASURED_FRAMES, pixel_range)
    elif _is_stack(path):
        n, seconds = tiff_stacks.seconds_of_decoding(path, _MEASURED_FRAMES, pixel_range)
    else:
        n, seconds = ffmpeg_packets.seconds_of_decoding(path, _MEASURED_FRAMES, stream)
    if not n:
        raise BadVideo(f"{path} holds no frames. Copy it again, or leave it out.")
    return n / max(seconds, 1e-6)


def describe_video(path: str | PathLike[str]) -> dict[str, Any]:
    """Describe a video for a person, in plain values.

    Only where there are any: frames that the container counts but that hold no picture (``frames_of_container``,
    ``empty_frames``), ``packets_never_shown``, the video ``streams`` and which one this is about (``stream``, from 1),
    and ``warnings``.

    Raises:
        PathMissing, BadVideo: as in `probe`.
    """
    info = probe(path)
    rate = info.frames_per_second
    further: dict[str, Any] = {}
    if info.empty:
        further |= {"frames_of_container": info.n_counted, "empty_frames": len(info.empty)}
    if info.hidden:
        further["packets_never_shown"] = info.hidden
    if info.streams:
        further |= {"stream": info.stream, "streams": list(info.streams)}
    if warnings := [*([f"{info.about_empty(1)}."] if info.empty else []), *info.remarks]:
        further["warnings"] = warnings
    return {
        "kind": "video",
        "path": str(info.path),
        "frames": info.n_frames,
        "height": info.height,
        "width": info.width,
        "frames_per_second": rate or None,
        "seconds": info.n_frames / rate if rate else None,
        "codec": info.codec,
        "pixel_format": info.pixel_format,
        "bytes": info.bytes,
        **further,
    }


def file_sha256(path: str | PathLike[str]) -> str:
    """Return the SHA-256 of a file as hexadecimal digits; it is read in blocks.

    For an image sequence it is the SHA-256 of the lines ``<SHA-256> <name>`` of its images.
    """
    path = Path(path)
    digest = hashlib.sha256()
    if path.is_dir():
        for image in image_sequences.images_of(path):
            digest.update(f"{file_sha256(image)} {image.name}\n".encode("utf-8", "surrogatepass"))
        return digest.hexdigest()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _is_stack(path: Path) -> bool:
    return path.suffix.lower() in STACK_SUFFIXES


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ValueError(f"{name} is {value!r}; it can be {' or '.join(map(repr, choices))}.")
