"""What crosses the jail's wall: honest values come through whole, hostile bytes are refused."""

import contextlib
import math
import socket
import struct
import threading
import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backstage.grade.jail import wire
from workshop.checks.protocol import DTYPES, equal, plain

SCALARS = st.none() | st.booleans() | st.integers(-(2**600), 2**600) | st.floats() | st.text(max_size=20)
KEYS = st.text(max_size=5) | st.integers() | st.tuples(st.text(max_size=3), st.integers())
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=20
)


@given(VALUES)
def test_plain_values_come_through_whole(value):
    value = plain(value)
    assert equal(wire.decode(wire.encode(value)), value)


@given(st.lists(VALUES, max_size=4))
def test_values_join_to_the_list_of_them(values):
    assert wire.join([wire.encode(value) for value in values]) == wire.encode(values)


@pytest.mark.parametrize("dtype", sorted(DTYPES))
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (0, 5), (2, 1, 2)])
def test_arrays_keep_dtype_and_shape(dtype, shape):
    array = np.arange(math.prod(shape)).reshape(shape).astype(dtype)
    back = wire.decode(wire.encode(array))
    assert (back.dtype, back.shape) == (array.dtype, shape)
    assert np.array_equal(back, array)
    assert back.flags.writeable


@given(st.binary(max_size=200))
@settings(max_examples=500)
def test_no_bytes_do_more_than_be_refused(content):
    with contextlib.suppress(wire.WireError):
        wire.decode(content)


def size(number):
    """Return a length as it stands on the wire."""
    return struct.pack("<I", number)


# Decoding bytes that are refused may take so long, and so many bytes of memory each, besides a little room.
MOST_SECONDS, EACH_BYTE, ROOM = 1.0, 16, 50_000
HOSTILE = {
    "empty": b"",
    "left_over": b"NN",
    "unknown_tag": b"z",
    "pickle": b"\x80\x04K\x02.",
    "cut_short": b"s" + size(100) + b"abc",
    "not_utf8": b"s" + size(2) + b"\xff\xfe",
    "surrogate": b"s" + size(3) + "\ud800".encode("utf-8", "surrogatepass"),
    "list_of_4_billion": b"l" + size(2**32 - 1),
    "dict_of_4_billion": b"d" + size(2**32 - 1),
    "dict_of_many_keys": b"d" + size(wire.MOST_KEYS + 1) + b"i" + size(1) + b"\x01N" * wire.MOST_KEYS,
    "deep": (b"l" + size(1)) * 100 + b"N",
    "deep_keys": b"d" + size(1) + (b"t" + size(1)) * 100 + b"NN",
    "unhashable_key": b"d" + size(1) + b"l" + size(0) + b"N",
    "array_as_key": b"d" + size(1) + wire.encode(np.zeros(1)) + b"N",
    "huge_number": b"i" + size(wire.INT_BYTES + 1) + bytes(wire.INT_BYTES + 1),
    "many_parts": b"l" + size(wire.MOST_ITEMS + 5) + b"N" * (wire.MOST_ITEMS + 5),
    "no_such_dtype": b"a" + bytes([200, 0]) + size(0),
    "too_many_axes": b"a" + bytes([0, 9]) + bytes(72) + size(0),
    "shape_too_large": b"a" + bytes([0, 1]) + struct.pack("<Q", 2**40) + size(0),
    "shape_overflows": b"a" + bytes([0, 2]) + struct.pack("<QQ", 2**32, 2**32) + size(0),
    "empty_but_endless": b"a" + bytes([0, 2]) + struct.pack("<QQ", 0, 2**63) + size(0),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_hostile_bytes_are_refused_soon_and_cost_no_more_memory_than_they_are_long(content):
    tracemalloc.start()
    start = time.process_time()
    try:
        with pytest.raises(wire.WireError):
            wire.decode(content)
        seconds, (_, peak) = time.process_time() - start, tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert seconds < MOST_SECONDS
    assert peak < ROOM + EACH_BYTE * len(content)


def test_booleans_of_odd_bytes_are_booleans():
    head = b"a" + bytes([wire.KINDS.index("bool"), 1]) + struct.pack("<Q", 2)
    assert wire.decode(head + size(2) + b"\x07\x00").tolist() == [True, False]


@pytest.mark.parametrize(
    "value",
    [
        object(),
        {1, 2},
        10**2000,
        np.zeros(2, dtype=complex),
        np.array([object()]),
        np.float64(1),
        type("L", (list,), {})(),
    ],
    ids=["object", "set", "huge", "complex", "objects", "scalar", "subclass"],
)
def test_nothing_else_is_sent(value):
    with pytest.raises(wire.WireError):
        wire.encode(value)


def test_frames_end_where_they_say_and_no_frame_is_too_large():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        wire.send(theirs, ["one", 1])
        wire.send(theirs, {"two": [2.5]})
        assert wire.receive(ours, 5) == ["one", 1]
        assert wire.receive(ours, 5) == {"two": [2.5]}
        theirs.sendall(size(wire.MOST_BYTES + 1))
        with pytest.raises(wire.WireError, match="at most"):
            wire.receive(ours, 5)
    with pytest.raises(wire.ClosedError):
        wire.receive(ours, 5)


def test_dripping_frame_ends_with_the_clock():
    ours, theirs = socket.socketpair()
    done = threading.Event()

    def drip():
        theirs.sendall(size(1000))
        while not done.wait(0.05):
            theirs.sendall(b"N")

    thread = threading.Thread(target=drip)
    thread.start()
    with pytest.raises(TimeoutError):
        wire.receive(ours, 0.4)
    done.set()
    thread.join()
    ours.close()
    theirs.close()
