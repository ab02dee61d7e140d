"""Real texts that people have judged, from gensim's test data: film reviews, and news stories and their likeness."""

import numpy as np

from workshop.data.corpora import find_file
from workshop.errors import WorkshopError

REVIEWS_FILE = "pang_lee_polarity.cor"
LEE_FILE = "lee.cor"
LEE_BACKGROUND_FILE = "lee_background.cor"
LEE_RATINGS_FILE = "similarities0-1.txt"
LABEL = "__label__"


def load_reviews() -> tuple[list[str], list[str]]:
    """Load 200 sentences of film reviews and what their writers thought: "neg" or "pos", 100 each.

    Source: Pang and Lee 2005 (pang_lee_polarity.cor in gensim's test data).
    """
    lines = find_file(REVIEWS_FILE).read_text(encoding="cp1252").split("\n")
    marks, _, texts = zip(*(line.partition(" ") for line in lines if line.strip()), strict=True)
    if not all(mark.startswith(LABEL) for mark in marks):
        raise WorkshopError(f"{REVIEWS_FILE} is not the published file: a line has no {LABEL}. Install gensim again.")
    return [text.strip() for text in texts], [mark.removeprefix(LABEL) for mark in marks]


def load_lee() -> tuple[list[str], np.ndarray]:
    """Load 50 short news stories and how alike people find each pair.

    Returns 50 texts and ratings, shape (50, 50), float64, symmetric, from 0.2 (not at all alike) to 1 (the same).
    Source: Lee, Pincombe and Welsh 2005 (lee.cor in gensim's test data).
    """
    ratings = np.loadtxt(find_file(LEE_RATINGS_FILE))
    # The file fills the upper triangle only.
    upper = np.triu(ratings, 1)
    return _read_stories(LEE_FILE), upper + upper.T + np.eye(len(ratings))


def load_lee_background() -> list[str]:
    """Load 300 further news stories of the same years, without judgements. Source: as load_lee."""
    return _read_stories(LEE_BACKGROUND_FILE)


def _read_stories(name: str) -> list[str]:
    """Return the stories of a file, one a line."""
    return [line.strip() for line in find_file(name).read_text(encoding="cp1252").split("\n") if line.strip()]
