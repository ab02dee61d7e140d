"""Scores of predicted classes: the mean F1, and by how much one group bears more errors than the others."""

from collections.abc import Sequence


def macro_f1(truth: Sequence[str], predicted: Sequence[str]) -> float:
    """Return the mean of the classes' F1, from 0 to 1, over all classes in either list; as scikit-learn's `macro`.

    truth, predicted: lists of N labels. A class that is never predicted, or never true, has an F1 of 0.
    """
    scores = []
    for label in sorted({*truth, *predicted}):
        hits = sum(t == p == label for t, p in zip(truth, predicted, strict=True))
        precision = hits / max(1, predicted.count(label))
        recall = hits / max(1, truth.count(label))
        scores.append(2 * precision * recall / (precision + recall) if hits else 0.0)
    return sum(scores) / len(scores)


def error_gap(truth: Sequence[str], predicted: Sequence[str], groups: Sequence[str], group: str) -> float:
    """Return a group's share of wrong rows minus that of all other rows, from -1 to 1.

    truth, predicted, groups: N entries each. Returns 0 where nobody is in the group, or nobody outside of it.
    """
    mine = [t != p for t, p, g in zip(truth, predicted, groups, strict=True) if g == group]
    others = [t != p for t, p, g in zip(truth, predicted, groups, strict=True) if g != group]
    if not (mine and others):
        return 0.0
    return sum(mine) / len(mine) - sum(others) / len(others)
