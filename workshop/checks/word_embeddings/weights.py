"""Check 1.5: how much each count weighs in GloVe."""

from collections.abc import Iterator

import numpy as np

from workshop.checks.ask import Ask, Mistake
from workshop.checks.mistakes import is_whole
from workshop.checks.registry import exercise


def glove_weights(counts: np.ndarray, x_max: float, alpha: float) -> np.ndarray:
    """Weigh counts by (count / x_max)^alpha, at most 1. Source: Pennington et al. 2014, eq. 9."""
    return np.minimum(counts / x_max, 1) ** alpha


def _power_first() -> Iterator[Mistake]:
    """Yield the ways of leaving out the brackets, each with the cap at a weight of 1, at x_max, and above it."""
    ways = (
        lambda counts, x_max, alpha: np.minimum(counts**alpha / x_max, 1),
        lambda counts, x_max, alpha: np.minimum(counts / x_max**alpha, 1),
        lambda counts, x_max, alpha: np.where(counts < x_max, counts**alpha / x_max, 1),
        lambda counts, x_max, alpha: np.where(counts < x_max, counts / x_max**alpha, 1),
        lambda counts, x_max, alpha: np.minimum(counts, x_max) / x_max**alpha,
        lambda counts, x_max, alpha: np.where(counts <= x_max, counts**alpha / x_max, 1),
        lambda counts, x_max, alpha: np.where(counts <= x_max, counts / x_max**alpha, 1),
    )
    for number, way in enumerate(ways):
        yield Mistake(
            f"power_before_division_{number}",
            way,
            "the power is taken before the division: ** binds tighter than * and /.",
            "put counts / x_max in brackets.",
        )


FIXED = (
    "numbers of the card's example are written into the function, whatever is given.",
    "use the arguments x_max and alpha.",
)
WEIGHT_MISTAKES = (
    Mistake(
        "not_capped",
        lambda counts, x_max, alpha: (counts / x_max) ** alpha,
        "weights above 1: frequent pairs aren't capped.",
        "from x_max on, every weight is 1.",
    ),
    Mistake(
        "zeros_weighted",
        lambda counts, x_max, alpha: np.where(counts == 0, 1, glove_weights(counts, x_max, alpha)),
        "pairs that were never seen get the full weight: their logarithm would be minus infinity.",
        "look at a count of 0: it must weigh 0.",
    ),
    Mistake(
        "zeros_raised",
        lambda counts, x_max, alpha: np.minimum((np.asarray(counts) + 1) / x_max, 1) ** alpha,
        "1 is added to the counts, so pairs that were never seen weigh something.",
        "use the counts as they are; nothing has to be kept from 0 here.",
    ),
    Mistake(
        "zeros_as_one",
        lambda counts, x_max, alpha: np.minimum(np.maximum(counts, 1) / x_max, 1) ** alpha,
        "pairs that were never seen weigh as if they had been seen once.",
        "use the counts as they are; a count of 0 weighs 0.",
    ),
    Mistake(
        "frequent_dropped",
        lambda counts, x_max, alpha: np.where(counts < x_max, (counts / x_max) ** alpha, 0),
        "frequent pairs weigh nothing: above x_max the weight is 0.",
        "from x_max on, every weight is 1.",
    ),
    Mistake(
        "capped_at_x_max",
        lambda counts, x_max, alpha: np.where(counts < x_max, (counts / x_max) ** alpha, x_max),
        "the cap is x_max itself: frequent pairs weigh as much as their limit, not 1.",
        "look at a count of x_max: it is x_max / x_max of the limit.",
    ),
    Mistake(
        "not_divided",
        lambda counts, x_max, alpha: np.minimum(counts, x_max) ** alpha,
        "the counts are capped but not divided by x_max.",
        "bring the counts to the range from 0 to 1 before the power.",
    ),
    *_power_first(),
    Mistake(
        "alpha_missing",
        lambda counts, x_max, alpha: np.minimum(counts / x_max, 1),
        "alpha isn't used: the weight grows in a straight line.",
        "raise the share to the power alpha.",
    ),
    Mistake(
        "alpha_multiplied",
        lambda counts, x_max, alpha: np.minimum(alpha * counts / x_max, 1),
        "alpha is multiplied, not used as a power.",
        "raising to a power is ** in Python.",
    ),
    Mistake(
        "published_values",
        lambda counts, x_max, alpha: glove_weights(counts, 100, 0.75),
        "the published values 100 and 0.75 are used, whatever is given.",
        "use the arguments x_max and alpha.",
    ),
    Mistake("example_values", lambda counts, x_max, alpha: glove_weights(counts, 100, 0.5), *FIXED),
    Mistake("example_x_max", lambda counts, x_max, alpha: glove_weights(counts, 100, alpha), *FIXED),
    Mistake("example_alpha", lambda counts, x_max, alpha: glove_weights(counts, x_max, 0.5), *FIXED),
    Mistake(
        "whole_numbers",
        lambda counts, x_max, alpha: np.floor(glove_weights(counts, x_max, alpha)),
        "the fractions are cut off: an array made for whole numbers (by zeros_like or vectorize) keeps no others.",
        "make the array of results for floats.",
        is_whole,
    ),
    Mistake(
        "divided_whole",
        lambda counts, x_max, alpha: np.minimum(counts // x_max, 1) ** alpha,
        "// divides without a rest, so all counts below x_max weigh 0.",
        "divide with a single /.",
    ),
)


@exercise("1.5", reference=glove_weights, title="weigh the counts as GloVe does", points=1, minutes=4, stars=1)
def check_glove_weights(ask: Ask) -> None:
    """Try the card's example, a matrix that begins with its largest, whole numbers, one count, and random ones."""
    inputs = [
        (np.array([0.0, 25, 100, 400]), 100, 0.5),
        (np.array([[50.0, 2], [8, 0]]), 8, 0.5),
        (np.array([0, 1, 16, 81]), 81, 0.25),
        (np.array([0.5]), 2, 2.0),
        (ask.rng.uniform(0, 40, (3, 4)) * (ask.rng.random((3, 4)) < 0.8), 20.0, ask.rng.uniform(0.3, 0.9)),
    ]
    ask.each(inputs, glove_weights, WEIGHT_MISTAKES)
