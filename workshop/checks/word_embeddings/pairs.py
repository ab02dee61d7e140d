"""Check 1.1: what skip-gram is trained on."""

from collections.abc import Callable

from workshop.checks.ask import Ask, Mistake
from workshop.checks.registry import exercise
from workshop.checks.word_embeddings.words import draw_tokens


def skipgram_pairs(tokens: list[str], window: int) -> list[tuple[str, str]]:
    """Pair each word with the words at most `window` places before and after it."""
    places = range(len(tokens))
    return [(tokens[i], tokens[j]) for i in places for j in places if 0 < abs(i - j) <= window]


def _pairs(tokens: list[str], keep: Callable[[int, int], bool]) -> list[tuple[str, str]]:
    """Pair the words of those places that a condition on (i, j) keeps."""
    return [(tokens[i], tokens[j]) for i in range(len(tokens)) for j in range(len(tokens)) if keep(i, j)]


RETURNED = (
    "the loops end before they have gone far: `return` stands inside the inner one.",
    "move `return` to the left, so that it comes after both loops.",
)
PAIR_MISTAKES = (
    Mistake(
        "own_pair",
        lambda tokens, window: _pairs(tokens, lambda i, j: abs(i - j) <= window),
        "each word is paired with itself too: the window includes its own place.",
        "skip the place in the middle of the window.",
    ),
    Mistake(
        "after_only",
        lambda tokens, window: _pairs(tokens, lambda i, j: 0 < j - i <= window),
        "only the words after it are taken, none of those before.",
        "let the window begin `window` places earlier, but not before the text does.",
    ),
    Mistake(
        "before_only",
        lambda tokens, window: _pairs(tokens, lambda i, j: 0 < i - j <= window),
        "only the words before it are taken, none of those after.",
        "let the window end `window` places later, but not after the text does.",
    ),
    Mistake(
        "last_neighbour_missing",
        lambda tokens, window: _pairs(tokens, lambda i, j: 0 < i - j <= window or 0 < j - i < window),
        "the farthest word on the right is missing: range() and slices stop one before their end.",
        "move the end of the window by one.",
    ),
    Mistake(
        "window_too_small",
        lambda tokens, window: _pairs(tokens, lambda i, j: 0 < abs(i - j) < window),
        "the words exactly `window` places away are missing on both sides: range() stops one before its end.",
        "let the last distance be `window` itself.",
    ),
    Mistake(
        "wraps_around",
        lambda tokens, window: [
            (tokens[i], tokens[j])
            for i in range(len(tokens))
            for j in range(i - window, i + window + 1)
            if j != i and j < len(tokens)
        ],
        "words at the start are paired with words at the end: tokens[-1] is the last word.",
        "keep the start of the window from going below 0.",
    ),
    Mistake(
        "slice_empty",
        lambda tokens, window: _pairs(tokens, lambda i, j: 0 < abs(i - j) <= window and (i >= window or j > i)),
        "words near the start lose neighbours before them: a slice that begins at a negative number is empty.",
        "keep the start of the window from going below 0.",
    ),
    Mistake(
        "same_word_skipped",
        lambda tokens, window: [pair for pair in skipgram_pairs(tokens, window) if pair[0] != pair[1]],
        "a word that stands twice in the window is skipped: the words are compared, not their places.",
        "compare the two positions instead of the two words.",
    ),
    Mistake(
        "each_pair_once",
        lambda tokens, window: sorted(set(skipgram_pairs(tokens, window))),
        "a pair that occurs several times stands there once, as in a set. Training needs the frequent pairs often.",
        "append every pair to a list.",
    ),
    Mistake(
        "entered_twice",
        lambda tokens, window: 2 * skipgram_pairs(tokens, window),
        "every pair stands there twice: it is met from both of its ends, and each time entered both ways round.",
        "at each place, enter only the pairs that begin with the word there.",
    ),
    Mistake(
        "window_edge_only",
        lambda tokens, window: _pairs(tokens, lambda i, j: abs(i - j) == window),
        "only the words exactly `window` places away are taken; those between are missing.",
        "go through every distance from 1 to `window`.",
    ),
    Mistake(
        "window_fixed",
        lambda tokens, window: skipgram_pairs(tokens, 1),
        "only the next neighbours are taken, whatever the window.",
        "use the argument `window`.",
    ),
    Mistake(
        "returned_in_outer_loop",
        lambda tokens, window: _pairs(tokens, lambda i, j: i == 0 and 0 < j <= window),
        "only the first word has got its pairs: `return` stands inside the loop over the words.",
        "move `return` to the left, so that it comes after both loops.",
    ),
    Mistake("returned_in_inner_loop", lambda tokens, window: skipgram_pairs(tokens, window)[:1], *RETURNED),
    Mistake("returned_before_any", lambda tokens, window: [], *RETURNED),
)


@exercise(
    "1.1", reference=skipgram_pairs, title="pair words with their neighbours", points=2, minutes=6, stars=1, room=True
)
def check_skipgram_pairs(ask: Ask) -> None:
    """Try the card's example, repeated words, wide windows, short texts and random ones."""
    inputs = [
        (["late", "ferry", "waits"], 1),
        (["the", "late", "ferry", "waits"], 2),
        (["row", "row", "your", "boat"], 1),
        (["storm", "tide"], 5),
        (["ferry"], 2),
        ([], 2),
        (draw_tokens(ask.rng, 7, 3), 2),
        (draw_tokens(ask.rng, 9), 3),
    ]
    ask.each(inputs, skipgram_pairs, PAIR_MISTAKES, unordered=True)
