"""Check 1.4: what GloVe is trained on."""

from collections.abc import Callable

import numpy as np

from workshop.checks.ask import Ask, Mistake
from workshop.checks.mistakes import is_whole
from workshop.checks.registry import exercise
from workshop.checks.word_embeddings.words import WORDS, draw_tokens


def cooccurrence(tokens: list[str], vocabulary: list[str], window: int) -> np.ndarray:
    """Count neighbours in both directions, each weighted by 1 / distance; shape (V, V)."""
    return _count(tokens, vocabulary, window)


def _count(
    tokens: list[str], vocabulary: list[str], window: int, weigh: Callable[[int], float] = abs, *, before: bool = True
) -> np.ndarray:
    """Count with a distance of one's own; before: whether neighbours on the left count too."""
    row = {word: place for place, word in enumerate(vocabulary)}
    counts = np.zeros((len(vocabulary), len(vocabulary)))
    for i, center in enumerate(tokens):
        for j, context in enumerate(tokens):
            near = 0 < abs(i - j) <= window and (before or j > i)
            if near and center in row and context in row:
                counts[row[center], row[context]] += 1 / weigh(i - j)
    return counts


def _last_weight(tokens: list[str], vocabulary: list[str], window: int) -> np.ndarray:
    """Keep the last weight of each pair instead of their sum."""
    counts = np.zeros((len(vocabulary), len(vocabulary)))
    for i in range(len(tokens)):
        for j in range(max(0, i - window), min(len(tokens), i + window + 1)):
            if j != i and tokens[i] in vocabulary and tokens[j] in vocabulary:
                counts[vocabulary.index(tokens[i]), vocabulary.index(tokens[j])] = 1 / abs(i - j)
    return counts


def _wrap_around(tokens: list[str], vocabulary: list[str], window: int) -> np.ndarray:
    """Count with a window that begins before the text does."""
    counts = np.zeros((len(vocabulary), len(vocabulary)))
    for i in range(len(tokens)):
        for j in range(i - window, min(len(tokens), i + window + 1)):
            if j != i and tokens[i] in vocabulary and tokens[j] in vocabulary:
                counts[vocabulary.index(tokens[i]), vocabulary.index(tokens[j])] += 1 / abs(i - j)
    return counts


def _look_up(find: Callable[[list[str]], Callable[[str], int]]) -> Callable[..., np.ndarray]:
    """Return the mistake of looking every word up, which raises an error for one that is not listed."""

    def count(tokens: list[str], vocabulary: list[str], window: int) -> np.ndarray:
        row = find(vocabulary)
        for word in tokens:
            row(word)
        return cooccurrence(tokens, vocabulary, window)

    return count


def _first_only(tokens: list[str], vocabulary: list[str], window: int, *, pairs: int | None = None) -> np.ndarray:
    """Count the neighbours of the first place alone, and of these only so many."""
    counts = np.zeros((len(vocabulary), len(vocabulary)))
    for distance, word in enumerate(tokens[1 : window + 1][:pairs], start=1):
        if word in vocabulary and tokens[0] in vocabulary:
            counts[vocabulary.index(tokens[0]), vocabulary.index(word)] += 1 / distance
    return counts


LISTED_ONLY = (
    "a word of the text that is not in the vocabulary is looked up there.",
    "ask first whether the word is in the vocabulary.",
)
RETURNED = (
    "only the first word is counted, if any: `return` stands inside a loop.",
    "move `return` to the left, so that it comes after both loops.",
)
COUNT_MISTAKES = (
    Mistake(
        "whole_numbers",
        lambda tokens, vocabulary, window: _count(tokens, vocabulary, 1),
        "the table is made for whole numbers, so every 1/2 that is added to it is cut off to 0.",
        "make the array of zeros for floats, as numpy does unless told otherwise.",
        is_whole,
    ),
    Mistake(
        "unweighted",
        lambda tokens, vocabulary, window: _count(tokens, vocabulary, window, lambda distance: 1),
        "every neighbour counts 1, the far ones as much as the next.",
        "add 1 divided by the distance between the two places.",
    ),
    Mistake(
        "sign_kept",
        lambda tokens, vocabulary, window: _count(tokens, vocabulary, window, lambda distance: -distance),
        "neighbours before a word count less than nothing: a distance is never negative.",
        "take the distance without its sign.",
    ),
    Mistake(
        "sign_turned",
        lambda tokens, vocabulary, window: _count(tokens, vocabulary, window, lambda distance: distance),
        "neighbours after a word count less than nothing: a distance is never negative.",
        "take the distance without its sign.",
    ),
    Mistake(
        "distance_plus_1",
        lambda tokens, vocabulary, window: _count(tokens, vocabulary, window, lambda distance: abs(distance) + 1),
        "every weight is too small: the next word counts 1/2, as if it stood two places away.",
        "the distance to the next word is 1.",
    ),
    Mistake(
        "after_only",
        lambda tokens, vocabulary, window: _count(tokens, vocabulary, window, before=False),
        "one-sided: only neighbours after the word are counted, so the matrix isn't symmetric.",
        "count each pair in both directions.",
    ),
    Mistake(
        "before_only",
        lambda tokens, vocabulary, window: _count(tokens, vocabulary, window, before=False).T,
        "one-sided: only neighbours before the word are counted, so the matrix isn't symmetric.",
        "count each pair in both directions.",
    ),
    Mistake(
        "wraps_around",
        _wrap_around,
        "words at the start meet words at the end: tokens[-1] is the last word.",
        "keep the start of the window from going below 0.",
    ),
    Mistake(
        "counted_twice",
        lambda tokens, vocabulary, window: 2 * cooccurrence(tokens, vocabulary, window),
        "everything counts double: each pair is met from both of its ends, and each time both cells get their share.",
        "either go through both sides and fill one cell, or through one side and fill two.",
    ),
    Mistake(
        "replaced",
        _last_weight,
        "a later meeting replaces the earlier one (=) instead of adding to it.",
        "add to what the cell holds already.",
    ),
    Mistake(
        "window_too_small",
        lambda tokens, vocabulary, window: _count(tokens, vocabulary, window - 1),
        "the neighbours exactly `window` places away are missing: range() stops one before its end.",
        "let the last distance be `window` itself.",
    ),
    Mistake(
        "unknown_removed_first",
        lambda tokens, vocabulary, window: cooccurrence([t for t in tokens if t in vocabulary], vocabulary, window),
        "words outside the vocabulary are removed first, so their neighbours move closer together.",
        "keep every word at its place, and skip the unknown ones only when you count.",
    ),
    Mistake(
        "squared_distance",
        lambda tokens, vocabulary, window: _count(tokens, vocabulary, window, lambda distance: distance**2),
        "the weight falls with the square of the distance.",
        "check the weight of two words that stand two places apart: it is 1/2.",
    ),
    Mistake(
        "rows_by_first_meeting",
        lambda tokens, vocabulary, window: cooccurrence(tokens, [*dict.fromkeys([*tokens, *vocabulary])], window)[
            : len(vocabulary), : len(vocabulary)
        ],
        "rows follow the order of the text, not that of the vocabulary.",
        "take the row number of a word from its place in the vocabulary.",
    ),
    Mistake(
        "unknown_raises_key", _look_up(lambda words: {w: i for i, w in enumerate(words)}.__getitem__), *LISTED_ONLY
    ),
    Mistake("unknown_raises", _look_up(lambda words: words.index), *LISTED_ONLY),
    Mistake(
        "words_compared",
        lambda tokens, vocabulary, window: _count(tokens, vocabulary, window) * (1 - np.eye(len(vocabulary))),
        "a word that stands twice in the window is skipped: the words are compared, not their places.",
        "compare the two positions instead of the two words.",
    ),
    Mistake(
        "rows_shared",
        lambda tokens, vocabulary, window: np.tile(
            cooccurrence(tokens, vocabulary, window).sum(axis=0), (len(vocabulary), 1)
        ),
        "all rows are the same one: [[0] * V] * V repeats a single list, so whatever is added to it shows V times.",
        "make each row anew, in a loop or with numpy.",
    ),
    Mistake(
        "window_fixed",
        lambda tokens, vocabulary, window: _count(tokens, vocabulary, 1),
        "only the next neighbours are counted, whatever the window.",
        "use the argument `window`.",
    ),
    Mistake("returned_in_outer_loop", _first_only, *RETURNED),
    Mistake("returned_in_inner_loop", lambda *arguments: _first_only(*arguments, pairs=1), *RETURNED),
    Mistake("returned_before_any", lambda *arguments: _first_only(*arguments, pairs=0), *RETURNED),
)


@exercise("1.4", reference=cooccurrence, title="count neighbours by distance", points=2, minutes=8, stars=2)
def check_cooccurrence(ask: Ask) -> None:
    """Try the card's example, repeated and unknown words, a short text and random ones."""
    inputs = [
        (["late", "ferry", "waits"], ["ferry", "late", "waits"], 2),
        (["row", "row", "your", "boat"], ["boat", "row", "your"], 2),
        (["late", "old", "ferry"], ["ferry", "late"], 2),
        (["late"], ["ferry", "late"], 2),
        (draw_tokens(ask.rng, 8, 4), WORDS[:3], 2),
        (draw_tokens(ask.rng, 12), WORDS[5::-1], 4),
    ]
    ask.each(inputs, cooccurrence, COUNT_MISTAKES)
