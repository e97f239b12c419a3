"""Ways in which a DICOM file gets damaged on disks, tapes and in transfers."""

from __future__ import annotations

import struct

import numpy as np


def truncate(raw: bytes, rng: np.random.Generator) -> bytes:
    return raw[: rng.integers(0, len(raw))]


def flip_bits(raw: bytes, rng: np.random.Generator) -> bytes:
    """Flip 1 to 20 bits, mostly in the header, where they matter."""
    changed = bytearray(raw)
    reach = len(raw) if rng.random() < 0.3 else min(len(raw), 1500)
    for _ in range(rng.integers(1, 21)):
        changed[rng.integers(0, reach)] ^= 1 << int(rng.integers(0, 8))
    return bytes(changed)


def wrong_length(raw: bytes, rng: np.random.Generator) -> bytes:
    """Overwrite two or four bytes where an element's length may stand."""
    at = int(rng.integers(132, len(raw) - 8))
    value = int(rng.choice([0, 1, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF]))
    size = struct.pack("<I", value) if rng.random() < 0.5 else struct.pack("<H", value & 0xFFFF)
    return raw[:at] + size + raw[at + len(size) :]


def huge_sizes(raw: bytes, rng: np.random.Generator) -> bytes:
    """Declare an impossible matrix, number of frames or depth."""
    tags = {(0x28, 0x10): 65535, (0x28, 0x11): 65535, (0x28, 0x100): 64, (0x28, 0x2): 3}
    chosen = list(tags)[rng.integers(0, len(tags))]
    for start in (struct.pack("<HH2sH", *chosen, b"US", 2), struct.pack("<HHI", *chosen, 2)):
        at = raw.find(start)
        if at >= 0:
            at += len(start)
            return raw[:at] + struct.pack("<H", tags[chosen]) + raw[at + 2 :]
    return raw[:200] + b"\xff" * 8 + raw[208:]


def many_frames(raw: bytes, rng: np.random.Generator) -> bytes:
    element = struct.pack("<HH2sH", 0x28, 8, b"IS", 10) + b"2000000000"
    at = raw.find(struct.pack("<HH", 0x28, 0x10))
    return raw[:at] + element + raw[at:] if at > 0 else raw[:150]


def zero_block(raw: bytes, rng: np.random.Generator) -> bytes:
    """A sector of the disk that could not be read back."""
    at, size = int(rng.integers(0, len(raw))), int(rng.choice([16, 512]))
    return raw[:at] + bytes(min(size, len(raw) - at)) + raw[at + size :]


def lost_or_doubled_bytes(raw: bytes, rng: np.random.Generator) -> bytes:
    at, size = int(rng.integers(0, len(raw))), int(rng.integers(1, 64))
    if rng.random() < 0.5:
        return raw[:at] + raw[at + size :]
    return raw[: at + size] + raw[at:]


def garbage(raw: bytes, rng: np.random.Generator) -> bytes:
    """A good beginning, then noise."""
    at = int(rng.integers(128, len(raw)))
    return raw[:at] + rng.bytes(len(raw) - at)


WAYS = (
    truncate, flip_bits, wrong_length, huge_sizes, many_frames, zero_block,
    lost_or_doubled_bytes, garbage,
)  # fmt: skip
