"""The figures that lesson 05 states in its text are those that were measured, and its sentences hold of them."""

from tests.studies.sentences import interval, number, one

STEM = "05_retrieval_bot"


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
    assert f"*Reader* misreads {misread}, and refuses {refused}, " in text


def test_every_cure_has_its_price(results, text):
    def share(method, metric, there=False):
        return one(results, method=method, task=f"cures, {'' if there else 'un'}answerable", metric=metric)

    assert f"{number(share('passages', 'wrong').value)} of the plain model's replies are no refusal" in text
    assert f"gave none either: {number(share('told to abstain', 'wrong').value)}." in text
    refused, needless = share("the adapter reader", "abstained"), share("the adapter reader", "abstained", True)
    assert f"refuses {interval(refused)} of these, and {number(needless.value)} of the others" in text
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


def test_more_to_read_costs_seconds_and_does_not_help(results, text):
    def behind(reader, count, metric="right"):
        return one(results, method=reader, task="pasting", metric=metric, settings={"count": count})

    first, last = behind("plain", 1), behind("plain", 30)
    assert f"On {first.n} questions the plain model answers {interval(first)} behind one passage" in text
    assert f"and {interval(last)} behind thirty;" in text
    few, many = behind("reader", 3), behind("reader", 30)
    assert f"*reader* {interval(few)} behind three and {interval(many)} behind thirty." in text
    waits = {count: behind("plain", count, "seconds") for count in (1, 3, 10, 30)}
    times = waits[30].value / waits[1].value
    said = f"{number(waits[1].value, 1)} seconds behind one passage and {number(waits[30].value, 0)} behind thirty"
    assert f"took {said}, {round(times)} times as long" in text


def test_indexes_trade_recall_for_time_and_memory(results, text):
    def at(kind, metric, digits):
        row = one(results, method=kind, task="index", metric=metric, settings={"vectors": 100_000})
        return number(row.value, digits)

    def speed(kind):
        return at(kind, "milliseconds", 1), at(kind, "recall@10 of the exact", 2)

    said = f"Flat took {speed('Flat')[0]} milliseconds a query on one thread and numpy {speed('numpy')[0]}."
    assert f"At 100,000 vectors {said}" in text
    assert "IVF took {} and found {} of the ten".format(*speed("IVF")) in text
    built = at("HNSW", "build seconds", 0)
    assert "HNSW {} and {}, after".format(*speed("HNSW")) + f" {built} seconds of building" in text
    sizes = [at(kind, "megabytes", 0) for kind in ("PQ", "Flat")]
    assert "PQ {} and {}, in".format(*speed("PQ")) + f" {sizes[0]} MB instead of {sizes[1]}." in text


def test_a_search_is_cheap_beside_an_answer(results, text):
    claim = results.claims["C17/05"]
    assert f"MiniLM finds {claim.value:.3f} [{claim.low:.3f}, {claim.high:.3f}] less in its first five" in text
    share = one(results, task="prices", metric="share of an answer's seconds").value
    assert f"takes {share:.1%} of the time of an answer.".replace("%", " %") in text
    totals = {
        (row.method, row.settings["questions"]): row.value for row in results.select(task="prices", metric="total, s")
    }
    assert totals["retrieval", 1_000] < totals["facts tuned in", 1_000]
    assert 6 < totals["retrieval", 100_000] / totals["facts tuned in", 100_000] < 7
    assert "at 100,000 nearly seven times more" in text


def gain(results, method, kind, over="MiniLM"):
    return one(results, method=method, task=f"search, handbook, {kind}", metric=f"mrr_minus_{over}")


def test_what_each_way_to_search_gains(results, text):
    ranks, scores, late = ("both, by ranks", "both, by z-scores", "both, late interaction added")
    for method, said in (
        (ranks, "by ranks {} more on questions, on paraphrases {};"),
        (scores, "by z-scores {} and {};"),
        (late, "with late interaction {} and {},"),
    ):
        both = [interval(gain(results, method, kind)) for kind in ("questions", "paraphrases")]
        assert said.format(*both) in text, method
    price = {row.method: row.value for row in results.select(task="search, handbook", metric="milliseconds")}
    assert f"Most of a query's {price[scores]:.0f} milliseconds is the encoder" in text
    assert round(price[late] - price[scores]) == 2
    assert f"Late interaction {interval(gain(results, late, 'paraphrases', scores))};" in text
    for name, said in (("cross-encoder", "{} on {} paraphrases, for {} sec"), ("likelihood", "{} on {}, for {} sec")):
        row, seconds = gain(results, f"both, {name} added", "paraphrases", scores), price[f"both, {name} added"] / 1000
        assert said.format(interval(row), row.n, number(seconds, 1)) in text, name
        assert row.low < 0 < row.high
    alone = gain(results, "both, cross-encoder alone", "paraphrases", scores)
    assert f"worse than the list that it was given, by {interval(alone, turned=True)}:" in text


def test_tuning_an_encoder_on_questions_pays(results, text):
    claim = results.claims["C26"]
    far = one(results, method="MiniLM, tuned", task="tuned encoder, haystack, all", metric="recall@1_minus_MiniLM")
    assert claim.verdict == "holds"
    assert f"{interval(claim)} more in the handbook, {interval(far)} in the haystack" in text
    lee, reviews = (
        one(results, method="MiniLM, tuned", task=task, metric=f"{metric}_minus_MiniLM")
        for task, metric in (("lee", "pearson"), ("reviews", "accuracy"))
    )
    assert f"{interval(lee)} on the news stories" in text
    assert f"{interval(reviews)} on the film reviews" in text


def test_what_is_said_of_refusals_facts_and_grounded_answers(results, text):
    needless = one(results, method="reader", task="blame", metric="abstained, answer in the prompt")
    assert f", {number(needless.value)} though the answer stood in its prompt" in text
    left = one(results, method="plain, grounded answers alone", task="cures, answerable", metric="right")
    now = one(results, method="plain", task="blame", metric="right")
    assert f"of its {number(now.value)} right answers {number(left.value)} are left" in text
    old = one(results, method="reader", task="changed pages", metric="old answer", settings={"when": "after"})
    assert f"that still allows {number(old.high)})" in text
    digits = [
        number(one(results, method=name, task="changed pages", metric="answers with a digit").value)
        for name in ("changed", "unseen")
    ]
    assert f"{digits[0]} of them have a digit, of the questions above {digits[1]}." in text
