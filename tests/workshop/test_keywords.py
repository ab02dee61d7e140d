"""Search by words against scikit-learn and a formula written out; rankings joined."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshop.search import Bm25Search, TfidfSearch, content_words, fuse_rankings

PASSAGES = ["The boat left late, the late boat.", "Refunds for a late boat", "Seals on the rocks", ""]


def test_tfidf_ranks_what_shares_rare_words_first():
    scores = TfidfSearch(PASSAGES).score(["late refunds", "seals", "the", "submarine"])
    assert scores.shape == (4, 4)
    assert scores[0].argmax() == 1
    assert scores[1].argmax() == 2
    assert not scores[2:].any(), "function words and unknown words score nothing"
    assert scores.max() <= 1 + 1e-9


def test_bm25_is_its_formula():
    pytest.importorskip("bm25s")
    scores = Bm25Search(PASSAGES).score(["late refunds", "the"])
    words = [["boat", "left", "late", "late", "boat"], ["refunds", "late", "boat"], ["seals", "rocks"], []]
    average = np.mean([len(one) for one in words])

    def weigh(word, one):
        having = sum(word in other for other in words)
        count, length = one.count(word), 1 - 0.75 + 0.75 * len(one) / average
        return np.log(1 + (len(words) - having + 0.5) / (having + 0.5)) * count / (count + 1.5 * length)

    wanted = [sum(weigh(word, one) for word in ("late", "refunds")) for one in words]
    assert scores[0] / scores[0].max() == pytest.approx(np.array(wanted) / max(wanted), rel=0.01)
    assert scores[1].tolist() == [0, 0, 0, 0]


def test_bm25_without_its_library_says_what_to_install(monkeypatch):
    from workshop.errors import MissingExtra

    monkeypatch.setitem(__import__("sys").modules, "bm25s", None)
    with pytest.raises(MissingExtra, match=r"\[text\]"):
        Bm25Search(PASSAGES)


def test_fusion_by_hand():
    assert fuse_rankings([[1, 2], [2, 3]], 60) == [2, 1, 3]
    assert fuse_rankings([[5], [4]], 0) == [4, 5], "ties go to the lower id"
    assert fuse_rankings([], 60) == []


@given(st.permutations(range(6)), st.integers(1, 4), st.floats(0, 100))
def test_fusing_a_ranking_with_itself_changes_nothing(ranking, times, constant):
    assert fuse_rankings([ranking] * times, constant) == list(ranking)


def test_what_is_counted_is_the_same_for_all():
    assert content_words("The 8:55 boat wasn't late, a Boat!") == ["55", "boat", "wasn", "late", "boat"]
    assert set(TfidfSearch(PASSAGES).counter.vocabulary_) == {word for one in PASSAGES for word in content_words(one)}


def test_length_is_marked_down_by_b_alone():
    pytest.importorskip("bm25s")
    short, long = "late boat", "late boat " + "seal " * 20
    usual, none = (Bm25Search([short, long, "rope"], *b).score(["boat"])[0] for b in ((), (0,)))
    assert usual[0] > usual[1] > 0
    assert none[0] == pytest.approx(none[1])
