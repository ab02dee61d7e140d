"""Random inputs for the exercises' functions, of every kind that their cards allow: what tells two functions apart."""

from collections.abc import Callable
from typing import Any

import numpy as np

LETTERS = "abcde"


def _tokens(rng: np.random.Generator) -> list[str]:
    return list(rng.choice(list(LETTERS), rng.integers(0, 12)))


def _space(rng: np.random.Generator, fewest: int = 1) -> tuple[list[str], np.ndarray]:
    """Return words and vectors of any length, none of them zero."""
    count = int(rng.integers(fewest, 12))
    vectors = rng.normal(size=(count, rng.integers(2, 6))) * rng.uniform(0.2, 5, (count, 1))
    return [f"word{i}" for i in rng.permutation(count)], vectors


def _some_zero(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    size = rng.integers(1, 5)
    rows = rng.normal(size=(rng.integers(0, 6), size)) * rng.integers(0, 3)
    return rng.normal(size=size) * rng.integers(0, 4), rows * (rng.random((len(rows), 1)) < 0.7)


def _step(rng: np.random.Generator) -> tuple[Any, ...]:
    size, count = rng.integers(1, 5), rng.integers(0, 5)
    return (*rng.normal(size=(2, size)), rng.normal(size=(count, size)), float(rng.uniform(0, 1)))


def _nearest(rng: np.random.Generator) -> tuple[Any, ...]:
    words, vectors = _space(rng)
    return str(rng.choice(words)), words, vectors, int(rng.integers(0, 14))


def _analogy(rng: np.random.Generator) -> tuple[Any, ...]:
    words, vectors = _space(rng, 4)
    return (*map(str, rng.choice(words, 3, replace=bool(rng.integers(0, 2)))), words, vectors)


def _agreement(rng: np.random.Generator) -> tuple[Any, ...]:
    words, vectors = _space(rng, 4)
    known = [*words, "unknown", "unheard"]
    pairs = [list(words[:2]), list(words[1:3]), *map(list, rng.choice(known, (rng.integers(2, 9), 2)))]
    pairs = [list(map(str, pairs[i])) for i in rng.permutation(len(pairs)) if len(set(pairs[i])) == 2]
    return pairs, rng.permutation(len(pairs)) // 1.5, words, vectors


PROBES: dict[str, Callable[[np.random.Generator], tuple[Any, ...]]] = {
    "0.1": lambda rng: ("".join(rng.choice(list("aAb \n\t"), rng.integers(0, 20))),),
    "1.1": lambda rng: (_tokens(rng), int(rng.integers(1, 6))),
    "1.2": _some_zero,
    "1.3": _step,
    "1.4": lambda rng: (_tokens(rng), list(LETTERS[: rng.integers(1, 5)]), int(rng.integers(1, 6))),
    "1.5": lambda rng: (
        rng.integers(0, 9, rng.integers(0, 4, rng.integers(1, 3))) * float(rng.choice([0.5, 1])),
        float(rng.integers(1, 8)),
        float(rng.uniform(0.1, 1.5)),
    ),
    "1.6": _nearest,
    "1.7": _analogy,
    "1.8": lambda rng: (
        "".join(rng.choice(list("ab"), rng.integers(0, 9))),
        int(rng.integers(2, 4)),
        int(rng.integers(4, 8)),
    ),
    "1.9": _agreement,
}
