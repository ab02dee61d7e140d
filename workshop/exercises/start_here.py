"""Lesson 00: how a check works, on one toy exercise."""

from workshop.checks.registry import exercise, lesson
from workshop.checks.slips import COUNTS

lesson("00_start_here", title="Start here", minutes=15, extra="learn")


@exercise("0.1", title="count words", points=2, minutes=4, stars=1, room=True, answer=COUNTS)
def count_words(text: str) -> dict[str, int]:
    """Count the words of a text, lower-cased and split at white space."""
    counts = {}
    for word in text.lower().split():
        counts[word] = counts.get(word, 0) + 1
    return counts


count_words.tries(
    ("The ferry and the sea",), ("the  sea\nthe\tferry ",), ("Low tide low TIDE low",), ("then the other tide",),
    ("Late, late. The quay? The ferry!",), ("",),
)  # fmt: skip
count_words.draws(
    lambda rng: (
        "".join(
            rng.choice(["Tide", "tide", "FERRY", "ferry", "quay", "Quay", "rope"]) + rng.choice([" ", "  ", "\n", "\t"])
            for _ in range(40)
        ),
    ),
    times=1,
)
count_words.mistakes(
    (".lower()", "", "'The' and 'the' are counted as two words.", "lower-case the text before you split it."),
    (".split()", "", "the letters are counted: a loop over a string gives its characters.",
     "split the text first; the loop then gives its words."),
    (".split()", '.split(" ")', "split(' ') cuts at every single space, so two spaces or a new line make odd words.",
     "call split() without an argument: it cuts at any run of white space."),
    ("in text.lower().split()", 'in [word.strip(".,;:!?") for word in text.lower().split()]',
     "commas, full stops and other marks are taken off; here a word is all that stands between white space.",
     "leave the marks where they are: the card's rule keeps 'quay,' and 'quay' apart."),
    ("counts.get(word, 0) + 1", "text.lower().count(word)",
     "a word is counted inside other words too: count() of a text finds 'he' in 'she'.",
     "count in the list of words, not in the text."),
)  # fmt: skip
