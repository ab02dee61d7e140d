"""The usual mistakes with one step of skip-gram: 1.3."""

from collections.abc import Callable
from typing import Any

import numpy as np

from workshop.checks.ask import Mistake

Vectors = tuple[np.ndarray, np.ndarray, np.ndarray]


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + exp(-x)) without overflow."""
    return 0.5 * (1 + np.tanh(np.asarray(x) / 2))


def take_step(
    center: np.ndarray,
    context: np.ndarray,
    negatives: np.ndarray,
    rate: float,
    push_sign: float = 1.0,
    squash: Callable[[np.ndarray], np.ndarray] = sigmoid,
    push_squash: Callable[[np.ndarray], np.ndarray] | None = None,
) -> Vectors:
    """Take the step with a sign for the negatives' part and a sigmoid of one's own, one for the negatives too."""
    pull = 1 - squash(context @ center)
    push = push_sign * (push_squash or squash)(negatives @ center)
    new_center = center + rate * (pull * context - push @ negatives)
    return new_center, context + rate * pull * center, negatives - rate * np.outer(push, center)


def _outputs_after_center(center: np.ndarray, context: np.ndarray, negatives: np.ndarray, rate: float) -> Vectors:
    """Move the center first, then the others by the gradient's factors and the new center."""
    pull, push = 1 - sigmoid(context @ center), sigmoid(negatives @ center)
    moved = take_step(center, context, negatives, rate)[0]
    return moved, context + rate * pull * moved, negatives - rate * np.outer(push, moved)


def _in_turn(center: np.ndarray, context: np.ndarray, negatives: np.ndarray, rate: float) -> Vectors:
    """Move the center first, then begin anew with it."""
    moved = take_step(center, context, negatives, rate)[0]
    return moved, *take_step(moved, context, negatives, rate)[1:]


def _center_last(center: np.ndarray, context: np.ndarray, negatives: np.ndarray, rate: float) -> Vectors:
    """Move the outputs first, then the center by the new outputs."""
    pull, push = 1 - sigmoid(context @ center), sigmoid(negatives @ center)
    _, new_context, new_negatives = take_step(center, context, negatives, rate)
    return center + rate * (pull * new_context - push @ new_negatives), new_context, new_negatives


def _pull_too_strong(center: np.ndarray, context: np.ndarray, negatives: np.ndarray, rate: float) -> Vectors:
    """Pull by the sigmoid instead of what it lacks to 1."""
    pull, push = sigmoid(context @ center), sigmoid(negatives @ center)
    new_center = center + rate * (pull * context - push @ negatives)
    return new_center, context + rate * pull * center, negatives - rate * np.outer(push, center)


def _average(center: np.ndarray, context: np.ndarray, negatives: np.ndarray, rate: float) -> Vectors:
    """Move the center by the mean push of the negatives, and everything else rightly."""
    share = take_step(center, context, negatives, rate)
    alone = take_step(center, context, negatives[:0], rate)[0]
    return alone + (share[0] - alone) / max(len(negatives), 1), share[1], share[2]


def _one_push(which: int) -> Callable[..., Vectors]:
    """Return the mistake of moving the center by one of the negatives alone."""

    def step(center: np.ndarray, context: np.ndarray, negatives: np.ndarray, rate: float) -> Vectors:
        moved = take_step(center, context, negatives, rate)
        return take_step(center, context, negatives[[which]], rate)[0], moved[1], moved[2]

    return step


def _change(factor: Callable[[float], float]) -> Callable[..., list[np.ndarray]]:
    """Return the mistake of handing back what is to be added, times a factor of the rate, instead of the sum."""

    def step(*arguments: Any) -> list[np.ndarray]:
        moved = take_step(*arguments[:3], 1.0)
        return [factor(arguments[3]) * (new - old) for new, old in zip(moved, arguments[:3], strict=True)]

    return step


def _without(which: int) -> Callable[..., list[np.ndarray]]:
    """Return the mistake of leaving one of the three as it was."""

    def step(*arguments: np.ndarray) -> list[np.ndarray]:
        moved = list(take_step(*arguments))
        moved[which] = arguments[which]
        return moved

    return step


AVERAGED = (
    "the negatives' pushes are averaged: the loss is a sum over the negatives.",
    "add the pushes up, without dividing by their number.",
)
STEP_RETURNED = (
    "gradients or steps are returned, not the vectors after the step.",
    "the new vector is the old one plus its step.",
)
ONE_PUSH = (
    "only one of the negatives pushes the center: each replaces the one before.",
    "add the pushes up.",
)
STEP_MISTAKES = (
    Mistake(
        "sign",
        lambda center, context, negatives, rate: take_step(center, context, negatives, -rate),
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
        lambda center, context, negatives, rate: take_step(center, context, negatives, rate, -1.0),
        "the negatives are pulled towards the center as if they were contexts.",
        "negatives move away from the center, and it away from them: turn their sign.",
    ),
    Mistake(
        "negatives_not_in_center",
        lambda center, context, negatives, rate: (
            take_step(center, context, negatives[:0], rate)[0],
            *take_step(center, context, negatives, rate)[1:],
        ),
        "the center moves as if there were no negatives.",
        "add the push of every negative to the center's step.",
    ),
    Mistake(
        "sigmoid_missing",
        lambda center, context, negatives, rate: take_step(center, context, negatives, rate, squash=lambda x: x),
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
        lambda center, context, negatives, rate: take_step(center, context, negatives, 1.0),
        "the learning rate isn't used.",
        "multiply each step by `rate`.",
    ),
    Mistake("center_kept", _without(0), "the center stays where it was.", "move all three."),
    Mistake("context_kept", _without(1), "the context stays where it was.", "move all three vectors."),
    Mistake("negatives_kept", _without(2), "the negatives stay where they were.", "move the negatives too."),
    Mistake(
        "negatives_come_nearer",
        lambda *arguments: (*take_step(*arguments)[:2], take_step(*arguments, -1.0)[2]),
        "the negatives move towards the center; only the center moves rightly.",
        "turn the sign of the negatives' step.",
    ),
    Mistake(
        "center_comes_nearer",
        lambda *arguments: (take_step(*arguments, -1.0)[0], *take_step(*arguments)[1:]),
        "the center moves towards the negatives.",
        "turn the sign of their part in the center's step.",
    ),
    Mistake(
        "other_order",
        lambda *arguments: [take_step(*arguments)[which] for which in (1, 0, 2)],
        "the context is returned first, then the center.",
        "return them in the order of the arguments.",
    ),
    Mistake("mean_for_center", _average, *AVERAGED),
    Mistake(
        "mean_for_all",
        lambda center, context, negatives, rate: (
            *_average(center, context, negatives, rate)[:2],
            take_step(center, context, negatives, rate / max(len(negatives), 1))[2],
        ),
        *AVERAGED,
    ),
    Mistake("last_push_only", _one_push(-1), *ONE_PUSH),
    Mistake("first_push_only", _one_push(0), *ONE_PUSH),
    Mistake(
        "push_from_one",
        lambda center, context, negatives, rate: take_step(
            center, context, negatives, rate, push_squash=lambda x: 1 - sigmoid(x)
        ),
        "the negatives push by 1 minus their sigmoid, as the context pulls: the nearest ones hardly move.",
        "the push is the error: how far the sigmoid still is from its target, which is 0 for a negative.",
    ),
    Mistake(
        "exp_sign",
        lambda center, context, negatives, rate: take_step(
            center, context, negatives, rate, squash=lambda x: sigmoid(-x)
        ),
        "the sigmoid is turned round: it falls where it should rise.",
        "look at the sign inside exp(): of a large x the sigmoid is nearly 1.",
    ),
    Mistake("gradients_returned", _change(lambda rate: -1.0), *STEP_RETURNED),
    Mistake("ascents_returned", _change(lambda rate: 1.0), *STEP_RETURNED),
    Mistake("steps_returned", _change(lambda rate: rate), *STEP_RETURNED),
    Mistake("downhill_steps_returned", _change(lambda rate: -rate), *STEP_RETURNED),
)
