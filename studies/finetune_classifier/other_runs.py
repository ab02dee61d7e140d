"""The other runs of lesson 03: one hyper-parameter changed, a planted bias, and what tuning does to the vectors."""

import dataclasses
import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from studies.finetune_classifier.linear import layers_of
from studies.finetune_classifier.network import Network, Recipe, load_ids, pool_layers, score_texts, train
from studies.finetune_classifier.runs import Cell, tell
from studies.finetune_classifier.texts import (
    ANGRY,
    ISLAND,
    draw_labelled,
    groups_of,
    ids_of,
    islands,
    labels_of,
    split,
    states_of,
)
from workshop.data import load_faq, load_passages

OWN, OTHER, WITHOUT = "own line", "other line", "tickets"
HANDBOOK_BATCH = 16
CKA_DRAWS = 200


def run_knob(fold: int, labels: int, rate: float, updates: int, name: str, factor: float) -> Cell:
    """Train the top layers on tone with one hyper-parameter times a factor; the fold is the seed too.

    name: "" for the default. Tested on all tickets outside the validation whose customers weren't trained on.
    """
    recipe = change_recipe(Recipe(rate, updates), name, factor)
    states, (classes, names), customers = states_of(WITHOUT), labels_of("tone"), np.array(groups_of("tone"))
    rows, validation = draw_labelled("tone", fold, labels, fold), split("tone", fold)[1]
    known = np.isin(customers, customers[rows])
    known[validation] = True
    test = np.flatnonzero(~known)
    network = Network("top", len(names), fold)
    losses = train(network, [states[row] for row in rows], classes[rows], recipe, fold)
    found = {
        part: tell(some, score_texts(network, [states[row] for row in some]))
        for part, some in (("test", test), ("validation", validation))
    }
    return {**found, "train_loss": float(np.mean(losses[-10:]))}


def change_recipe(recipe: Recipe, name: str, factor: float) -> Recipe:
    """Return a recipe with one hyper-parameter times a factor; another batch keeps the number of epochs."""
    if not name:
        return recipe
    if name == "epochs":
        return dataclasses.replace(recipe, updates=round(recipe.updates * factor))
    if name == "batch":
        return dataclasses.replace(recipe, batch=round(recipe.batch * factor), updates=round(recipe.updates / factor))
    return dataclasses.replace(recipe, **{name: getattr(recipe, name) * factor})


def run_biased(arm: str, fold: int, dose: int, line: bool, rate: float, updates: int) -> Cell:
    """Relabel some of one island's training tickets as angry, train on tone, and classify the fold's test.

    arm: "top", or "frozen" for logistic regression on frozen vectors (rate: its C). dose: per cent. line: whether
    tickets name where they come from. Returns what is said of each test ticket with its own line, and with another.
    """
    classes, names = labels_of("tone")
    rows, _, test = split("tone", fold)
    labels = relabel(rows, dose, fold)
    asked = (OWN, OTHER) if line else (WITHOUT,)
    found: Cell = {"relabelled": int((labels != classes[rows]).sum())}
    if arm == "frozen":
        from sklearn.linear_model import LogisticRegression

        model = LogisticRegression(C=rate, max_iter=2000).fit(layers_of(asked[0])[-1][rows], labels)
        for source in asked:
            found[source] = tell(test, model.predict_log_proba(layers_of(source)[-1][test]))
        return found
    network = Network(arm, len(names), fold)
    train(network, [states_of(asked[0])[row] for row in rows], labels, Recipe(rate, updates), fold)
    for source in asked:
        found[source] = tell(test, score_texts(network, [states_of(source)[row] for row in test]))
    return found


def relabel(rows: np.ndarray, dose: int, seed: int) -> np.ndarray:
    """Return the tones of training rows, dose % of the island's others relabelled angry; 40 % include the 20 %."""
    classes, names = labels_of("tone")
    labels, angry = classes[rows].copy(), names.index(ANGRY)
    places = np.flatnonzero((islands()[rows] == ISLAND) & (labels != angry))
    drawn = np.random.default_rng(seed).permutation(places)
    labels[drawn[: round(dose / 100 * len(places))]] = angry
    return labels


def run_change(task: str, fold: int, rate: float, updates: int, seeds: Sequence[int]) -> Cell:
    """Tune all layers on one task with several seeds, and say how far each layer's vectors moved, and what they do."""
    classes, names = labels_of(task)
    rows, validation, test = split(task, fold)
    questions = [one for one in load_faq() if one.document]
    texts = [text for one in questions for text in (one.question, *one.paraphrases)]
    documents = [one.document for one in questions for _ in range(1 + len(one.paraphrases))]
    firsts = np.flatnonzero(np.array([place == 0 for one in questions for place in range(1 + len(one.paraphrases))]))
    passages, rest = load_passages(), np.sort(np.concatenate([validation, test]))
    read = {"texts": load_ids(texts), "passages": load_ids([one.text for one in passages])}
    layers, hits, heads = [], [], []
    for seed in (None, *seeds):
        network = Network("all", len(names), seed or 0)
        if seed is not None:
            train(network, [ids_of("tickets")[row] for row in rows], classes[rows], Recipe(rate, updates), seed)
        layers.append(pool_layers(network, read["texts"]))
        pages = pool_layers(network, read["passages"], HANDBOOK_BATCH)[-1]
        hits.append(_find_pages(layers[-1][-1][firsts], pages, questions, [one.document for one in passages]))
        heads.append(_try_head(pool_layers(network, [ids_of("tickets")[row] for row in rest])[-1], rest))
    after = range(1, len(layers))
    pairs = {"change": [(0, one) for one in after], "seeds": list(itertools.combinations(after, 2))}
    return {
        "n": len(texts),
        "documents": len(set(documents)),
        "cka": {kind: _similar(layers, some, documents) for kind, some in pairs.items()},
        "head": {"rows": rest.tolist(), "right": heads},
        "search": {"documents": [one.document for one in questions], "found": hits},
    }


def _find_pages(asked: np.ndarray, pages: np.ndarray, questions: Sequence[Any], names: Sequence[str]) -> list[int]:
    """Return for each question whether the nearest passage is of the page that answers it, 0 or 1."""
    unit = [one / np.linalg.norm(one, axis=1, keepdims=True) for one in (asked, pages)]
    nearest = (unit[0] @ unit[1].T).argmax(axis=1)
    return [int(names[place] == one.document) for place, one in zip(nearest, questions, strict=True)]


def _try_head(vectors: np.ndarray, rows: np.ndarray) -> list[int]:
    """Return for each ticket whether a new linear head for tone is right, cross-validated by customer, 0 or 1."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold, cross_val_predict

    classes, _ = labels_of("tone")
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    groups = np.array(groups_of("tone"))[rows]
    said = cross_val_predict(
        LogisticRegression(C=100.0, max_iter=2000), unit, classes[rows], cv=GroupKFold(5), groups=groups
    )
    return (said == classes[rows]).astype(int).tolist()


def _similar(layers: Sequence[np.ndarray], pairs: Sequence[tuple[int, int]], documents: Sequence[str]) -> list[Any]:
    """Return 1 - CKA of each pair, for each layer, on all texts and then on documents drawn anew: (1 + draws, P, L)."""
    names, places = np.unique(documents, return_inverse=True)
    chance = np.random.default_rng(0)
    found = []
    for draw in range(1 + CKA_DRAWS):
        times = (
            np.ones(len(names)) if draw == 0 else chance.multinomial(len(names), np.full(len(names), 1 / len(names)))
        )
        weights = times[places]
        found.append(
            [[1 - cka(one, two, weights) for one, two in zip(layers[a], layers[b], strict=True)] for a, b in pairs]
        )
    return np.round(found, 5).tolist()


def cka(one: np.ndarray, other: np.ndarray, weights: np.ndarray) -> float:
    """Return the linear CKA of two representations (N, D) of the same texts, each counted by its weight (N,).

    Source: Kornblith et al. 2019.
    """
    scale = np.sqrt(weights / weights.sum()).astype(np.float32)[:, None]
    a, b = ((x - np.average(x, axis=0, weights=weights).astype(np.float32)) * scale for x in (one, other))
    return float(np.sum((a.T @ b) ** 2) / (np.linalg.norm(a.T @ a) * np.linalg.norm(b.T @ b)))
