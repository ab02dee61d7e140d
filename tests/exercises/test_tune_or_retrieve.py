"""Proofs of lesson 06's exercises; what an interval may differ by, and how often chance alone is at fault."""

import math
import random

import numpy as np

from tests.exercises.proofs import Answers, prove
from workshop.checks.registry import find_exercise, list_exercises
from workshop.exercises import tune_or_retrieve as lesson

wrong, right = Answers(), Answers()


@wrong("6.1", "rows are drawn one by one")
def rows_resampled(a, b, groups, draws, seed):
    rng = np.random.default_rng(seed)
    means = []
    for _ in range(draws):
        rows = rng.integers(0, len(a), len(a))
        means.append((a[rows] - b[rows]).mean())
    return np.percentile(means, 2.5), np.percentile(means, 97.5)


def _rows_of(groups, drawn):
    return [row for name in drawn for row in range(len(groups)) if groups[row] == name]


def _means(a, b, groups, draws, rng):
    names, means = sorted(set(groups)), []
    for _ in range(draws):
        rows = _rows_of(groups, rng.choice(names, len(names)))
        means.append(np.mean(a[rows] - b[rows]))
    return means


@wrong("6.1", "a and b are drawn apart")
def a_and_b_apart(a, b, groups, draws, seed):
    rng, names, means = np.random.default_rng(seed), list(set(groups)), []
    for _ in range(draws):
        one = _rows_of(groups, rng.choice(names, len(names)))
        other = _rows_of(groups, rng.choice(names, len(names)))
        means.append(a[one].mean() - b[other].mean())
    return tuple(np.quantile(means, [0.025, 0.975]))


@wrong("6.1", "each draw has all the groups")
def without_replacement(a, b, groups, draws, seed):
    random.seed(seed)
    names = sorted(set(groups))
    means = []
    for _ in range(draws):
        rows = _rows_of(groups, random.sample(names, len(names)))
        means.append(np.mean(a[rows] - b[rows]))
    return np.percentile(means, [2.5, 97.5])


@wrong("6.1", "a mean of the groups' means")
def mean_of_group_means(a, b, groups, draws, seed):
    rng = np.random.default_rng(seed)
    by_group = [np.mean([a[i] - b[i] for i in range(len(a)) if groups[i] == name]) for name in sorted({*groups})]
    means = [np.mean(rng.choice(by_group, len(by_group))) for _ in range(draws)]
    return np.percentile(means, 2.5), np.percentile(means, 97.5)


@wrong("6.1", "5 % are cut off either end")
def middle_90(a, b, groups, draws, seed):
    return np.percentile(_means(a, b, groups, draws, np.random.default_rng(seed)), [5, 95])


@wrong("6.1", "a standard error is added")
def standard_error(a, b, groups, draws, seed):
    difference = a - b
    error = np.std(difference, ddof=0) / np.sqrt(len(difference))
    return difference.mean() - 1.96 * error, difference.mean() + 1.96 * error


@wrong("6.1", "a group drawn twice counts once")
def drawn_twice_counts_once(a, b, groups, draws, seed):
    rng, names = np.random.default_rng(seed), np.unique(groups)
    means = []
    for _ in range(draws):
        mask = np.isin(groups, rng.choice(names, len(names)))
        means.append((a - b)[mask].mean())
    return np.percentile(means, [2.5, 97.5])


@wrong("6.1", "the draws don't begin at `seed`")
def without_the_seed(a, b, groups, draws, seed):
    return np.percentile(_means(a, b, groups, draws, np.random), [2.5, 97.5])


@right("6.1")
def in_plain_python(a, b, groups, draws, seed):
    generator, of_group = random.Random(seed), {}
    for one, other, name in zip(a.tolist(), b.tolist(), groups, strict=True):
        of_group.setdefault(name, []).append(one - other)
    means = []
    for _ in range(draws):
        pooled = [value for values in generator.choices(list(of_group.values()), k=len(of_group)) for value in values]
        means.append(sum(pooled) / len(pooled))
    means.sort()
    return [means[int(0.025 * draws)], means[int(0.975 * draws)]]


@right("6.1")
def by_sums_and_sizes(a, b, groups, draws, seed):
    names = list(dict.fromkeys(groups))
    mask = np.array([[group == name for group in groups] for name in names])
    drawn = np.random.RandomState(seed).randint(len(names), size=(draws, len(names)))
    sums, sizes = mask @ (a - b), mask.sum(axis=1)
    means = (sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)).astype(np.float32)
    return np.quantile(means, [0.025, 0.975])


@wrong("6.2", "it is refreshed once")
def refreshed_once(setup, each, questions, refresh, changes):
    return setup + questions * each + refresh


@wrong("6.2", "the set-up is paid again for each question")
def setup_for_each_question(setup, each, questions, refresh, changes):
    cost = changes * refresh
    for _ in range(questions):
        cost += setup + each
    return cost


@wrong("6.2", "changes of the facts are ignored")
def changes_ignored(setup, each, questions, refresh, changes):
    return setup + each * questions


@right("6.2")
def paid_one_by_one(setup, each, questions, refresh, changes):
    return np.float32(sum([setup, *[each] * questions, *[refresh] * changes]))


@wrong("6.3", "it is rounded down")
def rounded_down(setup_a, each_a, setup_b, each_b):
    if setup_a <= setup_b:
        return 0
    if each_b <= each_a:
        return None
    return (setup_a - setup_b) // (each_b - each_a)


@wrong("6.3", "the lines cross below 0")
def where_the_lines_cross(setup_a, each_a, setup_b, each_b):
    if each_a == each_b:
        return 0 if setup_a <= setup_b else None
    return math.ceil((setup_b - setup_a) / (each_a - each_b))


@wrong("6.3", "with equal prices a question")
def equal_prices_crash(setup_a, each_a, setup_b, each_b):
    if setup_a <= setup_b:
        return 0
    n = (setup_a - setup_b) / (each_b - each_a)
    return None if n < 0 else int(np.ceil(n))


@wrong("6.3", "1 is added where the costs are equal")
def one_too_many(setup_a, each_a, setup_b, each_b):
    for n in range(1000):
        if setup_a + n * each_a < setup_b + n * each_b or setup_a == setup_b:
            return n


@wrong("6.3", "where A starts no dearer")
def dearer_later(setup_a, each_a, setup_b, each_b):
    if each_a >= each_b:
        return None
    return max(0, math.ceil((setup_a - setup_b) / (each_b - each_a)))


@right("6.3")
def question_by_question(setup_a, each_a, setup_b, each_b):
    cost_a, cost_b = setup_a, setup_b
    for n in range(500):
        if cost_a <= cost_b:
            return n
        cost_a, cost_b = cost_a + each_a, cost_b + each_b
    return None


@right("6.3")
def floor_turned_round(setup_a, each_a, setup_b, each_b):
    ahead, saved = max(0, setup_a - setup_b), each_b - each_a
    if ahead and saved <= 0:
        return None
    return np.float64(-(-ahead // saved)) if ahead else np.int64(0)


@wrong("6.4", "the value is compared")
def value_not_low(rows, need):
    best = None
    for row in rows:
        met = all(metric in row["scores"] and row["scores"][metric][0] >= need[metric] for metric in need)
        if met and (best is None or row["cost"] < best["cost"]):
            best = row
    return best and best["method"]


@wrong("6.4", "one metric is enough")
def any_need(rows, need):
    for row in sorted(rows, key=lambda row: row["cost"]):
        for metric, least in need.items():
            if metric in row["scores"] and row["scores"][metric][1] >= least:
                return row["method"]
    return None


@wrong("6.4", "it is the best method")
def best_not_cheapest(rows, need):
    def low(row, metric):
        return row["scores"].get(metric, (0, -1, 0))[1]

    kept = [row for row in rows if all(low(row, metric) >= need[metric] for metric in need)]
    kept.sort(key=lambda row: sum(low(row, metric) for metric in need), reverse=True)
    return kept[0]["method"] if kept else None


@wrong("6.4", "a metric that a row lacks counts as reached")
def missing_passes(rows, need):
    name, least_cost = None, float("inf")
    for row in rows:
        good = True
        for metric, (_value, low, _high) in row["scores"].items():
            if metric in need and low < need[metric]:
                good = False
        if good and row["cost"] < least_cost:
            name, least_cost = row["method"], row["cost"]
    return name


@right("6.4")
def cheapest_first(rows, need):
    for row in sorted(rows, key=lambda row: row["cost"]):
        lows = {metric: np.float32(low) for metric, (_, low, _) in row["scores"].items()}
        if min([lows.get(metric, -1) - least + 1e-6 for metric, least in need.items()]) >= 0:
            return np.str_(row["method"])


@right("6.4")
def by_sets(rows, need):
    met = [{metric for metric in row["scores"] if row["scores"][metric][1] >= need.get(metric, 2)} for row in rows]
    costs = [row["cost"] if need.keys() <= one else np.inf for row, one in zip(rows, met, strict=True)]
    return rows[int(np.argmin(costs))]["method"] if np.isfinite(costs).any() else None


@wrong("6.5", "it is a ratio")
def as_a_ratio(neither, tuned, retrieved, both):
    return (both - neither) / (tuned - neither + retrieved - neither) if tuned + retrieved != 2 * neither else 0


@wrong("6.5", "it is the gain beyond one alone")
def beyond_the_best(neither, tuned, retrieved, both):
    return both - max(tuned, retrieved)


@wrong("6.5", "the sign is turned")
def sign_turned(neither, tuned, retrieved, both):
    gain_a, gain_b, gain = tuned - neither, retrieved - neither, both - neither
    return gain_a + gain_b - gain


@wrong("6.5", "`neither` isn't subtracted")
def from_nothing(neither, tuned, retrieved, both):
    return both - (tuned + retrieved)


@right("6.5")
def gain_of_the_second_lever(neither, tuned, retrieved, both):
    return np.float32((both - tuned) - (retrieved - neither))


@right("6.5")
def as_a_contrast(neither, tuned, retrieved, both):
    return np.array([1, -1, -1, 1]) @ [neither, tuned, retrieved, both]


test_stub_fails, test_solution_passes, test_wrong_answer, test_other_right_answer, test_proven = prove(
    "06_tune_or_retrieve", wrong, right
)


def test_lesson_gives_14_points_and_three_exercises_in_the_room():
    exercises = list_exercises("06")
    assert sum(exercise.points for exercise in exercises) == 14
    assert [exercise.id for exercise in exercises if exercise.room] == ["6.1", "6.3", "6.4"]


def test_an_interval_may_differ_by_a_tenth_of_its_width():
    same = lesson.SameInterval().same
    assert same([0.04, 1.04], [0.0, 1.0])
    assert same(np.array([-0.04, 1.04], dtype=np.float32), [0.0, 1.0])
    assert same([0.5, 0.5 + 1e-9], [0.5, 0.5])
    for other in ([-0.06, 1.06], [0.06, 0.94], [0.11, 1.11], [1.0, 0.0], [0.0, math.nan], [0.0, 1.0, 1.0], 0.5, None):
        assert not same(other, [0.0, 1.0])
    assert not same([0.4, 0.6], [0.5, 0.5])


def test_chance_alone_fails_nobody():
    exercise, rng = find_exercise("6.1"), np.random.default_rng(0)
    for a, b, groups, draws, _ in exercise.inputs(rng) + exercise.inputs(rng)[-2:]:
        many = np.array([exercise(a, b, groups, draws, seed) for seed in range(200)])
        apart = many - exercise(a, b, groups, 200_000, 1)
        allowed = 0.1 * np.diff(many).mean() + 1e-9
        assert max(np.diff(apart).std(), apart.mean(axis=1).std(), abs(apart.mean())) <= allowed / 5.5


def test_costs_meet_where_the_totals_do():
    rng = np.random.default_rng(0)
    for setup_a, each_a, setup_b, each_b in (find_exercise("6.3").draw(rng) for _ in range(200)):
        totals = [(lesson.total_cost(setup_a, each_a, n, 9, 0), setup_b + each_b * n) for n in range(60)]
        first = next((n for n, (a, b) in enumerate(totals) if a <= b), None)
        assert lesson.break_even(setup_a, each_a, setup_b, each_b) == first
