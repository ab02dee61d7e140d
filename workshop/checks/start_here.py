"""The check of lesson 00."""

import re
from collections import Counter

from workshop.checks.ask import Ask, Mistake
from workshop.checks.registry import exercise


def count_words(text: str) -> dict[str, int]:
    """Count the words of a text, lower-cased and split at white space."""
    return dict(Counter(text.lower().split()))


MISTAKES = (
    Mistake(
        "case_kept",
        lambda text: dict(Counter(text.split())),
        "'The' and 'the' are counted as two words.",
        "lower-case the text before you split it.",
    ),
    Mistake(
        "letters_counted",
        lambda text: dict(Counter(text.lower())),
        "the letters are counted: a loop over a string gives its characters.",
        "split the text first; the loop then gives its words.",
    ),
    Mistake(
        "split_at_single_spaces",
        lambda text: dict(Counter(text.lower().split(" "))),
        "split(' ') cuts at every single space, so two spaces or a new line make odd words.",
        "call split() without an argument: it cuts at any run of white space.",
    ),
    Mistake(
        "each_word_once",
        lambda text: dict.fromkeys(text.lower().split(), 1),
        "every word counts 1, however often it stands there: each time, the old count is replaced.",
        "add 1 to the count that the word has so far (0 if it has none).",
    ),
    Mistake(
        "counted_from_0",
        lambda text: {word: count - 1 for word, count in count_words(text).items()},
        "every count is one too low: the first time that a word is met counts 0.",
        "a word that is met for the first time has occurred once.",
    ),
    Mistake(
        "punctuation_stripped",
        lambda text: dict(Counter(re.findall(r"\w+", text.lower()))),
        "commas, full stops and other marks are taken off; here a word is all that stands between white space.",
        "leave the marks where they are: the card's rule keeps 'quay,' and 'quay' apart.",
    ),
    Mistake(
        "parts_of_words_counted",
        lambda text: {word: text.lower().count(word) for word in text.lower().split()},
        "a word is counted inside other words too: count() of a text finds 'he' in 'she'.",
        "count in the list of words, not in the text.",
    ),
    Mistake(
        "returned_in_loop",
        lambda text: dict.fromkeys(text.lower().split()[:1], 1),
        "only the first word is counted: `return` stands inside the loop.",
        "move `return` to the left, so that it comes after the loop.",
    ),
)


@exercise("0.1", reference=count_words, title="count words", points=2, minutes=4, stars=1, room=True)
def check_count_words(ask: Ask) -> None:
    """Try the card's example, white space of every kind, words in words, marks, an empty text and random words."""
    texts = [
        "The ferry and the sea",
        "the  sea\nthe\tferry ",
        "Low tide low TIDE low",
        "then the other tide",
        "Late, late. The quay? The ferry!",
        "",
        random_text(ask),
    ]
    ask.each([[text] for text in texts], count_words, MISTAKES)


def random_text(ask: Ask) -> str:
    """Return 40 words drawn from eight, in mixed case, with mixed white space between."""
    words = ["Tide", "tide", "FERRY", "ferry", "quay", "Quay", "rope", "late"]
    gaps = [" ", "  ", "\n", "\t"]
    return "".join(ask.rng.choice(words) + ask.rng.choice(gaps) for _ in range(40))
