"""Check 1.3: one step of skip-gram."""

import numpy as np

from workshop.checks.ask import Ask
from workshop.checks.registry import exercise
from workshop.checks.word_embeddings.step_mistakes import STEP_MISTAKES, Vectors, take_step


def negative_sampling_step(center: np.ndarray, context: np.ndarray, negatives: np.ndarray, rate: float) -> Vectors:
    """Take one gradient step on the skip-gram loss with negative sampling.

    center, context: (D,); negatives: (K, D). Returns the three after the step. Source: Mikolov et al. 2013, eq. 4.
    """
    return take_step(center, context, negatives, rate)


@exercise("1.3", reference=negative_sampling_step, title="take one step of skip-gram", points=2, minutes=12, stars=3)
def check_negative_sampling_step(ask: Ask) -> None:
    """Try the card's example, several negatives, a rate of 0, far vectors and random ones."""
    draw = ask.rng.normal
    inputs = [
        (np.array([1.0, 0]), np.array([0, 1.0]), np.array([[0, 2.0]]), 1.0),
        (np.array([1.0, 2]), np.array([2.0, -1]), np.array([[0.0, 0], [4, -2]]), 0.5),
        (np.array([1.0, 1]), np.array([1.0, -1]), np.array([[1.0, 2], [2, 1], [-1, 0]]), 0.5),
        (np.array([1.0, 1]), np.array([1.0, 0]), np.array([[0, 1.0]]), 0.0),
        (np.array([3.0, 0]), np.array([-3.0, 1]), np.array([[3.0, 1], [-3, 0]]), 0.1),
        *[
            (draw(size=size), draw(size=size), draw(size=(size + 1, size)), ask.rng.uniform(0.1, 0.9))
            for size in (2, 5)
        ],
    ]
    ask.each(inputs, negative_sampling_step, STEP_MISTAKES)
