"""The articles, the ratings and the analogies are what the lessons say they are."""

import numpy as np
import pytest

from workshop.data import corpora, draw_share, load_analogies, load_articles, load_ratings
from workshop.errors import MissingExtra, WorkshopError

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def articles():
    pytest.importorskip("gensim")
    return load_articles()


def test_articles_are_many_long_and_clean(articles):
    sentences = [sentence for article in articles for sentence in article.sentences]
    words = [word for sentence in sentences for word in sentence]
    assert len(articles) == 106
    assert 400_000 < len(words) < 500_000
    assert all(word == word.lower() and word.isalpha() for word in words)
    assert min(map(len, sentences)) >= corpora.SHORTEST_SENTENCE
    assert len({article.title for article in articles}) == len(articles)


def test_articles_are_the_same_every_time(articles):
    assert load_articles() == articles


def test_sentences_end_where_they_end():
    text = '== History ==\nStephen A. Douglas lost. "He won!" Then, in 1860, all changed ½ (a lot.) The end came.'
    text += "\n| a | b c\n* see"
    assert [" ".join(words) for words in corpora.split_sentences(text)] == [
        "stephen a douglas lost",
        "then in all changed a lot",
        "the end came",
    ]


def test_shares_are_nested_and_keep_the_order():
    sentences = [[str(number)] for number in range(200)]
    small, large = (draw_share(sentences, share, seed=3) for share in (0.1, 0.5))
    assert (len(small), len(large)) == (20, 100)
    assert {one[0] for one in small} < {one[0] for one in large}
    assert [int(one[0]) for one in large] == sorted(int(one[0]) for one in large)
    assert draw_share(sentences, 0.1, seed=4) != small
    assert draw_share(sentences, 1.0, seed=3) == sentences


@pytest.mark.parametrize("share", [0, -0.1, 1.5])
def test_impossible_share_is_refused(share):
    with pytest.raises(WorkshopError, match="above 0 and at most 1"):
        draw_share([["a"]], share, 0)


@pytest.mark.parametrize(("name", "size"), [("wordsim353", 353), ("simlex999", 999)])
def test_ratings_are_whole(name, size):
    pytest.importorskip("gensim")
    pairs, ratings = load_ratings(name)
    assert len(pairs) == size
    assert ratings.shape == (size,)
    assert ratings.dtype == np.float64
    assert 0 <= ratings.min() < ratings.max() <= 10
    assert all(word == word.lower() for pair in pairs for word in pair)


def test_unknown_ratings_name_the_known_ones():
    with pytest.raises(WorkshopError, match=r"Did you mean 'wordsim353'\? Known: simlex999, wordsim353"):
        load_ratings("wordsim")


@pytest.mark.parametrize("line", ["cat\tdog\tmany", "cat dog 7", "cat\t7"])
def test_bad_rating_names_file_and_line(tmp_path, line):
    path = tmp_path / "mine.tsv"
    path.write_text(f"# words\nsun\tmoon\t5.5\n{line}\n")
    with pytest.raises(WorkshopError, match=r"mine\.tsv, line 3: expected word, word and a number"):
        corpora.read_ratings(path)


def test_analogies_have_fourteen_categories_of_four_words():
    pytest.importorskip("gensim")
    categories = load_analogies()
    assert len(categories) == 14
    assert ("boy", "girl", "brother", "sister") in categories["family"]
    assert all(len(question) == 4 for questions in categories.values() for question in questions)


def test_missing_gensim_gives_the_pip_line(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r'pip install -e "\.\[words\]"'):
        load_articles()


def test_missing_file_says_what_to_do():
    pytest.importorskip("gensim")
    with pytest.raises(WorkshopError, match="without its test data"):
        corpora.find_file("no-such-file.txt")
