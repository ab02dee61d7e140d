"""What others report on the two yardsticks: how far people agree among themselves, and vectors from large texts."""

from studies.word_embeddings.plan import LESSON
from workshop.score.results import Row

# Average Spearman correlation between two raters, and of one rater with the mean of the others.
# Source: Hill, Reichart and Korhonen 2015, and the page on which they publish SimLex-999.
PEOPLE = {
    "people, two raters": {"wordsim353": 0.61, "simlex999": 0.67},
    "people, one rater and the mean of the others": {"simlex999": 0.78},
}
# Vectors of 300 dimensions from 6 billion words, table 3 of Pennington, Socher and Manning 2014; skip-gram on a billion
# words of Wikipedia, from the page of SimLex-999.
LARGE_TEXTS = {
    "CBOW, 6 billion words": {"wordsim353": 0.572},
    "skip-gram, 6 billion words": {"wordsim353": 0.628},
    "GloVe, 6 billion words": {"wordsim353": 0.658},
    "skip-gram, 1 billion words": {"simlex999": 0.37},
}


def list_published() -> list[Row]:
    """Return the published figures as rows."""
    return [
        Row(LESSON, method, task, "spearman", value, source="published")
        for method, tasks in (PEOPLE | LARGE_TEXTS).items()
        for task, value in tasks.items()
    ]
