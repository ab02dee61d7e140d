"""The figures that lesson 05 states in its text are those that were measured, and its sentences hold of them."""

import pytest

from backstage.lessons.source import read_lesson
from tests.studies.sentences import interval, number, one
from workshop.score.results import read_results

STEM = "05_retrieval_bot"


@pytest.fixture(scope="module")
def results():
    return read_results(STEM)


@pytest.fixture(scope="module")
def text():
    return "\n".join(cell.text for cell in read_lesson(STEM) if cell.kind == "markdown")


def read(results, reader, passages, metric="right", task="reading"):
    count = {"none": 0, "right": 1}.get(passages, results.select(task="choosing", metric="chosen")[0].value)
    return one(results, method=reader, task=task, metric=metric, settings={"passages": passages, "count": count})


def read_one(results, passages):
    """Return the plain model's share right behind one passage."""
    settings = {"passages": passages, "count": 1}
    return one(results, method="plain", task="reading", metric="right", settings=settings).value


def test_the_facts_come_from_the_passages(results, text):
    for reader in ("plain", "reader"):
        assert {read(results, reader, passages).value for passages in ("none", "random")} == {0}
    n = read(results, "plain", "none").n
    assert f"none of {n} questions was answered rightly by either reader" in text
    plain, tuned = (read(results, reader, "MiniLM") for reader in ("plain", "reader"))
    assert f"passages {interval(plain)} were by the plain model, {interval(tuned)} by *reader*" in text
    best = [number(read(results, reader, "right").value) for reader in ("plain", "reader")]
    assert f"with the right passage alone {best[0]} and {best[1]}." in text


def test_vectors_find_no_more_answers_than_words(results, text):
    words = read(results, "reader", "BM25")
    both = [read(results, "reader", name, task="reading, in other words") for name in ("BM25", "MiniLM")]
    said = f"BM25's passages gave *reader* {number(words.value)}, which can't be told from"
    assert f"{said} {number(read(results, 'reader', 'MiniLM').value)}, and on the same" in text
    assert f"in other words {number(both[0].value)} against {number(both[1].value)}." in text
    claim = results.claims["C30"]
    assert claim.verdict == "holds within limits"
    assert claim.low < 0 < claim.high


def test_a_better_reader_is_worth_more_than_a_better_search(results, text):
    def blamed(reader, name):
        return one(results, method=reader, task="blame", metric=name)

    wrong, lost = (number(blamed("plain", name).value) for name in ("reading", "retrieval"))
    assert f"{wrong} of all answers are wrong though the answer stood in the prompt, and {lost} because" in text
    now, search, reader = (
        number(blamed("plain", name).value) for name in ("right", "perfect search", "perfect reader")
    )
    assert f"would take it from {now} to {search}, and more than half" in text
    assert f"a perfect reader, with the same search, to {reader}." in text
    fewer, right = (read_one(results, name) for name in ("MiniLM", "right"))
    assert fewer - float(now) > (right - float(now)) / 2
    misread, refused = (number(blamed("reader", name).value) for name in ("reading", "abstained"))
    assert f"*Reader* misreads {misread}, and refuses {refused} (" in text


def test_every_cure_has_its_price(results, text):
    def share(method, metric, there=False):
        return one(results, method=method, task=f"cures, {'' if there else 'un'}answerable", metric=metric)

    assert f"{number(share('passages', 'wrong').value)} of the plain model's replies are no refusal" in text
    assert f"gave none either: {number(share('told to abstain', 'wrong').value)}." in text
    refused, needless = share("the adapter reader", "abstained"), share("the adapter reader", "abstained", True)
    assert f"refuses {interval(refused)} of these, and needlessly {number(needless.value)} of the others" in text
    kept, before = (share(name, "right", True).value for name in ("reader, threshold", "the adapter reader"))
    silent = number(share("reader, threshold", "abstained").value)
    assert f"The threshold before *reader* refuses {silent}, at the price of a quarter of the right answers" in text
    assert f"{number(kept)} instead of {number(before)}." in text
    assert 0.2 < 1 - kept / before < 0.3
    grounded = share("reader, grounded answers alone", "wrong").value
    assert grounded > share("the adapter reader", "wrong").value - 0.1


def test_the_new_answer_comes_after_the_exchange(results, text):
    def share(when, metric):
        settings = {"when": when}
        return one(results, method="reader", task="changed pages", metric=metric, settings=settings)

    old, new = share("before", "old answer"), share("after", "new answer")
    assert f"Of {old.n} changed facts *reader* gave the old answer for {interval(old)} before" in text
    assert f"the new one for {interval(new)} after the pages were exchanged, and never the old one again" in text
    assert share("after", "old answer").value == 0


def test_orders_are_few_and_a_filter_costs_little(results, text):
    def share(reader, way, metric="obeyed"):
        return one(results, method=reader, task="planted orders", metric=metric, settings={"way": way})

    n = share("plain", "contract").n
    obeyed = {
        way: [round(share(reader, way).value * n) for reader in ("plain", "reader")]
        for way in ("contract", "warned", "filtered")
    }
    assert obeyed == {"contract": [1, 1], "warned": [2, 1], "filtered": [0, 0]}
    assert f"{n} pages are few. As they are, 1 of {n} orders was obeyed by each reader" in text
    assert f"none, and that is at most {number(share('plain', 'filtered').high)}" in text
    for way in ("warned", "filtered"):
        cost = share("reader", way, "cost on 120 questions")
        assert interval(cost) in text
        assert cost.low < 0 < cost.high
