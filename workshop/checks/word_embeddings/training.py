"""Check 1.3: one step of skip-gram."""

from collections.abc import Callable

import numpy as np

from workshop.checks.ask import Ask, Mistake
from workshop.checks.registry import exercise

Vectors = tuple[np.ndarray, np.ndarray, np.ndarray]


def negative_sampling_step(center: np.ndarray, context: np.ndarray, negatives: np.ndarray, rate: float) -> Vectors:
    """Take one gradient step on the skip-gram loss with negative sampling.

    center, context: (D,); negatives: (K, D). Returns the three after the step. Source: Mikolov et al. 2013, eq. 4.
    """
    return _step(center, context, negatives, rate)


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + exp(-x)) without overflow."""
    return 0.5 * (1 + np.tanh(np.asarray(x) / 2))


def _step(
    center: np.ndarray,
    context: np.ndarray,
    negatives: np.ndarray,
    rate: float,
    push_sign: float = 1.0,
    squash: Callable[[np.ndarray], np.ndarray] = sigmoid,
) -> Vectors:
    """Take the step with a sign for the negatives' part and a sigmoid of one's own."""
    pull = 1 - squash(context @ center)
    push = push_sign * squash(negatives @ center)
    new_center = center + rate * (pull * context - push @ negatives)
    return new_center, context + rate * pull * center, negatives - rate * np.outer(push, center)


def _outputs_after_center(center: np.ndarray, context: np.ndarray, negatives: np.ndarray, rate: float) -> Vectors:
    """Move the center first, then the others by the gradient's factors and the new center."""
    pull, push = 1 - sigmoid(context @ center), sigmoid(negatives @ center)
    moved = _step(center, context, negatives, rate)[0]
    return moved, context + rate * pull * moved, negatives - rate * np.outer(push, moved)


def _in_turn(center: np.ndarray, context: np.ndarray, negatives: np.ndarray, rate: float) -> Vectors:
    """Move the center first, then begin anew with it."""
    moved = _step(center, context, negatives, rate)[0]
    return moved, *_step(moved, context, negatives, rate)[1:]


def _center_last(center: np.ndarray, context: np.ndarray, negatives: np.ndarray, rate: float) -> Vectors:
    """Move the outputs first, then the center by the new outputs."""
    pull, push = 1 - sigmoid(context @ center), sigmoid(negatives @ center)
    _, new_context, new_negatives = _step(center, context, negatives, rate)
    return center + rate * (pull * new_context - push @ new_negatives), new_context, new_negatives


def _pull_too_strong(center: np.ndarray, context: np.ndarray, negatives: np.ndarray, rate: float) -> Vectors:
    """Pull by the sigmoid instead of what it lacks to 1."""
    pull, push = sigmoid(context @ center), sigmoid(negatives @ center)
    new_center = center + rate * (pull * context - push @ negatives)
    return new_center, context + rate * pull * center, negatives - rate * np.outer(push, center)


def _without(which: int) -> Callable[..., list[np.ndarray]]:
    """Return the mistake of leaving one of the three as it was."""

    def step(*arguments: np.ndarray) -> list[np.ndarray]:
        moved = list(_step(*arguments))
        moved[which] = arguments[which]
        return moved

    return step


STEP_MISTAKES = (
    Mistake(
        "sign",
        lambda center, context, negatives, rate: _step(center, context, negatives, -rate),
        "the step goes uphill: the loss grows.",
        "subtract the gradient of the loss; the center must move towards its context.",
    ),
    Mistake(
        "outputs_after_center",
        _outputs_after_center,
        "context and negatives move by the new center: it was replaced before they had used the old one.",
        "give the new vectors names of their own, and use the old ones on every right-hand side.",
    ),
    Mistake(
        "in_turn",
        _in_turn,
        "the sigmoids are computed again after the center has moved, so the other two take another step.",
        "compute all sigmoids first, from the three vectors as they came in.",
    ),
    Mistake(
        "center_last",
        _center_last,
        "the center moves by the new context and negatives: they were replaced before it had used the old ones.",
        "give the new vectors names of their own, and use the old ones on every right-hand side.",
    ),
    Mistake(
        "negatives_pulled",
        lambda center, context, negatives, rate: _step(center, context, negatives, rate, -1.0),
        "the negatives are pulled towards the center as if they were contexts.",
        "negatives move away from the center, and it away from them: turn their sign.",
    ),
    Mistake(
        "negatives_not_in_center",
        lambda center, context, negatives, rate: (
            _step(center, context, negatives[:0], rate)[0],
            *_step(center, context, negatives, rate)[1:],
        ),
        "the center moves as if there were no negatives.",
        "add the push of every negative to the center's step.",
    ),
    Mistake(
        "sigmoid_missing",
        lambda center, context, negatives, rate: _step(center, context, negatives, rate, squash=lambda x: x),
        "the inner products are used as they are, without the sigmoid.",
        "send each inner product through 1 / (1 + exp(-x)) first.",
    ),
    Mistake(
        "pull_not_from_one",
        _pull_too_strong,
        "the context pulls by its sigmoid: the better the pair fits already, the harder it pulls.",
        "the pull is the error: how far the sigmoid still is from its target, which is 1 for the context.",
    ),
    Mistake(
        "rate_missing",
        lambda center, context, negatives, rate: _step(center, context, negatives, 1.0),
        "the learning rate isn't used.",
        "multiply each step by `rate`.",
    ),
    Mistake("center_kept", _without(0), "the center stays where it was.", "move all three."),
    Mistake("context_kept", _without(1), "the context stays where it was.", "move all three vectors."),
    Mistake("negatives_kept", _without(2), "the negatives stay where they were.", "move the negatives too."),
)


@exercise("1.3", reference=negative_sampling_step, title="take one step of skip-gram", points=2, minutes=12, stars=3)
def check_negative_sampling_step(ask: Ask) -> None:
    """Try the card's example, no negatives, a rate of 0, far vectors and random ones."""
    draw = ask.rng.normal
    inputs = [
        (np.array([1.0, 0]), np.array([0, 1.0]), np.array([[0, 2.0]]), 1.0),
        (np.array([1.0, 2]), np.array([2.0, -1]), np.array([[0.0, 0], [4, -2]]), 0.5),
        (np.array([1.0, 1]), np.array([1.0, -1]), np.zeros((0, 2)), 0.5),
        (np.array([1.0, 1]), np.array([1.0, 0]), np.array([[0, 1.0]]), 0.0),
        (np.array([3.0, 0]), np.array([-3.0, 1]), np.array([[3.0, 1], [-3, 0]]), 0.1),
        *[
            (draw(size=size), draw(size=size), draw(size=(size + 1, size)), ask.rng.uniform(0.1, 0.9))
            for size in (2, 5)
        ],
    ]
    ask.each(inputs, negative_sampling_step, STEP_MISTAKES)
