"""Real text and people's judgements that come with gensim: articles, rated pairs of words, analogies."""

import bz2
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from workshop.errors import WorkshopError, require, unknown

ARTICLES_FILE = "enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2"
ANALOGIES_FILE = "questions-words.txt"
RATINGS_FILES = {"wordsim353": "wordsim353.tsv", "simlex999": "simlex999.txt"}
SHORTEST_ARTICLE = 50
SHORTEST_SENTENCE = 3

_WORD = re.compile(r"[^\W\d_]+")
# Not after an initial, as in "Stephen A. Douglas".
_SENTENCE_END = re.compile(r"(?<=[.!?])(?<![\s.(][A-Z]\.)[\"'”’)]*\s+(?=[\"'“‘(]?[A-Z])")
_NOT_PROSE = re.compile(r"^\s*(?:=|\||\{|!|#REDIRECT)", re.IGNORECASE)

Pair = tuple[str, str]


@dataclass(frozen=True)
class Article:
    """An encyclopedia article: its title and its sentences, each a list of lower-case words."""

    title: str
    sentences: list[list[str]]


def find_file(name: str) -> Path:
    """Return where gensim's installed test data has a file; raise WorkshopError where it is missing."""
    require("gensim", "words")
    from gensim.test.utils import datapath

    path = Path(datapath(name))
    if not path.is_file():
        raise WorkshopError(
            f"gensim is installed without its test data: {path} is missing. "
            'Install the wheel from PyPI again: pip install --force-reinstall --no-deps "gensim>=4.4"'
        )
    return path


def split_sentences(text: str) -> list[list[str]]:
    """Split plain text into sentences of lower-case words; headings, tables and scraps under 3 words are left out."""
    lines = (line for line in text.splitlines() if not _NOT_PROSE.match(line))
    parts = (part for line in lines for part in _SENTENCE_END.split(line))
    # Fractions and superscripts count as letters to the pattern.
    sentences = ([word for word in _WORD.findall(part.lower()) if word.isalpha()] for part in parts)
    return [words for words in sentences if len(words) >= SHORTEST_SENTENCE]


def load_articles() -> list[Article]:
    """Load 106 long Wikipedia articles, in the order of the dump (about 2 seconds).

    Source: the English Wikipedia's pages 10 to 30302, shortened, CC BY-SA, in gensim's test data.
    Raises WorkshopError where gensim or its test data is not installed.
    """
    path = find_file(ARTICLES_FILE)
    from gensim.corpora.wikicorpus import extract_pages, filter_wiki

    articles = []
    with bz2.open(path) as file:
        for title, markup, _ in extract_pages(file, filter_namespaces=("0",)):
            sentences = split_sentences(filter_wiki(markup))
            if sum(map(len, sentences)) >= SHORTEST_ARTICLE:
                articles.append(Article(title, sentences))
    return articles


def load_sentences(share: float = 1.0, seed: int = 0) -> list[list[str]]:
    """Load the sentences of all articles, or a random share of them.

    share: above 0, at most 1; with one seed a smaller share is part of every larger one.
    seed: which sentences are drawn. The sentences stay in the order of the text.
    Raises WorkshopError for a share outside that range.
    """
    sentences = [sentence for article in load_articles() for sentence in article.sentences]
    return draw_share(sentences, share, seed)


def draw_share(sentences: list[list[str]], share: float, seed: int) -> list[list[str]]:
    """Return a random share of sentences in their order, smaller shares being part of larger ones."""
    if not 0 < share <= 1:
        raise WorkshopError(f"expected a share above 0 and at most 1, got {share}. A tenth of the text is 0.1.")
    order = np.random.default_rng(seed).permutation(len(sentences))
    kept = np.sort(order[: max(1, round(share * len(sentences)))])
    return [sentences[row] for row in kept]


def load_ratings(name: str) -> tuple[list[Pair], np.ndarray]:
    """Load pairs of words and how people rate them.

    name: wordsim353 (how related, 353 pairs; Finkelstein et al. 2002) or simlex999 (how similar in meaning,
    999 pairs; Hill et al. 2015). Returns P lower-case pairs and their mean ratings, shape (P,), float64, from 0 to 10.
    Raises WorkshopError for an unknown name.
    """
    if name not in RATINGS_FILES:
        raise unknown("set of ratings", name, RATINGS_FILES)
    return read_ratings(find_file(RATINGS_FILES[name]))


def read_ratings(path: Path) -> tuple[list[Pair], np.ndarray]:
    """Read pairs of words and how alike people find them.

    path: tab-separated word, word, rating; lines that begin with # are skipped.
    Returns P lower-case pairs and their ratings, shape (P,), float64.
    Raises WorkshopError with file and line where a rating is not a number.
    """
    pairs, ratings = [], []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            first, second, rating = line.split("\t")[:3]
            ratings.append(float(rating))
        except ValueError:
            raise WorkshopError(
                f"{path.name}, line {number}: expected word, word and a number with tabs between, got {line!r}."
            ) from None
        pairs.append((first.lower(), second.lower()))
    return pairs, np.array(ratings)


def load_analogies() -> dict[str, list[tuple[str, str, str, str]]]:
    """Load questions "a is to b as c is to d" by category, lower-case, 14 categories.

    Source: Mikolov et al. 2013 (questions-words.txt in gensim's test data).
    """
    categories: dict[str, list[tuple[str, str, str, str]]] = {}
    questions: list[tuple[str, str, str, str]] = []
    for line in find_file(ANALOGIES_FILE).read_text(encoding="utf-8").splitlines():
        if line.startswith(":"):
            questions = categories.setdefault(line[1:].strip(), [])
        elif line.strip():
            a, b, c, d = line.lower().split()
            questions.append((a, b, c, d))
    return categories
