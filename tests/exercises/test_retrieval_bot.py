"""Proofs of lesson 05's exercises; their references against FAISS and the rooms."""

import math
import re
import string

import numpy as np
import pytest

from tests.exercises.proofs import Answers, prove
from workshop.checks.registry import list_exercises
from workshop.exercises import retrieval_bot as lesson

wrong, right = Answers(), Answers()


@wrong("5.1", "the tail is lost")
def tail_lost(text, size, overlap):
    if overlap >= size:
        raise ValueError("overlap")
    words, passages, start = text.split(), [], 0
    while start + size <= len(words):
        passages.append(" ".join(words[start : start + size]))
        start += size - overlap
    return passages


@wrong("5.1", "the last passage is a stub")
def contained_stub(text, size, overlap):
    if overlap >= size:
        raise ValueError
    words, passages = text.split(), []
    while words:
        passages.append(" ".join(words[:size]))
        words = words[size - overlap :]
    return passages


@wrong("5.1", "it goes on by `overlap` words")
def overlap_as_step(text, size, overlap):
    if size <= overlap:
        raise ValueError("too much overlap")
    words = text.split()
    return [" ".join(words[i : i + size]) for i in range(0, len(words), overlap)]


@wrong("5.1", "characters are counted")
def cut_by_characters(text, size, overlap):
    if overlap >= size:
        raise ValueError
    passages = []
    for start in range(0, len(text), size - overlap):
        passages.append(text[start : start + size])
    return passages


@wrong("5.1", "overlap >= size raises no error")
def nothing_is_refused(text, size, overlap):
    words, passages, step = text.split(), [], max(1, size - overlap)
    for i in range(0, len(words), step):
        passages.append(" ".join(words[i : i + size]))
        if i + size >= len(words):
            break
    return passages


@wrong("5.1", "your `raise` comes too often")
def turned_condition(text, size, overlap):
    if size > overlap:
        raise ValueError("overlap must be smaller than size")
    return [text]


@right("5.1")
def until_the_end_is_reached(text, size, overlap):
    if not overlap < size:
        raise ValueError("the overlap must be smaller")
    words = text.split()
    passages, start, end = [], 0, 0
    while end < len(words):
        end = min(start + size, len(words))
        passages.append(" ".join(words[start:end]))
        start += size - overlap
    return tuple(passages)


@right("5.1")
def stubs_taken_out(text, size, overlap):
    assert_step = size - overlap
    if assert_step <= 0:
        raise ValueError(overlap, size)
    words = re.findall(r"\S+", text)
    chunks = [words[i : i + size] for i in range(0, len(words), assert_step)]
    return [" ".join(chunk) for place, chunk in enumerate(chunks) if place == 0 or len(chunk) > overlap]


@wrong("5.2", "places within the cells are returned")
def places_within(query, vectors, centroids, cells, probes, k):
    best = np.argsort(centroids @ query)[::-1][:probes]
    inside = vectors[[cell in best for cell in cells]]
    return list(np.argsort(-inside @ query)[:k])


@wrong("5.2", "only one cell is searched")
def one_cell_always(query, vectors, centroids, cells, probes, k):
    cell = np.argmax(centroids @ query)
    ids = np.where(cells == cell)[0]
    return ids[np.argsort(-vectors[ids] @ query)][:k]


@wrong("5.2", "the farthest cells are searched")
def farthest_cells(query, vectors, centroids, cells, probes, k):
    chosen = np.argsort([centroid @ query for centroid in centroids])[:probes]
    ids = [i for i in range(len(vectors)) if cells[i] in chosen]
    return sorted(ids, key=lambda i: vectors[i] @ query, reverse=True)[:k]


@wrong("5.2", "all vectors are searched")
def exact_search(query, vectors, centroids, cells, probes, k):
    return np.argsort(-(vectors @ query))[:k].tolist()


@wrong("5.2", "the cells are read one after the other")
def cell_by_cell(query, vectors, centroids, cells, probes, k):
    result = []
    for cell in np.argsort(-(centroids @ query))[:probes]:
        ids = [i for i, one in enumerate(cells) if one == cell]
        result += sorted(ids, key=lambda i: -np.dot(vectors[i], query))
    return result[:k]


@right("5.2")
def by_distance(query, vectors, centroids, cells, probes, k):
    near = np.argsort(np.linalg.norm(centroids - query, axis=1))[:probes]
    pairs = [(np.linalg.norm(vectors[i] - query), i) for i in range(len(vectors)) if cells[i] in near.tolist()]
    return [i for _, i in sorted(pairs)[:k]]


@right("5.2")
def others_at_minus_infinity(query, vectors, centroids, cells, probes, k):
    scores = np.einsum("nd,d->n", vectors, query)
    chosen = {*np.argsort(-np.einsum("cd,d->c", centroids, query))[:probes].tolist()}
    scores = np.array([score if int(cell) in chosen else -np.inf for score, cell in zip(scores, cells, strict=True)])
    order = np.argsort(-scores, kind="stable")
    return order[np.isfinite(scores[order])][:k]


@right("5.2")
def in_float32(query, vectors, centroids, cells, probes, k):
    query, vectors, centroids = (each.astype(np.float32) for each in (query, vectors, centroids))
    ranks = (-(centroids @ query)).argsort().argsort()
    ids = [int(i) for i in np.argsort(-(vectors @ query), kind="mergesort") if ranks[cells[i]] < probes]
    return tuple(ids[:k])


@wrong("5.3", "ranks are counted from 0")
def rank_from_0(rankings, constant):
    scores = {}
    for ranking in rankings:
        for rank, id in enumerate(ranking):
            scores[id] = scores.get(id, 0) + 1 / (constant + rank)
    return sorted(scores, key=lambda id: (-scores[id], id))


@wrong("5.3", "ids are sorted by their mean rank")
def mean_rank(rankings, constant):
    ranks = {}
    for ranking in rankings:
        for rank, id in enumerate(ranking, 1):
            ranks.setdefault(id, []).append(rank)
    return sorted(ranks, key=lambda id: (np.mean(ranks[id]), id))


@wrong("5.3", "only ids that all rankings hold")
def only_common(rankings, constant):
    common = set(rankings[0])
    for ranking in rankings[1:]:
        common &= set(ranking)
    score = {id: sum(1 / (constant + ranking.index(id) + 1) for ranking in rankings) for id in common}
    return sorted(common, key=lambda id: (-score[id], id))


@wrong("5.3", "ties don't go to the lower id")
def as_they_came(rankings, constant):
    total = {}
    for ranking in rankings:
        for place, id in enumerate(ranking):
            total[id] = total.get(id, 0) + 1 / (constant + place + 1)
    return sorted(total, key=total.get, reverse=True)


@right("5.3")
def by_an_array(rankings, constant):
    totals = np.zeros(1 + max(id for ranking in rankings for id in ranking))
    for ranking in rankings:
        totals[ranking] += 1 / (constant + np.arange(1, 1 + len(ranking)))
    return [id for id in np.argsort(-totals, kind="stable") if totals[id] > 0]


@right("5.3")
def id_by_id(rankings, constant):
    ids = sorted({id for ranking in rankings for id in ranking})
    totals = [sum(1 / (constant + one.index(id) + 1) if id in one else 0 for one in rankings) for id in ids]
    ordered = sorted(zip(totals, ids, strict=True), key=lambda pair: pair[0], reverse=True)
    return np.array([id for _, id in ordered])


@wrong("5.4", "characters are counted")
def characters_counted(question, passages, budget):
    chosen, used = [], 0
    for passage in passages:
        if used + len(passage) > budget:
            break
        chosen.append(passage)
        used += len(passage)
    return "Passages:\n" + "\n".join(chosen) + "\n\nQuestion: " + question if chosen else question


@wrong("5.4", "a passage that doesn't fit is skipped")
def skips_and_goes_on(question, passages, budget):
    text, used = "", 0
    for passage in passages:
        if used + len(passage.split()) <= budget:
            text += passage + "\n"
            used += len(passage.split())
    return f"Passages:\n{text}\nQuestion: {question}" if text else question


@wrong("5.4", "a heading is there although nothing fits")
def header_without_passages(question, passages, budget):
    text, used = "Passages:\n", 0
    for passage in passages:
        used += len(passage.split())
        if used > budget:
            break
        text += passage + "\n"
    return text + "\nQuestion: " + question


@wrong("5.4", "a passage that just fits is left out")
def just_fitting_left_out(question, passages, budget):
    lines = []
    for passage in passages:
        if sum(len(line.split()) for line in [*lines, passage]) < budget:
            lines.append(passage)
        else:
            break
    return "\n".join(["Passages:", *lines]) + f"\n\nQuestion: {question}" if lines else question


@right("5.4")
def by_running_totals(question, passages, budget):
    totals = np.cumsum([len(passage.split()) for passage in passages])
    fitting = passages[: int((totals <= budget).sum())]
    return "Passages:\n{}\n\nQuestion: {}".format("\n".join(fitting), question) if fitting else question


@right("5.4")
def shortened_from_the_end(question, passages, budget):
    passages = list(passages)
    while len(" ".join(passages).split()) > budget:
        passages.pop()
    if passages == []:
        return question
    prompt = "Passages:\n"
    for passage in passages:
        prompt += f"{passage}\n"
    return prompt + f"\nQuestion: {question}"


@wrong("5.5", "it is the middle between two means")
def middle_of_means(scores, answerable, price):
    return (np.mean(scores[answerable]) + np.mean(scores[answerable == 0])) / 2


@wrong("5.5", "thresholds are tried that are none of the scores")
def grid_of_tenths(scores, answerable, price):
    best, least = None, 10**9
    for t in [i / 10 for i in range(11)]:
        cost = price * sum((scores >= t) & ~answerable) + sum((scores < t) & answerable)
        if cost < least:
            best, least = t, cost
    return best


@wrong("5.5", "a score equal to the threshold is refused")
def strictly_above(scores, answerable, price):
    def cost(t):
        return price * np.sum((scores > t) & ~answerable) + np.sum((scores <= t) & answerable)

    return min([*sorted(scores), np.inf], key=cost)


@wrong("5.5", "the price isn't used")
def most_accurate(scores, answerable, price):
    tried = [*np.unique(scores), math.inf]
    return tried[int(np.argmax([np.mean((scores >= t) == answerable) for t in tried]))]


@wrong("5.5", "to refuse everything isn't tried")
def no_infinity(scores, answerable, price):
    def cost(t):
        return price * ((scores >= t) & ~answerable).sum() + ((scores < t) & answerable).sum()

    return min(sorted(scores), key=cost)


@right("5.5")
def in_loops(scores, answerable, price):
    best, least = None, None
    for t in sorted({*scores.tolist(), float("inf")}):
        cost = 0
        for score, known in zip(scores, answerable, strict=True):
            if score >= t and not known:
                cost += price
            if score < t and known:
                cost += 1
        if least is None or cost < least:
            best, least = t, cost
    return best


@right("5.5")
def as_a_table_of_rates(scores, answerable, price):
    tried = np.append(np.sort(scores), np.inf)
    answered = scores[None, :] >= tried[:, None]
    cost = price * np.mean(answered & ~answerable, axis=1) + np.mean(~answered & answerable, axis=1)
    return tried[cost.argmin()].astype(np.float32)


def _words(text):
    return [word.strip(string.punctuation) for word in text.lower().split()]


def _stands(truth, text):
    return f" {' '.join(_words(truth))} " in f" {' '.join(_words(text))} "


@wrong("5.6", "a right answer is blamed on the retrieval")
def luck_blamed(passages, answer, truth):
    if not any(_stands(truth, passage) for passage in passages):
        return "retrieval"
    return "right" if _stands(truth, answer) else "reading"


@wrong("5.6", "parts of words count")
def parts_of_words(passages, answer, truth):
    if truth.lower() in answer.lower():
        return "right"
    for passage in passages:
        if truth.lower() in passage.lower():
            return "reading"
    return "retrieval"


@wrong("5.6", "upper and lower case count as different")
def case_counts(passages, answer, truth):
    def pad(text):
        return " " + " ".join(word.strip('.,:;!?"()') for word in text.split()) + " "

    if pad(truth) in pad(answer):
        return "right"
    return "reading" if any(pad(truth) in pad(passage) for passage in passages) else "retrieval"


@wrong("5.6", "words are looked for one by one")
def words_in_any_order(passages, answer, truth):
    def found(text):
        return all(word in _words(text) for word in _words(truth))

    return "right" if found(answer) else "reading" if any(map(found, passages)) else "retrieval"


@right("5.6")
def by_a_pattern(passages, answer, truth):
    pattern = re.compile(rf"(?<![\w:]){re.escape(truth.lower().strip(string.punctuation))}(?!\w)")
    if pattern.search(answer.lower()):
        return "right"
    return "reading" if [passage for passage in passages if pattern.search(passage.lower())] else "retrieval"


@right("5.6")
def by_places(passages, answer, truth):
    def holds(text):
        words, wanted = re.findall(r"\w+", text.lower()), re.findall(r"\w+", truth.lower())
        return wanted in [words[i : i + len(wanted)] for i in range(len(words))]

    if holds(answer):
        return "right"
    for passage in passages:
        if holds(passage):
            return "reading"
    return "retrieval"


@wrong("5.7", "the old rows stay")
def only_added(names, vectors, name, new):
    return [*names, *[name] * len(new)], np.concatenate([vectors, new])


@wrong("5.7", "the names slip against the rows")
def one_name_for_all(names, vectors, name, new):
    keep = np.array(names) != name
    return [*np.array(names)[keep], name], np.vstack([vectors[keep], new])


@wrong("5.7", "a row is deleted while the loop goes on")
def deletes_while_looping(names, vectors, name, new):
    names, rows = list(names), list(vectors)
    for i, one in enumerate(names):
        if one == name:
            names.pop(i)
            rows.pop(i)
    return names + [name for _ in new], np.array(rows + list(new))


@wrong("5.7", "only the document's first row is taken out")
def first_row_alone(names, vectors, name, new):
    if name in names:
        place = names.index(name)
        names, vectors = names[:place] + names[place + 1 :], np.delete(vectors, place, axis=0)
    return names + [name] * len(new), np.vstack((vectors, new))


@right("5.7")
def as_plain_lists(names, vectors, name, new):
    pairs = [(one, row) for one, row in zip(names, vectors.tolist(), strict=True) if one != name]
    pairs += [(name, row) for row in new.tolist()]
    return [[one for one, _ in pairs], [row for _, row in pairs]]


@right("5.7")
def by_a_mask(names, vectors, name, new):
    keep = np.array([one != name for one in names])
    labels = np.concatenate([np.array(names)[keep], np.repeat(name, len(new))])
    return labels, np.concatenate([vectors[keep], new]).astype(np.float32)


@wrong("5.8", "all() of nothing is True")
def all_of_nothing(answer, citations, passages):
    if answer.startswith("I don't know"):
        return not citations
    return all(name in passages and _stands(answer, passages[name]) for name in citations)


@wrong("5.8", "one citation that was shown is enough")
def any_citation(answer, citations, passages):
    if answer.startswith("I don't know"):
        return citations == []
    return any(name in passages and _stands(answer, passages[name]) for name in citations)


@wrong("5.8", "parts of words count")
def substring(answer, citations, passages):
    if answer.startswith("I don't know"):
        return not citations
    if not citations or not set(citations) <= set(passages):
        return False
    return any(answer.lower().strip(".") in passages[name].lower() for name in citations)


@wrong("5.8", "the answer may stand in any passage")
def in_any_passage(answer, citations, passages):
    if answer.startswith("I don't know"):
        return len(citations) == 0
    if len(citations) == 0 or any(name not in passages for name in citations):
        return False
    return any(_stands(answer, text) for text in passages.values())


@right("5.8")
def step_by_step(answer, citations, passages):
    if "I don't know" in answer:
        return np.bool_(len(citations) == 0)
    found = 0
    for name in citations:
        if passages.get(name) is None:
            return False
        found += _stands(answer, passages[name])
    return found > 0


@right("5.8")
def by_sets(answer, citations, passages):
    cited = set(citations)
    if answer.lower().startswith("i don't know"):
        return cited == set()
    return cited <= passages.keys() and True in [_stands(answer, passages[name]) for name in cited]


test_stub_fails, test_solution_passes, test_wrong_answer, test_other_right_answer, test_proven = prove(
    "05_retrieval_bot", wrong, right
)


def test_lesson_gives_18_points_and_four_exercises_in_the_room():
    exercises = list_exercises("05")
    assert sum(exercise.points for exercise in exercises) == 18
    assert [exercise.id for exercise in exercises if exercise.room] == ["5.1", "5.3", "5.4", "5.6"]


@pytest.mark.parametrize("probes", [1, 3, 8])
def test_cells_are_searched_as_faiss_does(probes):
    import faiss

    rng = np.random.default_rng(probes)
    vectors = rng.normal(size=(200, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    centroids, queries = vectors[:8].copy(), vectors[100:110] + 0.2 * vectors[50:60]
    quantizer = faiss.IndexFlatIP(16)
    quantizer.add(centroids)
    cells = quantizer.search(vectors, 1)[1][:, 0]
    index = faiss.IndexIVFFlat(quantizer, 16, 8, faiss.METRIC_INNER_PRODUCT)
    index.is_trained, index.nprobe = True, probes
    index.add(vectors)
    wanted = index.search(queries, 5)[1]
    found = [lesson.search_cells(query, vectors, centroids, cells, probes, 5) for query in queries]
    assert found == [[int(i) for i in row if i >= 0] for row in wanted]
    exact = np.argsort(-(queries @ vectors.T), axis=1)[:, :5]
    assert (np.array_equal(found, exact)) == (probes == 8)


def test_passages_hold_every_word_once_beside_the_overlap():
    rng = np.random.default_rng(0)
    for _ in range(200):
        size, count = int(rng.integers(1, 9)), int(rng.integers(0, 40))
        overlap = int(rng.integers(0, size))
        words = [f"w{i}" for i in range(count)]
        passages = [passage.split() for passage in lesson.split_passages("  ".join(words), size, overlap)]
        assert [word for i, one in enumerate(passages) for word in one[overlap if i else 0 :]] == words
        assert all(len(one) == size for one in passages[:-1])
        assert all(len(one) > overlap for one in passages[1:])


@pytest.mark.parametrize("seed", range(50))
def test_no_other_threshold_costs_less_and_no_lower_score_as_little(seed):
    scores, answerable, price = lesson.choose_threshold.draw(np.random.default_rng(seed))

    def cost(threshold):
        return sum(
            price if score >= threshold and not known else int(score < threshold and known)
            for score, known in zip(scores, answerable, strict=True)
        )

    chosen = lesson.choose_threshold(scores, answerable, price)
    assert cost(chosen) == min(map(cost, [*np.arange(-1, 200) / 100, np.inf]))
    assert all(cost(score) > cost(chosen) for score in scores if score < chosen)
