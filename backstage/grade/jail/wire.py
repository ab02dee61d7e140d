"""What passes between the trusted process and the jail: plain values in length-prefixed frames, never objects."""

import math
import socket
import struct
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from workshop.checks.protocol import DTYPES, MAX_DEPTH

MOST_BYTES = 16 * 2**20
MOST_ITEMS = 100_000
MOST_KEYS = 10_000
INT_BYTES = 512
MOST_AXES = 8
KINDS = sorted(DTYPES)
NUMBERS = {np.dtype(name): number for number, name in enumerate(KINDS)}
CONSTANTS = {b"N": None, b"T": True, b"F": False}
SIZE = struct.Struct("<I")
FLOAT = struct.Struct("<d")


class WireError(ValueError):
    """Bytes that are no value of ours, or a value that may not travel."""


class ClosedError(ConnectionError):
    """The other end is gone."""


def encode(value: Any) -> bytes:
    """Return a plain value as bytes; tuples, bytes and arrays of listed dtypes included.

    Raises WireError for anything else, for what is nested too deeply, too large or has too many parts.
    """
    made = bytearray()
    _write(value, made, 0, [MOST_ITEMS])
    return bytes(made)


def join(values: Sequence[bytes]) -> bytes:
    """Return what `encode` makes of the list of some values that it has made bytes of."""
    return b"".join((b"l", SIZE.pack(len(values)), *values))


def _write(value: Any, made: bytearray, depth: int, left: list[int]) -> None:
    """Append a value's bytes. left: how many parts may still come."""
    left[0] -= 1
    if depth > MAX_DEPTH + 2 or left[0] < 0:
        raise WireError("nested too deeply, or of too many parts")
    kind = type(value)
    if kind is str:
        made += _sized(b"s", value.encode("utf-8", "replace"))
    elif kind is float:
        made += b"f" + FLOAT.pack(value)
    elif kind in (list, tuple):
        made += (b"l" if kind is list else b"t") + SIZE.pack(len(value))
        for item in value:
            _write(item, made, depth + 1, left)
    elif kind is int:
        made += _sized(b"i", value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True), INT_BYTES)
    elif value is None or kind is bool:
        made += {None: b"N", True: b"T", False: b"F"}[value]
    elif kind is dict:
        made += b"d" + SIZE.pack(len(value))
        for pair in value.items():
            for part in pair:
                _write(part, made, depth + 1, left)
    elif kind is np.ndarray and value.dtype in NUMBERS and value.ndim <= MOST_AXES:
        head = bytes([NUMBERS[value.dtype], value.ndim]) + struct.pack(f"<{value.ndim}Q", *value.shape)
        made += b"a" + head + _sized(b"", value.astype(value.dtype.newbyteorder("<"), copy=False).tobytes())
    elif kind is bytes:
        made += _sized(b"b", value, 2 * MOST_BYTES)
    else:
        raise WireError(f"a value of type {kind.__name__} can't travel")


def _sized(tag: bytes, content: bytes, most: int = MOST_BYTES) -> bytes:
    """Return content behind its tag and length."""
    if len(content) > most:
        raise WireError(f"{len(content)} bytes in one value, at most {most}")
    return tag + SIZE.pack(len(content)) + content


def decode(content: bytes) -> Any:
    """Return the value that some bytes stand for, trusting none of them.

    Raises WireError for whatever `encode` could not have written.
    """
    reader = _Reader(content)
    try:
        value = reader.read(0)
    except (ValueError, TypeError, OverflowError, struct.error) as error:
        raise WireError(f"not a value: {error}") from None
    if reader.place != len(content):
        raise WireError("bytes are left over")
    return value


class _Reader:
    """Reads values one after the other and counts their parts."""

    def __init__(self, content: bytes) -> None:
        self.content, self.place, self.left = bytes(content), 0, MOST_ITEMS

    def take(self, count: int) -> bytes:
        """Return the next bytes; raise WireError where there are fewer."""
        start, self.place = self.place, self.place + count
        if self.place > len(self.content):
            raise WireError("cut short")
        return self.content[start : self.place]

    def size(self) -> int:
        """Return the length that stands here."""
        self.place += SIZE.size
        return SIZE.unpack_from(self.content, self.place - SIZE.size)[0]

    def read(self, depth: int) -> Any:
        """Return the value that stands here."""
        self.left -= 1
        if self.left < 0 or depth > MAX_DEPTH + 2:
            raise WireError("too many parts, or nested too deeply")
        tag = self.take(1)
        if tag == b"s":
            return self.take(self.size()).decode()
        if tag == b"f":
            number = FLOAT.unpack(self.take(FLOAT.size))[0]
            return math.nan if number != number else number
        if tag in CONSTANTS:
            return CONSTANTS[tag]
        if tag == b"a":
            return self._array()
        size = self.size()
        if tag == b"i":
            return self._int(size)
        if tag in (b"l", b"t"):
            items = [self.read(depth + 1) for _ in range(self._count(size))]
            return items if tag == b"l" else tuple(items)
        if tag == b"d":
            return self._dict(size, depth)
        if tag == b"b":
            return self.take(size)
        raise WireError(f"unknown tag {tag!r}")

    def _count(self, size: int) -> int:
        """Return a number of parts that the bytes left can hold."""
        if size > len(self.content) - self.place:
            raise WireError("more parts than bytes")
        return size

    def _int(self, size: int) -> int:
        """Return a whole number of at most INT_BYTES."""
        if size > INT_BYTES:
            raise WireError("a number too large")
        return int.from_bytes(self.take(size), "little", signed=True)

    def _dict(self, size: int, depth: int) -> dict[Any, Any]:
        """Return a dict of at most MOST_KEYS keys: scalars, or tuples of them."""
        if size > MOST_KEYS:
            raise WireError(f"a dict of {size} keys, at most {MOST_KEYS}")
        pairs = [(self.read(depth + 1), self.read(depth + 1)) for _ in range(self._count(size))]
        return dict(pairs)

    def _array(self) -> np.ndarray:
        """Return an array of a listed dtype whose shape fits its bytes; NaN and booleans made ordinary."""
        kind, axes = self.take(2)
        if kind >= len(KINDS) or axes > MOST_AXES:
            raise WireError("no such array")
        shape = struct.unpack(f"<{axes}Q", self.take(8 * axes))
        dtype = np.dtype(KINDS[kind])
        content = self.take(self.size())
        if math.prod(shape) * dtype.itemsize != len(content) or max(shape, default=0) > MOST_BYTES:
            raise WireError("a shape that doesn't fit its bytes")
        if dtype.kind == "b":
            return (np.frombuffer(content, np.uint8) != 0).reshape(shape)
        return np.frombuffer(content, dtype.newbyteorder("<")).astype(dtype).reshape(shape)


def send(connection: socket.socket, value: Any, seconds: float | None = None) -> None:
    """Send a value as one frame; raise ClosedError where nobody takes it in time, WireError where it can't travel."""
    content = encode(value)
    try:
        connection.settimeout(seconds)
        connection.sendall(SIZE.pack(len(content)) + content)
    except OSError as error:
        raise ClosedError(str(error)) from None


def receive(connection: socket.socket, seconds: float | None = None, most: int = MOST_BYTES) -> Any:
    """Wait for one frame and return its value.

    Raises TimeoutError after so many seconds, however slowly it drips; ClosedError at the end of the connection;
    WireError for bytes that are no value, or more of them than `most`.
    """
    end = None if seconds is None else time.monotonic() + seconds
    size = SIZE.unpack(_receive_bytes(connection, SIZE.size, end))[0]
    if size > most:
        raise WireError(f"a frame of {size} bytes, at most {most}")
    return decode(_receive_bytes(connection, size, end))


def _receive_bytes(connection: socket.socket, count: int, end: float | None) -> bytes:
    """Return exactly so many bytes, or raise."""
    made = bytearray()
    while len(made) < count:
        left = None if end is None else end - time.monotonic()
        if left is not None and left <= 0:
            raise TimeoutError
        try:
            connection.settimeout(left)
            part = connection.recv(min(2**20, count - len(made)))
        except TimeoutError:
            raise
        except OSError as error:
            raise ClosedError(str(error)) from None
        if not part:
            raise ClosedError("the other end is closed")
        made += part
    return bytes(made)
