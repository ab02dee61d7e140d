"""Passages lose nothing, the shipped vectors are the encoder's, and made vectors are searched like real ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshop.data import (
    Document,
    cut_document,
    enlarge,
    haystack,
    load_haystack,
    load_passages,
    load_wiki_vectors,
    wiki_vectors,
)
from workshop.data.haystack import load_wiki_passages
from workshop.errors import WorkshopError

BAND = 0.05
REAL = 7_000
QUERIES = 200

words = st.text("abc#", min_size=1, max_size=4)
pages = st.lists(st.lists(words, min_size=1, max_size=30).map(" ".join), max_size=12).map("\n\n".join)


@given(text=pages, size=st.integers(1, 40))
def test_passages_keep_every_word_in_order_and_stay_within_the_size(text, size):
    passages = cut_document(Document("page", text), size)
    assert " ".join(one.text for one in passages).split() == text.split()
    assert {one.document for one in passages} <= {"page"}
    assert all(one.text.strip() for one in passages)
    assert all(len(one.text.split()) <= size for one in passages)


def test_headings_stay_with_what_follows():
    page = Document("page", "# Title\n\nIntro of five words here.\n\n## Part\n\nText of the part is here.")
    assert [one.text for one in cut_document(page, 8)] == [
        "# Title\nIntro of five words here.",
        "## Part\nText of the part is here.",
    ]


def test_a_size_without_words_is_refused():
    with pytest.raises(WorkshopError, match="at least 1 word, got 0"):
        cut_document(Document("page", "text"), 0)


@pytest.fixture(scope="module")
def wiki():
    pytest.importorskip("gensim")
    return load_wiki_passages()


@pytest.fixture(scope="module")
def vectors():
    return load_wiki_vectors()


@pytest.mark.slow
def test_wiki_passages_are_as_promised(wiki):
    assert len(wiki) == haystack.WIKI_PASSAGES
    shortest, longest = haystack.WIKI_WORDS
    assert all(shortest <= len(one.text.split()) <= longest for one in wiki)
    assert wiki == load_wiki_passages()


@pytest.mark.slow
def test_haystack_begins_with_the_handbook(wiki):
    passages = load_passages()
    found = load_haystack(size=2_000)
    assert len(found) == 2_000
    assert found[: len(passages)] == passages
    assert found[len(passages) :] == wiki[: 2_000 - len(passages)]
    assert load_haystack(size=len(passages)) == passages


@pytest.mark.parametrize("size", [1, 100_000])
def test_a_haystack_of_another_size_is_refused(size):
    with pytest.raises(WorkshopError, match=f"got {size}"):
        load_haystack(size=size)


@pytest.mark.slow
def test_shipped_vectors_are_the_encoders(wiki, vectors):
    pytest.importorskip("transformers")
    from workshop.models import encode_texts, load_encoder
    from workshop.settings import Settings

    assert vectors.shape == (haystack.WIKI_PASSAGES, 384)
    assert vectors.dtype == np.float32
    rows = np.random.default_rng(0).permutation(len(wiki))[:40]
    own = encode_texts(load_encoder(Settings(threads=1)), [wiki[row].text for row in rows])
    assert (own * vectors[rows]).sum(axis=1).min() > 0.9995


def test_rounding_to_int8_comes_back():
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(50, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    values, scales = wiki_vectors.quantize(vectors)
    assert values.dtype == np.int8
    np.testing.assert_allclose(wiki_vectors.restore(values, scales), vectors, atol=2e-3)


def test_missing_or_mixed_up_files_are_named(tmp_path):
    with pytest.raises(WorkshopError, match="can't read the vectors"):
        load_wiki_vectors(tmp_path)
    np.save(tmp_path / wiki_vectors.VALUES_FILE, np.zeros((3, 4), dtype=np.int8))
    np.save(tmp_path / wiki_vectors.SCALES_FILE, np.zeros(2, dtype=np.float32))
    with pytest.raises(WorkshopError, match="don't belong together"):
        load_wiki_vectors(tmp_path)


def test_pickles_are_refused(tmp_path):
    np.save(tmp_path / wiki_vectors.VALUES_FILE, np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(WorkshopError, match="can't read the vectors"):
        load_wiki_vectors(tmp_path)


def test_enlarging_keeps_the_real_ones_and_repeats(vectors):
    few = vectors[:500]
    made = enlarge(few, 1_200, seed=3)
    assert made.shape == (1_200, 384)
    assert made.dtype == np.float32
    np.testing.assert_array_equal(made[:500], few)
    np.testing.assert_allclose(np.linalg.norm(made, axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(made, enlarge(few, 1_200, seed=3))
    assert not np.array_equal(made, enlarge(few, 1_200, seed=4))
    np.testing.assert_array_equal(enlarge(few, 20), few[:20])
    with pytest.raises(WorkshopError, match="more than 10 vectors"):
        enlarge(few[:10], 20)


def _spread(vectors):
    """Return how many directions hold the variance (participation ratio)."""
    values = np.linalg.eigvalsh(np.cov(vectors.T))
    return values.sum() ** 2 / (values**2).sum()


@pytest.fixture(scope="module")
def both(vectors):
    """Return as many real vectors and vectors of which half are made, and questions that neither holds."""
    order = np.random.default_rng(1).permutation(len(vectors))
    asked, kept = vectors[order[:QUERIES]], vectors[order[QUERIES:]]
    real = kept[: 2 * (REAL - QUERIES)]
    return real, enlarge(kept[: len(real) // 2], len(real), seed=0), asked


@pytest.mark.slow
def test_made_vectors_spread_and_lie_like_real_ones(both):
    real, enlarged, asked = both
    made = enlarged[len(enlarged) // 2 :]
    assert _spread(made) == pytest.approx(_spread(real), rel=0.2)
    for k in (1, 10):
        found = [np.median(np.sort(asked @ vectors.T, axis=1)[:, -k]) for vectors in (real, enlarged)]
        assert found[1] == pytest.approx(found[0], abs=0.06)


@pytest.mark.slow
def test_white_noise_would_not_do(both):
    real, enlarged, _ = both
    starts = enlarged[: len(enlarged) // 2]
    size = np.linalg.norm(enlarged[len(starts) :] - starts, axis=1).mean()
    noise = np.random.default_rng(0).normal(size=starts.shape)
    noisy = starts + noise * size / np.linalg.norm(noise, axis=1, keepdims=True)
    assert _spread(noisy) > 1.4 * _spread(real)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["IVF", "PQ"])
def test_indexes_find_as_much_among_made_vectors_as_among_real_ones(both, kind):
    faiss = pytest.importorskip("faiss")
    faiss.omp_set_num_threads(1)
    curves = [_recall_curve(faiss, kind, vectors, both[2]) for vectors in both[:2]]
    np.testing.assert_allclose(curves[0], curves[1], atol=BAND)


def _recall_curve(faiss, kind, vectors, asked):
    """Return recall@10 against the exact search, for several settings of an index."""
    exact = np.argsort(-(asked @ vectors.T), axis=1)[:, :10]
    recalls = []
    if kind == "PQ":
        indexes = [faiss.IndexPQ(384, pieces, 8, faiss.METRIC_INNER_PRODUCT) for pieces in (16, 48, 96)]
        for index in indexes:
            index.pq.cp.niter = 5  # of 25: both curves bear the same, in a fifth of the time
    else:
        flat = faiss.IndexFlatIP(384)
        indexes = [faiss.IndexIVFFlat(flat, 384, 64, faiss.METRIC_INNER_PRODUCT)]
    for index in indexes:
        index.train(vectors)
        index.add(vectors)
        for probes in (1, 2, 4, 8, 16) if kind == "IVF" else (None,):
            if probes:
                index.nprobe = probes
            found = index.search(asked, 10)[1]
            recalls.append(np.mean([len(set(a) & set(b)) / 10 for a, b in zip(found, exact, strict=True)]))
    return recalls
