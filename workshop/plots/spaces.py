"""Pictures of a space of words: analogies, bias, a map."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from workshop.errors import WorkshopError
from workshop.plots.style import MARKERS, PALETTE, SERIES, YOURS, new_picture, percent, place_labels, set_words
from workshop.score.results import Row
from workshop.vectors.association import Association, WordSets

SURE = 0.05


def plot_analogies(rows: Sequence[Row]) -> Any:
    """Draw the share of right answers by kind of question, with the arithmetic and without it.

    rows: tasks "analogy KIND", metrics "share_excluded" (the nearest to b − a + c) and "share_third_alone" (the nearest
    to c); both with the question's words barred. Returns a matplotlib figure with alternative text. Raises
    WorkshopError where there are no such rows.
    """
    full, alone = (
        {row.task.removeprefix("analogy "): row for row in rows if row.metric == f"share_{metric}"}
        for metric in ("excluded", "third_alone")
    )
    names = sorted(full.keys() & alone.keys(), key=lambda name: full[name].value - alone[name].value)
    if not names:
        raise WorkshopError("there are no rows of analogies to draw. Choose them: [r for r in results.rows if ...].")
    with new_picture(11, 1.8 + 0.48 * len(names)) as (figure, axes):
        for number, (table, label, colour) in enumerate(
            ((full, "b − a + c", PALETTE["sky"]), (alone, "c alone", PALETTE["orange"]))
        ):
            places = np.arange(len(names)) + 0.2 - 0.4 * number
            values = np.array([100 * table[name].value for name in names])
            reach = [
                values - [100 * table[name].low for name in names],
                np.array([100 * table[name].high for name in names]) - values,
            ]
            axes.barh(places, values, height=0.38, color=colour, label=label)
            axes.errorbar(
                values, places, xerr=np.maximum(reach, 0), fmt="none", ecolor="black", capsize=3, linewidth=1.2
            )
        axes.set_yticks(np.arange(len(names)), [_plain_name(name) for name in names])
        axes.set_xlim(0, 100)
        axes.legend(title="nearest word to", loc="upper left", bbox_to_anchor=(1, 1))
        least, most = names[0], names[-1]
        set_words(
            figure,
            title=f"The arithmetic adds most for {_plain_name(most)} ({percent(alone[most].value)} → "
            f"{percent(full[most].value)}) and least for {_plain_name(least)} ({percent(alone[least].value)} → "
            f"{percent(full[least].value)}).",
            x="right answers (%), with 95 % interval; the question's own words barred",
            y="",
            alt="By kind, with the arithmetic and with the third word alone: "
            + "; ".join(f"{_plain_name(n)} {full[n].value:.0%} and {alone[n].value:.0%}" for n in reversed(names))
            + ".",
        )
    return figure


def _plain_name(category: str) -> str:
    """Return a category's name without its number: "gram8-plural" gives "plural"."""
    return re.sub(r"^gram\d+-", "", category).replace("-", " ")


def plot_association(found: Association, sets: WordSets) -> Any:
    """Draw how far random regroupings of the words lean, and how far the true groups do.

    found: what `association_test` returned for the sets. Returns a matplotlib figure with alternative text.
    """
    first, second, attribute, other = sets.names
    draws = len(found.permuted)
    with new_picture(10, 5.5) as (figure, axes):
        axes.hist(found.permuted, bins=50, color=PALETTE["sky"], label=f"{draws:,} random regroupings")
        axes.axvline(found.observed, color=YOURS, linewidth=4, label=f"{first} against {second}")
        axes.margins(x=0.08)
        axes.set_ylim(0, axes.get_ylim()[1] * 1.3)
        axes.legend(loc="upper left")
        as_far = int((found.permuted >= found.observed - 1e-12).sum())
        lean = f"a lean towards “{attribute}” that chance rarely gives"
        if found.p >= SURE:
            lean = f"no lean towards “{attribute}” that can be told from chance"
        set_words(
            figure,
            title=f"{first[0].upper()}{first[1:]} against {second}: {lean} "
            f"({as_far:,} of {draws:,} regroupings lean as far, effect {found.effect:.2f}).",
            x=f"lean towards “{attribute}” rather than “{other}” (difference of mean cosines)",
            y="regroupings (count)",
            alt=f"A histogram around {found.permuted.mean():.3f}; a line at {found.observed:.3f} marks the true "
            f"groups, p = {found.p:.4f}.",
        )
    return figure


def plot_word_map(
    words: Sequence[str], vectors: np.ndarray, groups: Mapping[str, Sequence[str]], what: str = "words"
) -> Any:
    """Draw groups of words on the plane on which they differ most (principal components of the unit vectors).

    words, vectors: V words and their vectors, shape (V, D). groups: at most 7 lists of words by name, all with vectors.
    what: "words", or what else has these names.
    Returns a matplotlib figure with alternative text. Raises WorkshopError for unknown words or too few.
    """
    groups = {name: list(group) for name, group in groups.items()}
    index = {word: row for row, word in enumerate(words)}
    shown = [(word, number) for number, group in enumerate(groups.values()) for word in group]
    missing = [word for word, _ in shown if word not in index]
    if missing or len(shown) < 3 or len(groups) > len(MARKERS):
        raise WorkshopError(
            f"a map needs 3 words or more that all have vectors, in at most {len(MARKERS)} groups; "
            f"got {len(shown)} in {len(groups)}, without a vector: {', '.join(missing) or 'none'}."
        )
    table = np.asarray(vectors, dtype=np.float64)[[index[word] for word, _ in shown]]
    unit = table / np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-12)
    plane, share = _project(unit)
    group = np.array([number for _, number in shown])
    cosines = unit @ unit.T - 2 * np.eye(len(unit))
    together = int((group[cosines.argmax(axis=1)] == group).sum())
    with new_picture(10, 7.5) as (figure, axes):
        for number, name in enumerate(groups):
            axes.plot(*plane[group == number].T, MARKERS[number], color=SERIES[number], markersize=12, label=name)
        axes.margins(0.14)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=min(len(groups), 4))
        set_words(
            figure,
            title=f"{together} of {len(shown)} {what} have their nearest neighbour in their own group; "
            f"the plane shows {percent(share)} of their spread.",
            x="first direction (no unit)",
            y="second direction (no unit)",
            alt="Groups: " + "; ".join(f"{name}: {', '.join(group)}" for name, group in groups.items()) + ".",
        )
        place_labels(axes, plane, [word for word, _ in shown])
    return figure


def _project(unit: np.ndarray) -> tuple[np.ndarray, float]:
    """Return places on the plane of the first two principal components, shape (N, 2), and the share it keeps."""
    centred = unit - unit.mean(axis=0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    return left[:, :2] * sizes[:2], float((sizes[:2] ** 2).sum() / (sizes**2).sum())
