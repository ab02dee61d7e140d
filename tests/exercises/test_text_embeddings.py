"""Proofs of lesson 02's exercises; attention and pooling against torch."""

import math

import numpy as np
import pytest

from tests.exercises.proofs import Answers, prove
from workshop.checks.registry import list_exercises
from workshop.exercises import text_embeddings as lesson

wrong, right = Answers(), Answers()


def _unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _cosine(u, v):
    return u @ v / (np.linalg.norm(u) * np.linalg.norm(v))


@wrong("2.1", "the scores aren't divided by √D")
def root_missing(query, keys, values):
    e = np.exp(keys @ query - max(keys @ query))
    return (e / sum(e)) @ values


@wrong("2.1", "the scores themselves are the weights")
def no_exponentials(query, keys, values):
    scores = np.array([key @ query / math.sqrt(len(query)) for key in keys])
    return scores @ values / np.sum(scores)


@wrong("2.1", "exp() overflows")
def overflow(query, keys, values):
    weights = np.exp(np.dot(keys, query) / len(query) ** 0.5)
    return np.sum((weights / np.sum(weights))[:, None] * values, axis=0)


@right("2.1")
def torch_attention(query, keys, values):
    import torch

    q, k, v = (torch.tensor(np.atleast_2d(x), dtype=torch.float32)[None] for x in (query, keys, values))
    return torch.nn.functional.scaled_dot_product_attention(q, k, v)[0, 0]


@wrong("2.2", "padding is averaged in")
def padding_in(token_vectors, mask):
    return np.mean(token_vectors, axis=1)


@wrong("2.2", "the sum is divided by T")
def divided_by_places(token_vectors, mask):
    return np.mean(token_vectors * np.expand_dims(mask, 2), axis=1)


@wrong("2.2", "the mask (N, T) is laid along the last axis")
def mask_over_dimensions(token_vectors, mask):
    return (token_vectors * mask).sum(axis=1) / np.maximum(mask.sum(axis=1, keepdims=True), 1)


@wrong("2.2", "only the first token's vector")
def first_token(token_vectors, mask):
    return [text[0] for text in token_vectors]


@wrong("2.2", "a mask of 0 and 1 is used as an index")
def mask_as_index(token_vectors, mask):
    return np.array([text[marks].mean(axis=0) for text, marks in zip(token_vectors, mask, strict=True)])


@right("2.2")
def einsum_float32(token_vectors, mask):
    sums = np.einsum("ntd,nt->nd", token_vectors.astype(np.float32), mask.astype(np.float32))
    return sums / np.clip(mask.sum(axis=1), 1e-9, None)[:, None]


@wrong("2.3", "inner products: the documents keep their lengths")
def documents_not_normalised(queries, documents, k):
    scores = _unit(queries) @ documents.T
    order = np.argsort(scores * -1, axis=1, kind="stable")[:, :k]
    return order, np.take_along_axis(scores, order, axis=1)


@wrong("2.3", "the right documents, not in order")
def partitioned(queries, documents, k):
    scores, k = _unit(queries) @ _unit(documents).T, min(k, len(documents))
    ids = np.argpartition(-scores, k - 1, axis=1)[:, :k]
    return ids, np.array([row[places] for row, places in zip(scores, ids, strict=True)])


@wrong("2.3", "the best comes last")
def last_k(queries, documents, k):
    scores = _unit(queries) @ _unit(documents).T
    ids = scores.argsort(axis=1)[:, -k:]
    return ids, np.take_along_axis(scores, ids, 1)


@wrong("2.3", "equal scores: the higher id comes first")
def turned_round(queries, documents, k):
    scores = np.array([[_cosine(query, document) for document in documents] for query in queries])
    ids = np.argsort(scores, axis=1, kind="stable")[:, ::-1][:, :k]
    return ids, np.take_along_axis(scores, ids, axis=1)


@wrong("2.3", "the right documents, not in order")
def unstable(queries, documents, k):
    scores = _unit(queries) @ _unit(documents).T
    ids = np.argsort(-scores)[:, :k]
    return ids, np.take_along_axis(scores, ids, axis=1)


@right("2.3")
def sorted_lists(queries, documents, k):
    ids, best = [], []
    for query in queries:
        scores = [round(float(_cosine(query, document)), 9) for document in documents]
        ids.append(sorted(range(len(scores)), key=lambda place: (-scores[place], place))[:k])
        best.append([scores[place] for place in ids[-1]])
    return [ids, best]


@wrong("2.4", "the hits are divided by k")
def precision(rankings, relevant, k):
    return np.mean([len(set(r[:k]) & set(w)) / k for r, w in zip(rankings, relevant, strict=True)])


@wrong("2.4", "any hit counts 1")
def hit_rate(rankings, relevant, k):
    hits = [any(i in wanted for i in ranking[:k]) for ranking, wanted in zip(rankings, relevant, strict=True)]
    return sum(hits) / len(hits)


@wrong("2.4", "an id that comes twice in the results counts twice")
def duplicates_twice(rankings, relevant, k):
    total = 0
    for q in range(len(rankings)):
        total += len([i for i in rankings[q][:k] if i in relevant[q]]) / len(relevant[q])
    return total / len(rankings)


@right("2.4")
def from_the_relevant(rankings, relevant, k):
    return np.mean([np.isin(wanted, ranking[:k]).mean() for ranking, wanted in zip(rankings, relevant, strict=True)])


@wrong("2.5", "ranks are counted from 0")
def rank_from_0(rankings, relevant):
    total = 0
    for ranking, wanted in zip(rankings, relevant, strict=True):
        hits = [place for place, i in enumerate(ranking) if i in wanted]
        if hits:
            total += 1 / hits[0]
    return total / len(rankings)


@wrong("2.5", "queries without a hit are left out")
def no_hit_skipped(rankings, relevant):
    found = []
    for ranking, wanted in zip(rankings, relevant, strict=True):
        ranks = [ranking.index(i) + 1 for i in wanted if i in ranking]
        if ranks:
            found.append(1 / min(ranks))
    return sum(found) / len(found) if found else 0


@wrong("2.5", "1 divided by the mean rank")
def reciprocal_of_the_mean(rankings, relevant):
    ranks = []
    for ranking, wanted in zip(rankings, relevant, strict=True):
        ranks += [place for place, i in enumerate(ranking, 1) if i in wanted][:1]
    return 1 / np.mean(ranks) if ranks else 0


@wrong("2.5", "every hit is added")
def all_hits(rankings, relevant):
    total = 0
    for q, ranking in enumerate(rankings):
        for place in range(len(ranking)):
            if ranking[place] in relevant[q]:
                total += 1 / (place + 1)
    return total / len(rankings)


@right("2.5")
def with_infinity(rankings, relevant):
    first = [
        min((place for place, i in enumerate(ranking, 1) if i in wanted), default=np.inf)
        for ranking, wanted in zip(rankings, relevant, strict=True)
    ]
    return np.mean(1 / np.array(first, dtype=np.float32))


@wrong("2.6", "the sum is divided by all tokens")
def unknown_as_zero(tokens, words, vectors):
    total = np.zeros(vectors.shape[1])
    for token in tokens:
        if token in words:
            total += vectors[words.index(token)]
    return total / max(1, len(tokens))


@wrong("2.6", "a token that comes twice counts once")
def set_of_tokens(tokens, words, vectors):
    rows = [words.index(token) for token in set(tokens) if token in words]
    return np.mean(vectors[rows], axis=0) if rows else np.zeros_like(vectors[0])


@wrong("2.6", "no token is known")
def nan_when_empty(tokens, words, vectors):
    return np.mean([vectors[words.index(token)] for token in tokens if token in words], axis=0)


@right("2.6")
def as_a_list(tokens, words, vectors):
    table, total, count = dict(zip(words, vectors, strict=True)), [0.0] * vectors.shape[1], 0
    for token in tokens:
        if token in table:
            total, count = [a + b for a, b in zip(total, table[token], strict=True)], count + 1
    return [number / max(count, 1) for number in total]


@wrong("2.7", "each vector is paired with itself too")
def self_pairs(vectors, senses):
    cosines, senses = _unit(vectors) @ _unit(vectors).T, np.array(senses)
    same = senses[:, None] == senses[None, :]
    return cosines[same].mean() - cosines[~same].mean()


@wrong("2.7", "inner products: the vectors keep their lengths")
def raw_products(vectors, senses):
    pairs = {True: [], False: []}
    for j in range(len(senses)):
        for i in range(j):
            pairs[senses[i] == senses[j]].append(vectors[i] @ vectors[j])
    return np.mean(pairs[True]) - np.mean(pairs[False])


@wrong("2.7", "within minus all")
def minus_all(vectors, senses):
    every, within = [], []
    for i in range(len(senses) - 1):
        for j in range(i + 1, len(senses)):
            every.append(_cosine(vectors[i], vectors[j]))
            if senses[i] == senses[j]:
                within.append(every[-1])
    return sum(within) / len(within) - sum(every) / len(every)


@wrong("2.7", "the mean is taken within each sense first")
def mean_of_means(vectors, senses):
    unit, labels = _unit(vectors), np.array(senses)
    upper, same = np.triu(np.ones((len(labels), len(labels)), bool), 1), labels[:, None] == labels
    within = [(unit @ unit.T)[upper & same & (labels == one)].mean() for one in set(senses)]
    return np.mean(within) - (unit @ unit.T)[upper & ~same].mean()


@right("2.7")
def both_ways_without_the_diagonal(vectors, senses):
    unit, labels = _unit(vectors.astype(np.float32)), np.array(senses)
    cosines, same = unit @ unit.T, labels[:, None] == labels
    return cosines[same & ~np.eye(len(labels), dtype=bool)].mean() - cosines[~same].mean()


@wrong("2.8", "what is in the basket already is recommended")
def basket_kept(basket, items, vectors, k):
    unit = _unit(vectors)
    known = [items.index(item) for item in basket if item in items]
    if not known:
        return []
    return [items[i] for i in np.argsort(-unit @ unit[known].mean(axis=0))[:k]]


@wrong("2.8", "items are missing: k were taken first")
def cut_before_removal(basket, items, vectors, k):
    unit, total = _unit(vectors), 0
    for item in basket:
        if item in items:
            total = total + unit[items.index(item)]
    best = np.argsort(unit @ total)[::-1][:k] if np.ndim(total) else []
    return [items[i] for i in best if items[i] not in basket]


@wrong("2.8", "only the last item of the basket")
def last_item_only(basket, items, vectors, k):
    unit, query = _unit(vectors), None
    for item in basket:
        if item in items:
            query = unit[items.index(item)]
    if query is None:
        return []
    return [items[i] for i in np.argsort(-unit @ query) if items[i] not in basket][:k]


@right("2.8")
def by_mean_of_lists(basket, items, vectors, k):
    unit = dict(zip(items, _unit(vectors.astype(np.float32)), strict=True))
    known = [unit[item] for item in basket if item in unit]
    others = [item for item in items if item not in basket] if known else []
    return sorted(others, key=lambda item: -float(np.mean(known, axis=0) @ unit[item]))[:k]


test_stub_fails, test_solution_passes, test_wrong_answer, test_other_right_answer, test_proven = prove(
    "02_text_embeddings", wrong, right
)


def test_lesson_gives_16_points_and_four_exercises_in_the_room():
    exercises = list_exercises("02")
    assert sum(exercise.points for exercise in exercises) == 16
    assert [exercise.id for exercise in exercises if exercise.room] == ["2.1", "2.2", "2.3", "2.4"]


def test_attention_agrees_with_torch():
    import torch

    rng = np.random.default_rng(4)
    queries, keys, values = (rng.normal(size=shape) for shape in ((5, 6), (7, 6), (7, 3)))
    wanted = torch.nn.functional.scaled_dot_product_attention(*map(torch.tensor, (queries, keys, values)))
    assert np.allclose([lesson.attend(query, keys, values) for query in queries], wanted)


@pytest.mark.parametrize("kind", ["int64", "bool"])
def test_pooling_is_the_same_for_arrays_and_tensors(kind):
    import torch

    rng = np.random.default_rng(5)
    vectors, mask = rng.normal(size=(4, 6, 3)), rng.integers(0, 2, (4, 6)).astype(kind)
    mask[1] = 0
    found = lesson.mean_pool(vectors, mask)
    assert np.allclose(found, lesson.mean_pool(torch.tensor(vectors), torch.tensor(mask)))
    assert np.allclose(found[0], vectors[0][mask[0].astype(bool)].mean(axis=0))
    assert found[1].tolist() == [0, 0, 0]
