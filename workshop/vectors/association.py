"""The word embedding association test (WEAT): whether two groups of words lean towards different attributes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workshop.errors import WorkshopError, take_list, unknown
from workshop.vectors.geometry import unit


@dataclass(frozen=True)
class WordSets:
    """Two groups of target words, X and Y, and two of attribute words, A and B, with a name for each."""

    names: tuple[str, str, str, str]
    targets_x: tuple[str, ...]
    targets_y: tuple[str, ...]
    attributes_a: tuple[str, ...]
    attributes_b: tuple[str, ...]


@dataclass(frozen=True)
class Association:
    """What the test found.

    effect: the difference of means over the spread of all targets together, -2 to 2 (like Cohen's d, whose spread is
    that within the groups). p: the share of random regroupings of the targets with at least this difference,
    one-sided, the true grouping counted in. observed, permuted: the differences of mean leans themselves; permuted has
    shape (draws,). needed: the effect that one regrouping in a hundred reaches. missing: words without a vector, which
    were left out.
    """

    effect: float
    p: float
    observed: float
    permuted: np.ndarray
    needed: float = float("nan")
    missing: tuple[str, ...] = ()


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FLOWERS = _words("rose lily daisy orchid iris violet poppy blossom lotus lavender bloom bud")
INSECTS = _words("ant wasp beetle moth fly spider mosquito flea bug worm hornet cricket")
PLEASANT = _words("love peace happy friend pleasure joy gift honest lucky laughter paradise gentle")
UNPLEASANT = _words("hatred war ugly enemy pain death poison filthy disaster sickness prison cruel")
CAREER = _words("career office salary business manager professional corporation executive")
FAMILY = _words("family home children wedding marriage parents cousins kitchen")
SCIENCE = _words("science physics chemistry engineering technology mathematics laboratory astronomy")
ARTS = _words("art poetry dance literature novel music drama sculpture")
MALE = _words("he him his man boy father son brother uncle husband")
FEMALE = _words("she her hers woman girl mother daughter sister aunt wife")
# Occupations that mostly men, or mostly women, have, ten each, picked by hand; none of the words says he or she.
MENS_WORK = _words("engineer mechanic carpenter captain pilot soldier miner programmer surgeon butcher")
WOMENS_WORK = _words("nurse secretary receptionist librarian teacher dancer therapist counselor housekeeper nanny")
EARLY_MONTHS = _words("january march may july september november")
LATE_MONTHS = _words("february april june august october december")

# The first is known to be found by people and by vectors and shows that the instrument works; the last, where nothing
# should be found, that it does not find everything.
TESTS = {
    "flowers": WordSets(("flowers", "insects", "pleasant", "unpleasant"), FLOWERS, INSECTS, PLEASANT, UNPLEASANT),
    "career": WordSets(("career", "family", "he", "she"), CAREER, FAMILY, MALE, FEMALE),
    "science": WordSets(("science", "arts", "he", "she"), SCIENCE, ARTS, MALE, FEMALE),
    "work": WordSets(("ten men's occupations", "ten women's", "he", "she"), MENS_WORK, WOMENS_WORK, MALE, FEMALE),
    "months": WordSets(("odd months", "even months", "he", "she"), EARLY_MONTHS, LATE_MONTHS, MALE, FEMALE),
}


def find_test(name: str) -> WordSets:
    """Return the word sets of a test by its name in `TESTS`; raise WorkshopError for another name."""
    if name not in TESTS:
        raise unknown("association test", name, TESTS)
    return TESTS[name]


def lean(targets: Sequence[str], sets: WordSets, words: Sequence[str], vectors: np.ndarray) -> np.ndarray:
    """Return how much closer each target is to A than to B: the difference of mean cosines, shape (targets,)."""
    words = take_list(words, "words", "[word]")
    first, second = (_unit(group, words, vectors) for group in (sets.attributes_a, sets.attributes_b))
    own = _unit(targets, words, vectors)
    return (own @ first.T).mean(axis=1) - (own @ second.T).mean(axis=1)


def association_test(
    sets: WordSets, words: Sequence[str], vectors: np.ndarray, draws: int = 10_000, seed: int = 0
) -> Association:
    """Test whether X leans towards A and Y towards B, by regrouping the targets at random.

    Words without a vector are left out and named in `missing`; each group needs at least 4 of its words.
    Raises WorkshopError where a group is left with fewer. Source: Caliskan, Bryson and Narayanan 2017.
    """
    words = take_list(words, "words", "[word]")
    kept = keep_known(sets, words)
    leans = [lean(targets, kept, words, vectors) for targets in (kept.targets_x, kept.targets_y)]
    both = np.concatenate(leans)
    size = len(leans[0])
    chance = np.random.default_rng(seed)
    regrouped = chance.permuted(np.tile(both, (draws, 1)), axis=1)
    permuted = regrouped[:, :size].mean(axis=1) - regrouped[:, size:].mean(axis=1)
    observed = float(leans[0].mean() - leans[1].mean())
    # The observed grouping is one of the possible ones: p is never 0.
    p = (1 + int((permuted >= observed - 1e-12).sum())) / (1 + draws)
    spread = float(both.std(ddof=1))
    known = set(words)
    missing = tuple(word for group in _groups(sets) for word in group if word not in known)
    return Association(observed / spread, p, observed, permuted, float(np.quantile(permuted, 0.99)) / spread, missing)


def keep_known(sets: WordSets, words: Sequence[str]) -> WordSets:
    """Return the sets without words that have no vector; raise WorkshopError where under 4 of a group are left."""
    known = set(words)
    kept = WordSets(sets.names, *(tuple(word for word in group if word in known) for group in _groups(sets)))
    for name, group in zip(kept.names, _groups(kept), strict=True):
        if len(group) < 4:
            raise WorkshopError(f"the test needs 4 words or more of {name!r} and knows {len(group)}. Add words.")
    return kept


def _groups(sets: WordSets) -> tuple[tuple[str, ...], ...]:
    return (sets.targets_x, sets.targets_y, sets.attributes_a, sets.attributes_b)


def _unit(group: Sequence[str], words: Sequence[str], vectors: np.ndarray) -> np.ndarray:
    """Return a group's vectors at length 1, shape (group, D)."""
    index = {word: row for row, word in enumerate(words)}
    rows = np.asarray(vectors[[index[word] for word in group]], dtype=np.float64)
    return unit(rows)
