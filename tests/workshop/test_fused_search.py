"""Scores fused against scipy, stems against bm25s itself, late interaction against loops over every pair of tokens."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshop.errors import MissingExtra, WorkshopError
from workshop.search import (
    Bm25Search,
    StemSearch,
    content_stems,
    encode_with_tokens,
    fuse_rankings,
    fuse_scores,
    max_sim,
)

PASSAGES = ["Refunds are paid in nine days.", "Seals rest on the rocks.", "A refunded ticket is void.", "", "Tickets"]


def test_fused_scores_are_the_mean_of_scipys_z_scores():
    from scipy.stats import zscore

    rng = np.random.default_rng(2)
    words, vectors, late = rng.exponential(30, (4, 50)), rng.normal(size=(4, 50)) / 9, rng.normal(7, 3, (4, 50))
    found = fuse_scores(words, vectors, late)
    assert found == pytest.approx((zscore(words, axis=1) + zscore(vectors, axis=1) + zscore(late, axis=1)) / 3)
    assert fuse_scores(words[1], vectors[1]) == pytest.approx(fuse_scores(words, vectors)[1])
    assert found.dtype == fuse_scores(words.astype(np.float32)).dtype == np.float64


def test_a_method_that_is_sure_counts_more_which_ranks_cannot_tell():
    sure, unsure = np.array([0.0, 9, 0.1, 0.2]), np.array([0.50, 0.52, 0.53, 0.51])
    assert fuse_scores(sure, unsure).argmax() == 1
    swapped = np.array([0.0, 0.3, 0.1, 0.2])  # the same ranks, and sure of nothing
    assert fuse_scores(swapped, np.array([0.50, 0.52, 0.99, 0.51])).argmax() == 2
    lists = [np.argsort(-one).tolist() for one in (sure, unsure)]
    assert lists == [np.argsort(-one).tolist() for one in (swapped, np.array([0.50, 0.52, 0.99, 0.51]))]
    assert fuse_rankings(lists)[0] == 1


@given(st.integers(0, 1000), st.floats(0.01, 100), st.floats(-1e3, 1e3))
def test_scale_and_origin_of_a_method_change_nothing(seed, scale, origin):
    scores = np.random.default_rng(seed).integers(-3, 4, (2, 6)).astype(float)
    assert fuse_scores(scores * scale + origin) == pytest.approx(fuse_scores(scores), abs=1e-6)


def test_equal_scores_count_nothing_even_where_their_mean_is_rounded():
    assert fuse_scores(np.full(3, 0.1), np.array([1.0, 3, 2])).argmax() == 1
    assert fuse_scores(np.full((2, 3), 0.1)).tolist() == [[0, 0, 0]] * 2


@pytest.mark.parametrize(
    ("scores", "words"),
    [
        ((), r"got shapes \[\]"),
        ((np.zeros(3), np.zeros(4)), r"got shapes \[\(3,\), \(4,\)\]"),
        ((np.zeros((2, 3, 4)),), "got shapes"),
        ((np.zeros((2, 0)),), "got shapes"),
        ((np.array([1.0, np.nan]),), "NaN or infinity"),
        ((np.array([1.0, -np.inf]), np.zeros(2)), "NaN or infinity"),
    ],
)
def test_what_cannot_be_fused_is_named(scores, words):
    with pytest.raises(WorkshopError, match=words):
        fuse_scores(*scores)


def test_words_of_one_stem_are_one_word():
    pytest.importorskip("bm25s")
    assert content_stems("The refunds, refunded: a Ticket's REFUND") == ["refund", "refund", "ticket", "refund"]
    scores = StemSearch(PASSAGES).score(["refund", "tickets", "the", "submarine"])
    assert scores.shape == (4, 5)
    assert (scores[0] > 0).tolist() == [True, False, True, False, False]
    assert scores[1].argmax() == 4
    assert not scores[2:].any(), "function words and unknown words score nothing"
    assert not Bm25Search(PASSAGES).score(["refund"]).any(), "which words as they are written miss"


def test_stems_are_scored_by_bm25s_alone():
    bm25s = pytest.importorskip("bm25s")
    import snowballstemmer

    stem = snowballstemmer.stemmer("english").stemWords
    split = [["refunds", "paid", "days"], ["seals", "rest", "rocks"], ["refunded", "ticket", "void"], [], ["tickets"]]
    oracle = bm25s.BM25(b=0.4)
    oracle.index([stem(words) for words in split], show_progress=False)
    found = StemSearch(["Refunds paid. Days", *PASSAGES[1:]], b=0.4).score(["refunding a ticket"])[0]
    assert found == pytest.approx(oracle.get_scores(["refund", "ticket"]))


def test_a_title_joined_to_its_text_is_found_by():
    pytest.importorskip("bm25s")
    plain, titled = ["Nine days.", "Ten crowns."], ["leave\nNine days.", "fares\nTen crowns."]
    assert not StemSearch(plain).score(["fare"]).any()
    assert StemSearch(titled).score(["fare"])[0].argmax() == 1


@pytest.mark.parametrize("passages", [[], [""], ["the", "of"]])
def test_passages_without_a_word_are_named(passages):
    pytest.importorskip("bm25s")
    with pytest.raises(WorkshopError, match=f"none of {len(passages)} passages holds a word"):
        StemSearch(passages)


def test_stems_without_their_library_say_what_to_install(monkeypatch):
    from workshop.search import stems

    stems._make_stemmer.cache_clear()
    monkeypatch.setitem(__import__("sys").modules, "snowballstemmer", None)
    with pytest.raises(MissingExtra, match=r"\[text\]"):
        content_stems("refunds")


def match_slowly(query, passages):
    """Return the mean over the query's tokens of the best cosine, a pair at a time."""
    return [np.mean([max(float(one @ other) for other in passage) for one in query]) for passage in passages]


@given(st.integers(0, 1000), st.lists(st.integers(1, 9), min_size=1, max_size=6), st.integers(1, 5))
def test_late_interaction_is_the_best_match_of_each_token(seed, lengths, tokens):
    rng = np.random.default_rng(seed)
    query, *passages = (one / np.linalg.norm(one, axis=1, keepdims=True) for one in (
        rng.normal(size=(length, 8)) for length in (tokens, *lengths)
    ))  # fmt: skip
    found = max_sim(query, passages)
    assert found == pytest.approx(match_slowly(query, passages), abs=1e-5)
    assert found.dtype == np.float32


def test_late_interaction_by_hand():
    right, up, between = np.array([[1.0, 0]]), np.array([[0, 1.0]]), np.array([[0.6, 0.8]])
    passages = [np.concatenate([right, up]), between, -right]
    assert max_sim(np.concatenate([right, up]), passages) == pytest.approx([1, 0.7, -0.5])
    assert max_sim(right, []).shape == (0,)


@pytest.mark.parametrize(
    ("query", "passages"),
    [
        (np.zeros(4), [np.zeros((2, 4))]),
        (np.zeros((2, 4)), [np.zeros((2, 3))]),
        (np.zeros((2, 4)), [np.zeros((2, 4)), np.zeros((0, 4))]),
        (np.zeros((0, 4)), []),
        (np.zeros((2, 4)), [np.zeros(4)]),
    ],
)
def test_vectors_of_other_shapes_are_named(query, passages):
    with pytest.raises(WorkshopError, match=r"expected tokens' vectors \(T, D\), got .*encode_with_tokens"):
        max_sim(query, passages)


@pytest.fixture(scope="module")
def encoder():
    pytest.importorskip("sentence_transformers")
    from workshop.models import load_encoder

    return load_encoder()


TEXTS = ["Where is the boat?", "", "The oﬃce opens at 8:55. " * 9, "Refunds", "Seals rest on the rocks of the isle."]


@pytest.mark.slow
def test_one_pass_gives_the_texts_vectors_and_their_tokens(encoder, monkeypatch):
    from workshop.models import encode_texts, encode_tokens
    from workshop.search import late

    monkeypatch.setattr(late, "PART", 2)
    vectors, tokens = encode_with_tokens(encoder, TEXTS)
    assert vectors.dtype == np.float32
    assert vectors == pytest.approx(encode_texts(encoder, TEXTS), abs=1e-5)
    for text, found in zip(TEXTS, tokens, strict=True):
        read = encode_tokens(encoder, text.replace("ﬃ", "ffi"))[1]
        assert found.dtype == np.float32
        assert found.shape == read.shape
        assert found == pytest.approx(read / np.linalg.norm(read, axis=1, keepdims=True), abs=1e-5)


@pytest.mark.slow
def test_a_text_matches_itself_best(encoder):
    _, tokens = encode_with_tokens(encoder, TEXTS)
    scores = np.array([max_sim(one, tokens) for one in tokens])
    assert scores.argmax(axis=1).tolist() == list(range(len(TEXTS)))
    assert np.diag(scores) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)


@pytest.mark.parametrize(
    ("texts", "words"),
    [("one text", "got one string"), ([], "got none"), (["a", None, 3], "got NoneType, int, str")],
)
def test_what_is_no_list_of_texts_is_named(texts, words):
    with pytest.raises(WorkshopError, match=words):
        encode_with_tokens(None, texts)
