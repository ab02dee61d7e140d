"""The figures that lesson 02 states in its text are those that were measured, and its sentences hold of them."""

import re

import numpy as np
import pytest

from backstage.lessons.source import read_lesson
from studies.text_embeddings import trained
from workshop.data import load_baskets, load_handbook, load_passages, load_prices, load_wiki_passages
from workshop.models import encode_texts, load_encoder, read_head
from workshop.search import TfidfSearch, content_words, top_k
from workshop.settings import Settings

STEM = "02_text_embeddings"
TUNED = "BM25, b chosen"


@pytest.fixture(scope="module")
def cells():
    return read_lesson(STEM)


@pytest.fixture(scope="module")
def encoder():
    pytest.importorskip("sentence_transformers")
    return load_encoder(Settings(threads=1))


def one(results, **wanted):
    (row,) = results.select(seed=None, source="measured", **wanted)
    return row


def minus(number):
    return f"{number:.2f}".replace("-", "−")


def span(row):
    return f"[{minus(row.low)}, {minus(row.high)}]"


def interval(row):
    return f"{minus(row.value)} {span(row)}"


def test_counting_is_as_good_on_questions_and_behind_on_paraphrases(results, text):
    gaps = {
        (place, kind, other): one(results, method="MiniLM", task=f"{place}, {kind}", metric=f"recall@5_minus_{other}")
        for place in ("handbook", "haystack")
        for kind in ("questions", "paraphrases")
        for other in ("TF-IDF", TUNED)
    }
    level = gaps["handbook", "questions", "TF-IDF"], gaps["haystack", "questions", TUNED]
    said = f"can't be told apart: {interval(level[0])} to TF-IDF in the handbook, "
    assert f"{said}{interval(level[1])} to BM25 with *b* = 0" in text
    assert all(row.low < 0 < row.high for row in level)
    ahead = [gaps[place, "paraphrases", TUNED] for place in ("handbook", "haystack")]
    said = f"finds more than that BM25: {interval(ahead[0])} in the handbook, {interval(ahead[1])} in the haystack."
    assert said in text
    assert min(row.low for row in ahead) > 0


@pytest.mark.slow
def test_one_setting_moves_a_baseline(results, text):
    usual, chosen = (
        one(results, method=name, task="haystack, questions", metric="recall@5").value for name in ("BM25", TUNED)
    )
    assert f"with the usual *b* finds {usual:.2f} on questions, with *b* = 0 {chosen:.2f}." in text
    assert one(results, method=TUNED, metric="b").value == 0
    assert one(results, method="BM25", task="haystack, questions", metric=f"recall@5_minus_{TUNED}").high < 0
    apart, near = (
        one(results, method="MiniLM", task="haystack, paraphrases", metric=f"recall@5_minus_{other}").value
        for other in ("TF-IDF", TUNED)
    )
    assert f"twice as large: {apart:.2f}" in text
    assert 1.8 < apart / near < 2.2
    handbook = [passage.text for passage in load_passages(edition=2)]
    others = [passage.text for passage in load_wiki_passages()[: 10_000 - len(handbook)]]
    words = [np.mean([len(content_words(one)) for one in some]) for some in (others, handbook)]
    assert f"sentences with {words[0]:.0f} counted words; ours have {words[1]:.0f}" in text


def test_what_the_baseline_does_not_count(text):
    passages = [" ".join(passage.text.split()) for passage in load_passages(edition=2)]
    counted = TfidfSearch(passages).counter.vocabulary_
    assert not {"delayed", "was", "do", "get"} & set(counted)
    assert "no passage has counts nothing, and here *delayed* is one" in text


def test_averages_depend_on_what_is_left_out(results, text):
    every, counted = (
        one(results, method=method, task="handbook, paraphrases", metric="recall@5").value
        for method in ("averages, all words", "averages")
    )
    assert f"they find {every:.2f} with function words, {counted:.2f} without." in text


def test_no_lead_over_counting_can_be_shown_against_people(results, text):
    lead = one(results, method="MiniLM", task="lee", metric="pearson_above_tfidf")
    assert f"MiniLM's over TF-IDF is {interval(lead)}" in text
    assert f"Counting reaches {one(results, method='TF-IDF', task='lee', metric='pearson').value:.2f}." in text
    (raters,) = results.select(method="people, two raters")
    assert f"two raters agree among themselves ({raters.value})" in text
    averages, doc2vec = (
        one(results, method=method, task="lee", metric="pearson_above_tfidf") for method in ("averages", "Doc2Vec")
    )
    assert f"Averages, {averages.value:.2f} above counting, and Doc2Vec, {-doc2vec.value:.2f} below" in text
    assert all(row.low < 0 < row.high for row in (averages, doc2vec, lead))
    assert results.claims["C04"].verdict == "can't tell"
    (pilot,) = results.select(method="pilot", task="C04")
    assert f"a lead below about {pilot.value:.2f} would often be missed" in text


def test_the_lesson_trains_doc2vec_as_the_study_did(cells, results):
    code = next(cell.text for cell in cells if "Doc2Vec(tagged" in cell.text)
    (options,) = re.findall(r"options = (\{.*\})", code)
    assert eval(options) == {  # constants of our own lesson
        "vector_size": trained.DIMENSIONS,
        "window": trained.WINDOW,
        "min_count": trained.FEWEST,
        "negative": 5,
        "epochs": trained.EPOCHS,
        "workers": 1,
    }
    assert "dm=0, seed=11" in code
    seeds = [
        row.value for row in results.select(method="Doc2Vec", task="lee", metric="pearson") if row.seed is not None
    ]
    band = results.bands["02.doc2vec_pearson"]
    assert len(seeds) == band["n"] == 10
    assert band["low"] < min(seeds) < max(seeds) < band["high"]


def test_what_cutting_costs(results, text):
    def loss(form):
        return one(results, method=form, task="forms", metric="recall@5_minus_whole")

    small = one(results, method="MiniLM, 384, int8", task="forms", metric="recall@5")
    whole = one(results, method="MiniLM, 384, float32", task="forms", metric="recall@5")
    assert f"recall at 5 stays at {small.value:.2f}" in text
    assert f"{small.value:.2f}" == f"{whole.value:.2f}"
    assert small.megabytes < 0.26 * whole.megabytes
    cut = loss("MiniLM, 128, float32")
    said = f"192 numbers lose {-loss('MiniLM, 192, float32').value:.2f}, 128 lose {-cut.value:.2f} "
    said += f"[{-cut.high:.2f}, {-cut.low:.2f}], 64 lose {-loss('MiniLM, 64, float32').value:.2f}."
    assert said in text
    chance = -loss("random projection, 128, float32").value
    assert f"128 directions drawn by chance, instead of chosen by PCA, lose {chance:.2f}" in text
    assert results.claims["C29"].verdict == "holds within limits"


def test_what_the_smallest_forms_cost(results, text):
    (dense,) = results.select(task="smallest form", metric="dense")
    (sparse,) = results.select(task="smallest form", metric="sparse")
    gap = one(results, task="smallest form", metric="recall@5_minus_sparse")
    assert f"{dense.megabytes:.2f} MB, against {sparse.megabytes:.2f} for BM25 (*b* = 0)" in text
    assert f"{interval(gap)} more" in text
    assert gap.low > -0.02
    assert dense.megabytes > sparse.megabytes
    seconds = {row.method: row.value for row in results.select(task="one query", metric="seconds")}
    assert seconds["MiniLM, encoding"] > 5 * max(seconds["TF-IDF"], seconds["BM25"])
    slow, fast = seconds["MiniLM, encoding"] + seconds["MiniLM, comparing"], seconds["BM25"]
    assert f"many times as long, about {slow * 1000:.0f} milliseconds against {fast * 1000:.2f}:" in text
    assert sparse.method == "BM25, b = 0, int8"
    few, counted = (
        one(results, method=name, task="forms", metric="recall@5") for name in ("MiniLM, 64, int8", sparse.method)
    )
    assert f"at {few.megabytes:.1f} MB MiniLM, with 64 numbers, finds {few.value:.2f}" in text
    assert few.value < counted.value
    assert few.megabytes > counted.megabytes
    float32, int8 = (
        one(results, method=f"TF-IDF, words in 1 or more passages, {kind}", task="forms", metric="recall@5").megabytes
        for kind in ("float32", "int8")
    )
    # A number that isn't 0 takes 8 bytes or 3, and each of the 10,000 passages a scale of 4.
    words = ((float32 - int8) * 1e6 + 40_000) / 5 / 10_000
    assert f"of a passage only its words are kept, {words:.0f} on average" in text
    assert results.claims["C03"].verdict == "holds within limits"


def test_senses_can_not_be_told(results, text):
    def value(method):
        return one(results, method=method, task="senses", metric="separation").value

    own, around, control = (
        value(f"{name}") for name in ("house word, contextual", "house word, static", "control, contextual")
    )
    assert f"senses of house words by {own:.3f}, the mean of the counted words *around* them by {around:.3f}" in text
    gaps = [one(results, task="senses", metric=f"separation_minus_{name}") for name in ("context", "control")]
    assert f"the difference is {interval(gaps[0])}" in text
    assert f"come to {control:.3f}; house words lie {interval(gaps[1])} above" in text
    assert results.claims["C27"].verdict == "can't tell"


def test_counts_recommend_better_than_vectors(results, text):
    found = {row.method: row.value for row in results.select(task="baskets", metric="recall@5")}
    gap = one(results, task="baskets", metric="recall@5_minus_counts")
    said = f"Vectors find {found['vectors']:.2f} of the hidden items among five (one item of each of the 600 latest "
    said += f"baskets was hidden), popularity {found['popularity']:.2f},"
    assert said in text
    assert f"**{found['counts']:.2f}**: {-gap.value:.2f} [{-gap.high:.2f}, {-gap.low:.2f}] more" in text
    assert f"With {len(load_prices())} items" in text
    assert len(load_baskets()) == 3000


@pytest.mark.slow
def test_the_boat_is_found_when_it_is_asked_for(encoder, text):
    texts = [" ".join(passage.text.split()) for passage in load_passages(edition=2)]
    rule = next(row for row, passage in enumerate(texts) if "Our boat left late" in passage)
    ways = ["my boat was delayed", "The ferry came in an hour behind time. Do I get money back?"]
    ids, _ = top_k(encode_texts(encoder, ways), encode_texts(encoder, texts), len(texts))
    places = [ranking.index(rule) + 1 for ranking in ids.tolist()]
    assert places[1] == 1
    assert "it comes **first**" in text
    assert f"puts it at place {places[0]}" in text
    assert "A late boat makes other boats late" in texts[ids[0, 0]]
    assert TfidfSearch(texts).score(ways)[1, rule] == 0


@pytest.mark.slow
def test_every_page_is_longer_than_the_encoder_reads(encoder, text):
    pages = load_handbook(edition=2)
    lengths = [len(encoder.tokenizer(page.text, verbose=False)["input_ids"]) for page in pages]
    assert min(lengths) > encoder.max_seq_length == 256
    assert (
        f"All {len(pages)} pages of the handbook are longer than 256 tokens, the shortest has {min(lengths)}." in text
    )
    assert f"the table of {len(encoder.tokenizer):,} tokens" in text


@pytest.mark.slow
def test_most_heads_look_at_the_first_mark(encoder, text):
    at_mark = 0
    for layer in range(6):
        for head in range(12):
            tokens, parts = read_head(encoder, "A drag of two hours or more earns 60 per cent back.", layer, head)
            at_mark += tokens[np.argmax(parts["key"] @ parts["query"][tokens.index("drag")])] == "[CLS]"
    assert (
        f"all 72 heads, and in {at_mark} of them the *drag* of the first sentence looks most at the mark `[CLS]`"
        in text
    )
