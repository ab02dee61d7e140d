"""Check 1.8: what fastText knows of a word that it has never seen."""

from collections.abc import Iterable

from workshop.checks.ask import Ask, Mistake
from workshop.checks.registry import exercise
from workshop.checks.word_embeddings.words import WORDS


def character_ngrams(word: str, shortest: int, longest: int) -> list[str]:
    """Cut <word> into all n-grams from the shortest to the longest. Source: Bojanowski et al. 2017."""
    return cut(f"<{word}>", range(shortest, longest + 1))


def cut(marked: str, sizes: Iterable[int]) -> list[str]:
    """Return all pieces of these sizes, the small ones first."""
    return [marked[i : i + size] for size in sizes for i in range(len(marked) - size + 1)]


FIXED = (
    "the sizes of the card's example, 3 and 4, are written into the function, whatever is given.",
    "use the arguments `shortest` and `longest`.",
)
MISTAKES = (
    Mistake(
        "boundaries_missing",
        lambda word, shortest, longest: cut(word, range(shortest, longest + 1)),
        "the marks < and > are missing, so the start of a word looks like its middle.",
        "put the marks around the word before you cut it.",
    ),
    Mistake(
        "first_mark_missing",
        lambda word, shortest, longest: cut(f"{word}>", range(shortest, longest + 1)),
        "the mark < at the start of the word is missing.",
        "put a mark at each end of the word before you cut it.",
    ),
    Mistake(
        "longest_missing",
        lambda word, shortest, longest: cut(f"<{word}>", range(shortest, longest)),
        "the pieces of the longest size are missing: range() stops one before its end.",
        "let the last size be `longest` itself.",
    ),
    Mistake(
        "last_piece_missing",
        lambda word, shortest, longest: [
            f"<{word}>"[i : i + size] for size in range(shortest, longest + 1) for i in range(len(word) + 2 - size)
        ],
        "the last piece of every size is missing, the one that ends with >.",
        "is the mark > there? Then count by hand how many pieces of 3 letters fit into a text of 6.",
    ),
    Mistake(
        "stumps_kept",
        lambda word, shortest, longest: [
            f"<{word}>"[i : i + size] for size in range(shortest, longest + 1) for i in range(len(word) + 2)
        ],
        "stumps at the end: a slice beyond the end of a text is shorter than asked for.",
        "stop where a whole piece still fits.",
    ),
    Mistake(
        "shortest_only",
        lambda word, shortest, longest: cut(f"<{word}>", range(shortest, shortest + 1)),
        "only the pieces of the shortest size are there.",
        "repeat the cutting for every size up to `longest`. Does `return` stand inside the loop?",
    ),
    Mistake(
        "longest_only",
        lambda word, shortest, longest: cut(f"<{word}>", range(longest, longest + 1)),
        "only the pieces of the longest size are there.",
        "repeat the cutting for every size from `shortest` on.",
    ),
    Mistake(
        "sizes_between_missing",
        lambda word, shortest, longest: cut(f"<{word}>", sorted({shortest, longest})),
        "only the pieces of the shortest and the longest size are there.",
        "go through the sizes between them too.",
    ),
    Mistake(
        "each_once",
        lambda word, shortest, longest: sorted(set(character_ngrams(word, shortest, longest))),
        "a piece that occurs twice in the word stands there once, as in a set.",
        "append every piece to a list.",
    ),
    Mistake(
        "word_added",
        lambda word, shortest, longest: [*character_ngrams(word, shortest, longest), f"<{word}>"],
        "the whole word is added besides the pieces.",
        "return the pieces only; the word is one of them only if its length fits.",
    ),
    Mistake("sizes_fixed", lambda word, shortest, longest: character_ngrams(word, 3, 4), *FIXED),
    Mistake("shortest_fixed", lambda word, shortest, longest: character_ngrams(word, 3, longest), *FIXED),
    Mistake("longest_fixed", lambda word, shortest, longest: character_ngrams(word, shortest, 4), *FIXED),
)


@exercise("1.8", reference=character_ngrams, title="cut a word into pieces", points=1, minutes=5, stars=1)
def check_character_ngrams(ask: Ask) -> None:
    """Try the card's example, a repeated piece, short words and random ones."""
    inputs = [
        ("quay", 3, 4),
        ("banana", 3, 5),
        ("sea", 2, 3),
        ("a", 3, 6),
        (ask.rng.choice(WORDS) + ask.rng.choice(WORDS), 3, 6),
        (ask.rng.choice(WORDS), 2, 2),
    ]
    ask.each(inputs, character_ngrams, MISTAKES, unordered=True)
