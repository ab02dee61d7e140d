"""How a check calls a function that somebody else wrote: plain values in, a plain reply out."""

import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from workshop.errors import require

DTYPES = frozenset(
    ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64"]
)
KINDS = frozenset(map(np.dtype, DTYPES))
MAX_DEPTH = 20
TIME_UP = "TimeUp"
NOT_PLAIN = "NotPlain"


@dataclass(frozen=True)
class Reply:
    """What came of one call.

    value: the returned value after `plain`. error_type, error_text: empty where the call returned.
    stdout: what it printed. mutated: whether an argument changed. seconds: wall time; no check judges by it, and the
    grader's replies have none.
    """

    value: Any = None
    error_type: str = ""
    error_text: str = ""
    stdout: str = ""
    mutated: bool = False
    seconds: float = 0.0


Caller = Callable[..., Reply]


class NotPlainError(TypeError):
    """A value that is no number, string, list, dict or array."""


def plain(value: Any, depth: int = 0) -> Any:
    """Reduce a value to plain data: None, bool, int, float, str, list, dict, or an array of a listed dtype.

    Tuples become lists, subclasses their base, NumPy scalars Python's, tensors arrays; every NaN the same NaN.
    Raises NotPlainError for anything else and for values nested deeper than MAX_DEPTH.
    """
    if depth > MAX_DEPTH:
        raise NotPlainError(f"a value nested deeper than {MAX_DEPTH} levels")
    if value is None or type(value) in (bool, int, str):
        return value
    if isinstance(value, np.generic):
        return plain(value.item(), depth)
    if isinstance(value, int):
        return int.__add__(value, 0)
    if isinstance(value, float):
        return math.nan if value != value else float.__add__(value, 0.0)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, list | tuple):
        return [plain(item, depth + 1) for item in value]
    if isinstance(value, Mapping):
        return {_key(key): plain(item, depth + 1) for key, item in value.items()}
    return _array(value, depth)


def _key(key: Any) -> Any:
    """Return a dict's key as a plain scalar, or a tuple of them."""
    flat = plain(key)
    return tuple(_key(part) for part in flat) if isinstance(flat, list) else flat


def _array(value: Any, depth: int) -> Any:
    """Return a tensor or array as a plain array in native byte order."""
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        value = _from_tensor(value.float() if value.dtype == torch.bfloat16 else value)
    if not isinstance(value, np.ndarray):
        raise NotPlainError(name_kind(value))
    if value.ndim == 0 or value.dtype.kind in "OUS":
        return plain(value.tolist(), depth + 1)
    array = np.array(value, subok=False, dtype=value.dtype.newbyteorder("="))
    if array.dtype not in KINDS:
        raise NotPlainError(f"an array of dtype {array.dtype}")
    return array


def _from_tensor(tensor: Any) -> np.ndarray:
    """Return a tensor of any device as an array, without its gradient; raise NotPlainError where it has none."""
    try:
        return tensor.numpy(force=True)
    except (RuntimeError, TypeError):
        facts = f"{tensor.dtype}, {tensor.layout}, {tensor.device}"
        raise NotPlainError(f"a tensor that can't become an array ({facts})") from None


def with_tensors(value: Any) -> Any:
    """Return plain data with a torch tensor in the place of each array; the two share their numbers.

    Raises MissingExtra where torch is not installed.
    """
    if isinstance(value, np.ndarray):
        return require("torch", "words").from_numpy(value)
    if isinstance(value, list):
        return [with_tensors(item) for item in value]
    return {key: with_tensors(item) for key, item in value.items()} if isinstance(value, dict) else value


def on_arrays(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of tensors as one that takes plain data and gives it, as a check needs it."""

    def converted(*arguments: Any) -> Any:
        return plain(function(*map(with_tensors, plain(arguments))))

    return converted


def name_kind(value: Any) -> str:
    """Return what a value is, with its article: 'a list', 'an array', 'None'."""
    if value is None:
        return "None"
    name = "array" if isinstance(value, np.ndarray) else type(value).__name__
    return f"an {name}" if name[0].lower() in "aeiou" else f"a {name}"


def equal(a: Any, b: Any) -> bool:
    """Tell whether two plain values are the same, NaN equal to NaN, dtype and shape included."""
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        if not (isinstance(a, np.ndarray) and isinstance(b, np.ndarray)):
            return False
        nan = a.dtype.kind == "f" and b.dtype.kind == "f"
        return a.dtype == b.dtype and np.array_equal(a, b, equal_nan=nan)
    if type(a) is not type(b):
        return False
    if isinstance(a, list):
        return len(a) == len(b) and all(map(equal, a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(equal(a[key], b[key]) for key in a)
    return a == b or (isinstance(a, float) and a != a and b != b)
