"""Videos that are unusual but undamaged: frames without a picture, several streams, grey that is not described."""

from __future__ import annotations

import struct
from collections.abc import Collection, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

HEIGHT, WIDTH = 48, 64
N_FRAMES = 60
EMPTY = (10, 11, 12, 39)  # frames of 60 that hold no picture
FRAMES = np.random.default_rng(5).integers(30, 230, (N_FRAMES, 6, 8), dtype=np.uint8).repeat(8, 1).repeat(8, 2)


def without(numbers: Collection[int], n: int = N_FRAMES) -> list[int]:
    """Return the numbers of the frames that hold a picture."""
    return [number for number in range(n) if number not in numbers]


def showing(numbers: Collection[int], n: int = N_FRAMES) -> list[int]:
    """Return for each frame the number of the one whose picture it shows: itself or the last one, or the first one."""
    pictures = without(numbers, n)
    return [max((one for one in pictures if one <= number), default=pictures[0]) for number in range(n)]


def pictures(frames: np.ndarray) -> list[int]:
    """Return which of `FRAMES` each frame looks like, by the middles of its blocks."""
    middles, known = frames[:, 4::8, 4::8].astype(int), FRAMES[:, 4::8, 4::8].astype(int)
    return [int(np.argmin(np.abs(known - one).sum((1, 2)))) for one in middles]


def encoded(
    frames: np.ndarray, codec: str, pixels: str = "yuv420p", options: dict[str, str] | None = None
) -> list[bytes]:
    """Return the packets of grey frames, one by one, in the order of decoding."""
    context = av.CodecContext.create(codec, "w")
    context.height, context.width, context.pix_fmt = *frames.shape[1:], pixels
    context.time_base, context.framerate, context.options = Fraction(1, 25), 25, options or {}
    packets = []
    for number, image in enumerate(frames):
        frame = av.VideoFrame.from_ndarray(image, format="gray").reformat(format=pixels)
        frame.pts = number
        packets += [bytes(packet) for packet in context.encode(frame)]
    return packets + [bytes(packet) for packet in context.encode(None)]


def chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def write_avi(
    path: Path,
    packets: Sequence[bytes],
    fourcc: bytes,
    keys: Collection[int] | None = None,
    *,
    index: bool = True,
    bits: int = 24,
    palette: bytes = b"",
    size: tuple[int, int] = (HEIGHT, WIDTH),
) -> Path:
    """Write packets as an avi; those of no bytes are dropped frames. ``keys`` are the key frames; None: all."""
    height, width = size
    compression = b"\0\0\0\0" if fourcc == b"DIB " else fourcc
    head = struct.pack("<IiiHH4sIiiII", 40, width, height, 1, bits, compression, 0, 0, 0, len(palette) // 4, 0)
    stream = struct.pack(
        "<4s4sIHHIIIIIIIIHHHH", b"vids", fourcc, 0, 0, 0, 0, 1, 25, 0, len(packets), 0, 0, 0, 0, 0, width, height
    )
    main = struct.pack("<14I", 40_000, 0, 0, 0x10, len(packets), 0, 1, 0, width, height, 0, 0, 0, 0)
    stream_list = chunk(b"LIST", b"strl" + chunk(b"strh", stream) + chunk(b"strf", head + palette))
    lists = chunk(b"LIST", b"hdrl" + chunk(b"avih", main) + stream_list)
    content, entries = b"movi", b""
    for number, packet in enumerate(packets):
        is_key = bool(packet) and (keys is None or number in keys)
        entries += b"00dc" + struct.pack("<III", 0x10 * is_key, len(content), len(packet))
        content += chunk(b"00dc", packet)
    body = b"AVI " + lists + chunk(b"LIST", content) + (chunk(b"idx1", entries) if index else b"")
    path.write_bytes(chunk(b"RIFF", body))
    return path


def dropped_avi(path: Path, numbers: Collection[int] = EMPTY, index: bool = True) -> Path:
    """Write an avi of 60 frames of MJPEG with dropped ones."""
    packets = encoded(FRAMES, "mjpeg", "yuvj420p")
    return write_avi(path, [b"" if n in numbers else one for n, one in enumerate(packets)], b"MJPG", index=index)


def dropped_among_b_frames(path: Path, codec: str) -> Path:
    """Write an avi with B-frames and dropped frames."""
    options = {"x264-params": "bframes=2:keyint=20"} if codec == "libx264" else {"bf": "2", "g": "12"}
    _mux(path, codec, "yuv420p", FRAMES[without(EMPTY)], options, without(EMPTY))
    return path


def empty_samples(path: Path, numbers: Collection[int] = EMPTY) -> Path:
    """Write a mov of 60 frames of MJPEG whose table says that some have no bytes."""
    _mux(path, "mjpeg", "yuvj420p", FRAMES, {})
    _empty_in_table(path, numbers)
    return path


def empty_samples_between_b_frames(path: Path) -> tuple[Path, list[int]]:
    """Write a mov of H.264 with B-frames, some of which have no bytes; return it and their numbers on display."""
    _mux(path, "libx264", "yuv420p", FRAMES, {"x264-params": "bframes=2:b-adapt=0:keyint=20:scenecut=0:b-pyramid=0"})
    with av.open(str(path)) as file:
        packets = [packet for packet in file.demux(video=0) if packet.size]
    times = [packet.pts or 0 for packet in packets]
    disposable = [place for place in range(1, N_FRAMES) if times[place] < max(times[:place])][4:20:5]
    data = bytearray(path.read_bytes())
    for packet in [packets[place] for place in disposable]:  # it becomes filler of the frame before
        assert packet.pos
        filler = struct.pack(">I", packet.size - 4) + b"\x0c" + b"\xff" * (packet.size - 6) + b"\x80"
        data[packet.pos : packet.pos + packet.size] = filler
    path.write_bytes(data)
    _empty_in_table(path, disposable)
    return path, sorted(sorted(times).index(times[place]) for place in disposable)


def cut_between_key_frames(path: Path, codec: str) -> tuple[Path, int]:
    """Write a longer video from a key frame on; return it, and the number of packets shown before that frame."""
    x265 = "open-gop=1:keyint=12:min-keyint=12:bframes=2:b-adapt=0:scenecut=0:log-level=none"
    whole = path.with_name(f"whole.{'mpg' if codec == 'mpeg2video' else 'mp4'}")
    _mux(whole, codec, "yuv420p", FRAMES, {"x265-params": x265} if codec == "libx265" else {"bf": "2", "g": "12"})
    options = {"use_editlist": "0"} if path.suffix in (".mov", ".mp4") else {}
    with av.open(str(whole)) as old, av.open(str(path), "w", options=options) as new:
        stream, first, leading = new.add_stream_from_template(old.streams.video[0]), None, 0
        packets = [packet for packet in old.demux(video=0) if packet.size]
        begin = [number for number, packet in enumerate(packets) if packet.is_keyframe][1]
        for packet in packets[begin:]:
            first = packet.pts if first is None else first
            leading += (packet.pts or 0) < (first or 0)
            packet.stream = stream
            new.mux(packet)
    return path, leading


def _mux(
    path: Path,
    codec: str,
    pixels: str,
    frames: np.ndarray,
    options: dict[str, str],
    times: Sequence[int] = range(N_FRAMES),
) -> None:
    with av.open(str(path), "w") as file:
        stream = file.add_stream(codec, rate=25, options=options)
        stream.height, stream.width, stream.pix_fmt = *frames.shape[1:], pixels
        for time, image in zip(times, frames, strict=True):
            frame = av.VideoFrame.from_ndarray(image, format="gray").reformat(format=pixels)
            frame.pts, frame.time_base = time, Fraction(1, 25)
            file.mux(stream.encode(frame))
        file.mux(stream.encode())


def _empty_in_table(path: Path, numbers: Collection[int]) -> None:
    """Set sizes of samples to 0; their bytes go to the sample before."""
    data = bytearray(path.read_bytes())
    place = data.index(b"stsz") + 12
    n = struct.unpack_from(">I", data, place)[0]
    sizes = list(struct.unpack_from(f">{n}I", data, place + 4))
    for number in sorted(numbers):
        before = max(one for one in range(number) if sizes[one])
        sizes[before] += sizes[number]
        sizes[number] = 0
    struct.pack_into(f">{n}I", data, place + 4, *sizes)
    path.write_bytes(data)


def not_coded(path: Path, numbers: Collection[int] = EMPTY) -> Path:
    """Write MPEG-4 of 60 frames, some of which are marked as not coded: avi, or what the suffix says."""
    shown = np.stack([FRAMES[number] for number in showing(numbers)])
    packets = encoded(shown, "mpeg4", options={"g": "20", "bf": "0", "qscale": "2"})
    keys = [number for number, packet in enumerate(packets) if _is_key(packet)]
    packets = [_without_picture(one) if number in numbers else one for number, one in enumerate(packets)]
    avi = write_avi(path.with_suffix(".avi"), packets, b"XVID", keys)
    if path.suffix != ".avi":
        remux(avi, path)
    return path


def _is_key(packet: bytes) -> bool:
    return packet[packet.rindex(b"\0\0\1\xb6") + 4] >> 6 == 0


def _without_picture(packet: bytes) -> bytes:
    """Return a frame of MPEG-4 of 25 a second with the same time, but marked as not coded."""
    bits = "".join(f"{byte:08b}" for byte in packet[4:])
    end = bits.index("0", 2) + 1 + 1 + 5 + 1  # whole seconds, a marker, the time within the second, a marker
    bits = "01" + bits[2:end] + "00"
    bits += "1" * (-len(bits) % 8)
    return packet[:4] + bytes(int(bits[place : place + 8], 2) for place in range(0, len(bits), 8))


def remux(source: Path, target: Path, changed: dict[int, bytes] | None = None) -> Path:
    """Copy packets to another file without decoding them, some of them with other bytes."""
    with av.open(str(source)) as old, av.open(str(target), "w") as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        for number, packet in enumerate(packet for packet in old.demux(video=0) if packet.size):
            copy = av.Packet((changed or {}).get(number, bytes(packet)))
            copy.pts, copy.dts, copy.time_base = packet.pts, packet.dts, packet.time_base
            copy.duration, copy.is_keyframe, copy.stream = packet.duration, packet.is_keyframe, stream
            new.mux(copy)
    return target


def never_shown(path: Path, codec: str = "libvpx") -> tuple[Path, list[int]]:
    """Write VP8 or VP9 with frames that are not shown; return it and their numbers among the packets."""
    plain = path.with_name("plain.webm")
    options = {"lag-in-frames": "0", "auto-alt-ref": "0", "deadline": "realtime", "g": "20", "keyint_min": "20"}
    _mux(plain, codec, "yuv420p", FRAMES, options)
    with av.open(str(plain)) as file:
        packets = [bytes(packet) for packet in file.demux(video=0) if packet.size]
    hidden, bit = ([7, 30], 0b1_0000) if codec == "libvpx" else ([20, 40], 0b10)  # these are key frames
    changed = {number: bytes([packets[number][0] & ~bit]) + packets[number][1:] for number in hidden}
    data = [changed.get(number, packet) for number, packet in enumerate(packets)]
    if path.suffix == ".avi":
        return write_avi(path, data, b"VP80", [number for number, one in enumerate(data) if not one[0] & 1]), hidden
    if path.suffix != ".ivf":
        return remux(plain, path, changed), hidden
    fourcc = b"VP80" if codec == "libvpx" else b"VP90"
    head = struct.pack("<4sHH4sHHIIII", b"DKIF", 0, 32, fourcc, WIDTH, HEIGHT, 25, 1, len(data), 0)
    path.write_bytes(head + b"".join(struct.pack("<IQ", len(one), time) + one for time, one in enumerate(data)))
    return path, hidden


def two_streams(path: Path, default: Collection[int], sizes: Sequence[tuple[int, int]], n: Sequence[int]) -> Path:
    """Write several video streams, the k-th of grey 100 + 50 * k; ``default`` are those marked as default."""
    from av.stream import Disposition

    with av.open(str(path), "w", options={"default_mode": "passthrough"} if path.suffix == ".mkv" else {}) as file:
        streams = []
        for number, (height, width) in enumerate(sizes):
            stream = file.add_stream("mjpeg", rate=25)
            stream.height, stream.width, stream.pix_fmt = height, width, "yuvj420p"
            stream.disposition = Disposition.default if number in default else Disposition(0)
            streams.append(stream)
        for time in range(max(n)):
            for number, stream in enumerate(streams):
                if time < n[number]:
                    image = np.full((stream.height, stream.width), 100 + 50 * number, np.uint8)
                    frame = av.VideoFrame.from_ndarray(image, format="gray").reformat(format="yuvj420p")
                    frame.pts, frame.time_base = time, Fraction(1, 25)
                    file.mux(stream.encode(frame))
        for stream in streams:
            file.mux(stream.encode())
    return path
