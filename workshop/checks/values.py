"""Compare plain values, and say in a line what they are."""

import math
import re
from typing import Any

import numpy as np

from workshop.checks.protocol import name_kind, plain

LONGEST = 110
SOME_ITEMS = "some are missing, or too many."


def matches(got: Any, want: Any, tolerance: float = 1e-4) -> bool:
    """Tell whether two plain values are the same but for rounding; a list of numbers equals an array of them."""
    if isinstance(got, np.ndarray) or isinstance(want, np.ndarray):
        return _same_numbers(got, want, tolerance)
    if isinstance(want, dict):
        return (
            isinstance(got, dict)
            and got.keys() == want.keys()
            and all(matches(got[k], want[k], tolerance) for k in want)
        )
    if isinstance(want, list):
        return (
            isinstance(got, list)
            and len(got) == len(want)
            and all(matches(g, w, tolerance) for g, w in zip(got, want, strict=True))
        )
    if isinstance(want, int | float) and isinstance(got, int | float):
        return _same_numbers(got, want, tolerance)
    return type(got) is type(want) and got == want


def as_array(value: Any) -> np.ndarray | None:
    """Return numbers, lists of numbers or an array as a float array; None where there is no such reading.

    A text that looks like a number is a text.
    """
    try:
        array = np.asarray(value)
        if array.dtype.kind == "O" and not all(isinstance(item, int | float) for item in array.flat):
            return None
        return None if array.dtype.kind in "USmM" else array.astype(np.float64)
    except (TypeError, ValueError, OverflowError):
        return None


def _same_numbers(got: Any, want: Any, tolerance: float) -> bool:
    """Compare as float arrays: same shape, values within the tolerance, NaN equal to NaN."""
    a, b = as_array(got), as_array(want)
    if a is None or b is None or a.shape != b.shape:
        return False
    return bool(np.allclose(a, b, rtol=tolerance, atol=tolerance / 10, equal_nan=True))


def describe(value: Any, digits: int = 4, longest: int = LONGEST) -> str:
    """Return a value in one line: numbers rounded to some digits, long things cut in the middle, shapes given."""
    large = isinstance(value, np.ndarray) and value.size > 12
    text = "" if large else _write(value, digits)
    if large or (isinstance(value, np.ndarray) and len(text) > longest):
        return f"an array of shape {value.shape}, first values {_write(value.ravel()[:4], digits)}"
    if len(text) <= longest:
        return text
    size = f" ({len(value)} items)" if isinstance(value, list | dict) else ""
    return f"{text[: longest - 25]} … {text[-20:]}{size}"


def describe_argument(value: Any, tensors: bool = False, longest: int = LONGEST) -> tuple[str, bool]:
    """Return an argument as a learner would write it in a call, and whether it is whole: a long one is cut.

    tensors: whether arrays are written as torch tensors. longest: characters that a list or text may have.
    """
    if isinstance(value, np.ndarray) and value.size <= 12:
        array, zeros = ("torch.tensor", "torch.zeros") if tensors else ("np.array", "np.zeros")
        filled = f"{array}({value.tolist()})" if value.size else f"{zeros}({value.shape})"
        rounded = re.sub(r"-?\d+\.\d{5,}(e-?\d+)?", lambda found: f"{float(found[0]):.4g}", filled)
        return rounded, True
    text = describe(value, longest=longest)
    if isinstance(value, float) and text.lstrip("-").isdigit():
        return f"{text}.0", True
    return text, not isinstance(value, np.ndarray) and "…" not in text


def contrast(got: Any, want: Any, longest: int = LONGEST) -> tuple[str, str]:
    """Describe two values that differ so that the two lines differ too: more digits, or the first place, if need be."""
    for digits in (4, 6, 9, 17):
        lines = describe(got, digits, longest), describe(want, digits, longest)
        if lines[0] != lines[1]:
            return lines
    if isinstance(got, np.ndarray) and isinstance(want, np.ndarray) and got.shape != want.shape:
        return f"an array of shape {got.shape}", f"an array of shape {want.shape}"
    place = _find_difference(got, want)
    if place is None:
        return lines
    pair = contrast(got[place], want[place], longest)
    return tuple(f"{line}; item {place} is {item}" for line, item in zip(lines, pair, strict=True))


def _find_difference(got: Any, want: Any) -> int | None:
    """Return the first place at which two sequences of one length differ; None where there is none."""
    sequences = isinstance(got, list | np.ndarray) and isinstance(want, list | np.ndarray)
    if not sequences or len(got) != len(want):
        return None
    for tolerance in (1e-4, 0.0):
        for place, (one, other) in enumerate(zip(got, want, strict=True)):
            if not matches(plain(one), plain(other), tolerance):
                return place
    return None


def _write(value: Any, digits: int) -> str:
    """Return Python's notation of a plain value with numbers rounded to some digits."""
    if isinstance(value, np.ndarray):
        return _write(value.tolist(), digits)
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        return str(value) if isinstance(value, int) or not math.isfinite(value) else f"{value:.{digits}g}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_write(k, digits)}: {_write(v, digits)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        parts = ", ".join(_write(item, digits) for item in value)
        return f"({parts})" if isinstance(value, tuple) else f"[{parts}]"
    return repr(value)


def differ_in_kind(got: Any, want: Any) -> tuple[str, str] | None:
    """Return likely cause and next step where type, length, shape or NaN tell the two apart; else None."""
    numeric = isinstance(want, np.ndarray | int | float) and not isinstance(want, bool)
    a = as_array(got) if numeric or isinstance(want, list) else None
    if (numeric and a is None) or (
        isinstance(want, str | list | dict) and not isinstance(got, type(want)) and a is None
    ):
        return (
            f"{name_kind(got)} is returned where {name_kind(want)} is expected.",
            "look at the types in the card and in the docstring.",
        )
    if isinstance(want, list) and isinstance(got, list) and len(got) == len(want):
        found = _find_difference(got, want)
        inner = None if found is None else differ_in_kind(got[found], want[found])
        place = f"in item {found}, counted from 0: "
        return inner and (place + inner[0].rpartition("counted from 0: ")[2], inner[1])
    wanted = as_array(want)
    if a is not None and np.isnan(a).any() and (wanted is None or not np.isnan(wanted).any()):
        return (
            "a NaN: 0 divided by 0, or infinity minus infinity.",
            "find the division and give the case of zero its own value.",
        )
    if numeric and a is not None and a.shape != np.shape(want):
        return _explain_shape(a.shape, np.shape(want))
    if isinstance(want, list | dict) and isinstance(got, type(want)) and len(got) != len(want):
        return (
            f"{len(got)} items instead of {len(want)}: {SOME_ITEMS}",
            "do the example of the card by hand and compare.",
        )
    return None


def _explain_shape(got: tuple[int, ...], want: tuple[int, ...]) -> tuple[str, str]:
    """Return likely cause and next step for an array of a wrong shape."""
    if not got:
        return (
            f"shape {got} instead of {want}: one number where an array is expected.",
            "does `return` stand inside a loop, or is everything added up?",
        )
    turned = len(got) != len(want) or sorted(got) == sorted(want)
    cause = "a wrong axis, or a transpose" if turned else "it has other lengths than the docstring says"
    return (
        f"shape {got} instead of {want}: {cause}.",
        "print the shapes in between, and compare with those in the docstring.",
    )
