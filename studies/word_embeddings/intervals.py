"""Intervals for lesson 01: pairs or the rated words are drawn anew, the same for all that is compared."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from scipy.stats import binomtest

from studies.grouped import find_middle
from studies.word_embeddings.rules import Estimate
from workshop.vectors.agreement import spearman

Pair = tuple[str, str]


def estimate(value: float, spread: np.ndarray) -> Estimate:
    """Return a figure with the middle 95 % of its bootstrap."""
    return Estimate(float(value), *find_middle(spread))


def draw_pairs(pairs: Sequence[Pair], draws: int, seed: int = 0) -> Iterator[np.ndarray]:
    """Yield how often each pair stands in a sample of as many, with replacement, shape (P,).

    The interval says what other pairs of the same kind would give.
    """
    yield from _draw_cases(len(pairs), draws, seed)


def draw_words(pairs: Sequence[Pair], draws: int, seed: int = 0) -> Iterator[np.ndarray]:
    """Yield how often each pair stands in a sample of the words, with replacement, shape (P,).

    A pair stands there as often as its words come together: the product of theirs. The interval says what other words
    would give; it errs on the wide side. Source: the pigeonhole bootstrap, Owen 2007.
    """
    words = sorted({word for pair in pairs for word in pair})
    place = {word: row for row, word in enumerate(words)}
    sides = np.array([[place[word] for word in pair] for pair in pairs])
    for times in _draw_cases(len(words), draws, seed):
        yield times[sides[:, 0]] * times[sides[:, 1]]


def _draw_cases(cases: int, draws: int, seed: int) -> Iterator[np.ndarray]:
    """Yield how often each case stands in a sample of as many, with replacement, shape (cases,)."""
    chance = np.random.default_rng(seed)
    for _ in range(draws):
        yield np.bincount(chance.integers(0, cases, cases), minlength=cases)


def agree_over_seeds(
    cosines: Mapping[str, np.ndarray], ratings: np.ndarray, samples: Iterator[np.ndarray], seeds: bool
) -> tuple[dict[str, float], dict[str, np.ndarray]]:
    """Return each method's mean Spearman correlation over seeds, and its bootstrap, shape (draws,).

    cosines: by method, shape (S, P). samples: how often each pair is drawn; the same for all methods, so that
    differences are paired. seeds: draw the seeds anew too, for each method its own.
    """
    values = {method: float(spearman(table, ratings[None]).mean()) for method, table in cosines.items()}
    chance = np.random.default_rng(1)
    spread: dict[str, list[float]] = {method: [] for method in cosines}
    for copies in samples:
        rows = np.repeat(np.arange(len(ratings)), copies)
        for method, table in cosines.items():
            scores = spearman(table[:, rows], ratings[None, rows])
            kept = chance.integers(0, len(table), len(table)) if seeds else slice(None)
            spread[method].append(float(scores[kept].mean()))
    return values, {method: np.array(one) for method, one in spread.items()}


def score_sizes(
    tables: Sequence[Sequence[np.ndarray]],
    ratings: Sequence[Sequence[np.ndarray]],
    pairs: Sequence[Sequence[Sequence[Pair]]],
    draws: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Return each cell's score by yardstick, shape (yardsticks, cells), and a bootstrap of the mean, (draws, cells).

    tables[d][y]: cosines of draw d on yardstick y, shape (cells, P); ratings[d][y]: shape (P,); pairs[d][y]: the P
    pairs. A score is the mean Spearman over draws of the text. The bootstrap draws the texts anew, and the rated words
    with all their pairs, the same for every text.
    """
    yardsticks = range(len(tables[0]))
    own = np.array([_score(tables[d], ratings[d], [slice(None)] * len(yardsticks)) for d in range(len(tables))])
    everything = [sorted({pair for one in pairs for pair in one[y]}) for y in yardsticks]
    index = [{pair: row for row, pair in enumerate(known)} for known in everything]
    places = [[np.array([index[y][pair] for pair in one[y]]) for y in yardsticks] for one in pairs]
    chance = np.random.default_rng(0)
    spread = np.empty((draws, own.shape[2]))
    samples = [draw_words(known, draws, seed) for seed, known in enumerate(everything)]
    for draw, times in enumerate(zip(*samples, strict=True)):
        texts, copies = np.unique(chance.integers(0, len(tables), len(tables)), return_counts=True)
        scores = [
            _score(tables[d], ratings[d], [np.repeat(np.arange(len(p)), times[y][p]) for y, p in enumerate(places[d])])
            for d in texts
        ]
        spread[draw] = np.average(np.mean(scores, axis=1), axis=0, weights=copies)
    return own.mean(axis=0), spread


def _score(
    table: Sequence[np.ndarray], ratings: Sequence[np.ndarray], rows: Sequence[np.ndarray | slice]
) -> np.ndarray:
    """Return Spearman on each yardstick on some rows of its pairs, shape (yardsticks, cells)."""
    columns = zip(table, ratings, rows, strict=True)
    return np.array([spearman(cosines[:, kept], people[None, kept]) for cosines, people, kept in columns])


def predict_next(values: Sequence[float], least: float) -> tuple[float, float]:
    """Return where one more seed should fall: mean ± 3 standard deviations, at least `least` to either side.

    values: of ten seeds or more. The deviation is that of one more value, so it grows by √(1 + 1/n).
    """
    reach = max(3 * np.std(values, ddof=1) * np.sqrt(1 + 1 / len(values)), least)
    return float(np.mean(values) - reach), float(np.mean(values) + reach)


def wilson_interval(share: float, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share of n cases. Source: Wilson 1927."""
    low, high = binomtest(round(share * n), n).proportion_ci(method="wilson")
    return float(low), float(high)
