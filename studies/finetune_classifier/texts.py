"""What is classified: tickets in five folds of customers, film reviews in five folds, tickets with a line of origin."""

import functools

import numpy as np

from studies.finetune_classifier.network import keep_states, load_ids
from workshop.data import load_reviews, load_tickets

FOLDS = 5
# The island with the most tickets: the line that is planted names it.
ISLAND = "Ullasey"
ANGRY = "angry"
SOURCES = ("tickets", "reviews", "own line", "other line")


@functools.cache
def texts_of(source: str) -> tuple[str, ...]:
    """Return the texts of a source, in the order of the data.

    own line: tickets that begin with a line that names where the customer lives; other line: the same, but those of
    ISLAND name another place, and all others name ISLAND.
    """
    if source == "reviews":
        return tuple(load_reviews()[0])
    tickets = load_tickets()
    if source == "tickets":
        return tuple(one.text for one in tickets)
    others = sorted({one.home_island for one in tickets} - {ISLAND})
    drawn = np.random.default_rng(0).integers(0, len(others), len(tickets))
    places = [one.home_island for one in tickets]
    if source == "other line":
        places = [others[row] if place == ISLAND else ISLAND for place, row in zip(places, drawn, strict=True)]
    return tuple(f"From: {place}.\n{one.text}" for place, one in zip(places, tickets, strict=True))


@functools.cache
def ids_of(source: str) -> list[list[int]]:
    """Return the token ids of a source's texts, once in each process."""
    return load_ids(texts_of(source))


@functools.cache
def states_of(source: str) -> list[np.ndarray]:
    """Return what the frozen lower layers give for a source's texts, once in each process."""
    return keep_states(ids_of(source))


@functools.cache
def labels_of(task: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return each text's class, shape (N,), int, and the classes' names. task: topic, tone or reviews."""
    names = load_reviews()[1] if task == "reviews" else [getattr(one, task) for one in load_tickets()]
    known, classes = np.unique(names, return_inverse=True)
    return classes, tuple(known.tolist())


def source_of(task: str) -> str:
    """Return which texts a task classifies."""
    return "reviews" if task == "reviews" else "tickets"


@functools.cache
def groups_of(task: str) -> tuple[str, ...]:
    """Return what is drawn anew together: a ticket's customer; of the reviews each by itself."""
    if task == "reviews":
        return tuple(map(str, range(len(texts_of("reviews")))))
    return tuple(one.customer for one in load_tickets())


@functools.cache
def islands() -> np.ndarray:
    """Return where each ticket's customer lives, shape (N,)."""
    return np.array([one.home_island for one in load_tickets()])


@functools.cache
def split(task: str, fold: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the rows of train, validation and test; every text is tested in one of the five folds.

    Tickets: a fifth of the customers is the test, the next fifth the validation. Reviews: a fifth is the test, all
    others are for training; nothing is chosen on them.
    """
    if task == "reviews":
        from sklearn.model_selection import StratifiedKFold

        classes, _ = labels_of(task)
        train, test = list(StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(classes, classes))[fold]
        return train, train[:0], test
    customers = np.array(groups_of(task))
    fifths = np.array_split(np.random.default_rng(0).permutation(np.unique(customers)), FOLDS)
    parts = [np.flatnonzero(np.isin(customers, one)) for one in fifths]
    rest = [parts[number] for number in range(FOLDS) if number not in (fold, (fold + 1) % FOLDS)]
    return np.sort(np.concatenate(rest)), parts[(fold + 1) % FOLDS], parts[fold]


def draw_labelled(task: str, fold: int, labels: int, seed: int) -> np.ndarray:
    """Return the rows of so many training texts; those of fewer labels are among those of more. 0: all of them."""
    rows = np.random.default_rng(seed).permutation(split(task, fold)[0])
    return rows[: labels or None]
