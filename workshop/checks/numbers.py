"""Slips with numbers: arrays, single numbers, labels and masks; and how wrong numbers stand to the right ones."""

from collections.abc import Callable
from typing import Any

import numpy as np

from workshop.checks.kinds import Case, Named, Slip, becomes
from workshop.checks.values import as_array

ROUNDED = (0, 1, 2, 3)
FACTORS = {100: "a hundred times", 2: "twice", 3: "three times", 0.5: "half", 0.01: "a hundredth of", 10: "ten times"}


def _changed(change: Callable[[np.ndarray], Any], likely: str, step: str) -> Slip:
    """Return the slip of answering with a change of the right numbers."""
    return becomes(np.errstate(all="ignore")(lambda want: change(as_array(want))), likely, step)


def _square(change: Callable[[np.ndarray], Any]) -> Callable[[np.ndarray], Any]:
    """Return a change of square tables alone."""
    return lambda want: change(want) if want.ndim == 2 and len({*want.shape}) == 1 else None


def _whole(case: Case) -> Named | None:
    """Tell that an array was made for whole numbers, and keeps no fractions."""
    got, want = case.got, as_array(case.want)
    typed = isinstance(got, np.ndarray) and got.dtype.kind in "iu" and got.shape == want.shape
    if typed and (want % 1 != 0).any() and (np.abs(got) <= np.abs(want)).all():
        return (
            "the array is made for whole numbers, so every fraction that is written into it is cut off.",
            "make the array of results for floats: zeros_like() of whole numbers, dtype=int and vectorize() don't.",
        )
    return None


def _rounded(case: Case) -> Named | None:
    """Tell that the numbers are rounded."""
    want = as_array(case.want)
    if any(case.is_got(made) for made in (np.floor(want), *(np.round(want, n) for n in ROUNDED))):
        return "the numbers are rounded.", "return them as they are: with // and round(), fractions are lost."
    return None


def _constant(case: Case) -> Named | None:
    """Tell that every number is the same one."""
    got = as_array(case.got)
    if got.shape == as_array(case.want).shape and got.size > 1 and (got == got.flat[0]).all():
        return "every number is the same.", "is each place given a value of its own, before the array is returned?"
    return None


def _fraction_of_all(want: np.ndarray) -> np.ndarray | None:
    return want / want.sum() if want.size > 1 and want.sum() else None


COMMON_NUMBERS = (
    _changed(lambda want: -want, "the sign is turned.", "look at what is subtracted from what."),
    _changed(np.abs, "the sign is lost.", "leave out abs(); a square root of a square loses the sign too."),
    _changed(
        lambda want: 1 - want,
        "it is 1 minus the right number: a distance for a likeness, or the share of the others.",
        "leave out the `1 -`.",
    ),
    _changed(lambda want: want**2, "the right numbers are squared.", "look for a power or a square root."),
    _changed(
        lambda want: np.sqrt(want) if (want >= 0).all() else None,
        "it is the square root of the right numbers.",
        "look for a power or a square root.",
    ),
    _changed(
        lambda want: 1 / want if want.all() else None,
        "it is 1 divided by the right number: the division is upside down.",
        "look at what is divided by what.",
    ),
)
ARRAY_SLIPS = (
    *COMMON_NUMBERS,
    _changed(
        lambda want: want.T if want.ndim > 1 else None,
        "rows and columns are exchanged.",
        "print both shapes, or turn it with .T.",
    ),
    _changed(
        lambda want: want.ravel() if want.ndim > 1 else None,
        "all numbers stand in one row: the array is flattened.",
        "keep the shape that the card gives.",
    ),
    _changed(lambda want: want[::-1] if want.ndim else None, "the numbers stand in the reverse order.", "turn it."),
    _changed(
        _square(np.triu),
        "one-sided: the lower triangle is empty, so the table isn't symmetric.",
        "each pair counts in both directions.",
    ),
    _changed(
        _square(np.tril),
        "one-sided: the upper triangle is empty, so the table isn't symmetric.",
        "each pair counts in both directions.",
    ),
    _changed(
        _square(lambda want: np.tile(want.sum(axis=0), (len(want), 1))),
        "all rows are the same one: [[0] * N] * N repeats a single list, so whatever is added to it shows N times.",
        "make each row anew, in a loop or with numpy.",
    ),
    _changed(
        lambda want: want.sum() if want.ndim else None,
        "everything is added up to one number.",
        "keep one number for each place; name the axis.",
    ),
    _changed(_fraction_of_all, "the numbers are divided by their sum.", "leave them as they are."),
    _constant,
    _whole,
    _rounded,
)
SCALAR_SLIPS = (*COMMON_NUMBERS, _rounded)


def _shifted(case: Case) -> Named | None:
    """Labels stand one place too early or too late."""
    got, want = as_array(case.got), as_array(case.want)
    if len(want) > 2 and len(got) == len(want):
        for side, parts in (("early", (got[:-1], want[1:])), ("late", (got[1:], want[:-1]))):
            if np.array_equal(*parts):
                return f"everything stands one place too {side}.", "do the card's example by hand, place by place."
    return None


LABEL_SLIPS = (
    _changed(
        lambda want: 1 - want if set(want.ravel()) <= {0, 1} else None,
        "the mask is inverted: 1 stands where 0 belongs.",
        "1 marks what counts.",
    ),
    _shifted,
)


def tell_factor(got: np.ndarray, want: np.ndarray) -> float | None:
    """Return the one number by which all the right ones are multiplied; None where there is none."""
    used = want != 0
    if got.shape != want.shape or not used.any() or (got[~used] != 0).any():
        return None
    factors = got[used] / want[used]
    return float(factors[0]) if np.isfinite(factors).all() and np.allclose(factors, factors[0], rtol=1e-3) else None


def say_factor(factor: float) -> str:
    """Return a factor in words, without its value where it may come from the input."""
    words = next((text for known, text in FACTORS.items() if np.isclose(abs(factor), known, rtol=1e-3)), "")
    return words or ("more than" if abs(factor) > 1 else "less than")


def _factor(case: Case) -> Named | None:
    """All numbers are too large or too small by one factor."""
    got, want = as_array(case.got), as_array(case.want)
    factor = tell_factor(got, want)
    if factor is None or (want.size < 2 and say_factor(factor) in ("more than", "less than")):
        return None
    turned = " with its sign turned" if factor < 0 else ""
    return (
        f"every number is {say_factor(factor)} the right one{turned}, all by one factor.",
        "what is multiplied or divided by once too often, or not at all?",
    )


def _changed_otherwise(case: Case) -> Named | None:
    """Tell that an argument is changed by a multiple of what it should be changed by."""
    got, want = as_array(case.got), as_array(case.want)
    for given in map(as_array, case.arguments):
        if given is None or not got.shape == want.shape == given.shape or given.size < 2:
            continue
        factor = tell_factor(got - given, want - given)
        if factor is not None and factor < 0:
            return "what must be subtracted is added, or the other way round.", "look at the sign before it."
        if factor:
            return (
                f"what is added or subtracted is {say_factor(factor)} what it should be.",
                "do the card's example by hand, and print what you add or subtract.",
            )
    return None


def _some_places(case: Case) -> Named | None:
    """Tell what the places of the wrong numbers have in common."""
    got, want = as_array(case.got), as_array(case.want)
    if got.shape != want.shape or want.size < 3 or not np.isfinite(got).all():
        return None
    wrong = ~np.isclose(got, want, rtol=case.rule.tolerance, atol=case.rule.tolerance / 10)
    step = "do one such place of the card's example by hand."
    if np.allclose(np.abs(got), np.abs(want)):
        return "the sizes are right, but the sign of some numbers is turned.", "look at what is subtracted from what."
    if want.ndim == 2 and len({*want.shape}) == 1 and not (wrong & ~np.eye(len(want), dtype=bool)).any():
        return "only the diagonal is wrong: what a thing has to do with itself.", step
    if not wrong[want != 0].any():
        return "the numbers are right but for those that must be 0.", step
    if not wrong[want != want.max()].any():
        return "only the largest numbers are wrong; all others are right.", step
    if not wrong[want == want.max()].any() and not wrong[want == want.min()].any():
        return "the smallest and the largest numbers are right; those between are wrong.", step
    if not (got.any() and want.any()):
        return None
    if np.allclose(got - want, (got - want).ravel()[0]):
        return "every number is off by one and the same amount.", "what is added or subtracted once too often?"
    return None


ARRAY_RELATIONS = (_factor, _changed_otherwise, _some_places)
SCALAR_RELATIONS = (_factor,)
