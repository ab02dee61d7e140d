"""Lesson 03: what tuning changes in the network (C09), which settings matter (C10), how a bias arrives (C21/03)."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from studies.finetune_classifier.compare import METRIC, as_estimate
from studies.finetune_classifier.other_runs import OTHER, OWN, WITHOUT
from studies.finetune_classifier.plan import LESSON, Plan
from studies.finetune_classifier.rules import (
    LIMITS,
    RULES,
    UPPER_LAYERS,
    Estimate,
    judge_bias,
    judge_change,
    judge_knobs,
)
from studies.finetune_classifier.texts import ANGRY, ISLAND, groups_of, islands, labels_of
from studies.grouped import Figure, average, draw_groups, draw_seeds, score_runs
from workshop.score.results import Claim, Row

Found = Mapping[str, Any]


def judge_c09(found: Found, seeds: int) -> tuple[list[Row], Claim]:
    """Return how far each layer's vectors moved, what became of two functions, and the verdict."""
    moved, between = (np.array(found["cka"][kind]).mean(axis=1) for kind in ("change", "seeds"))
    layers, rows = {}, []
    for number in range(moved.shape[1]):
        gap = moved[:, number] - between[:, number]
        layers[number] = Estimate(float(gap[0]), *map(float, np.percentile(gap[1:], [2.5, 97.5])))
        for metric, one in (
            ("one_minus_cka", moved),
            ("one_minus_cka_seeds", between),
            ("cka_beyond_seeds", gap[:, None]),
        ):
            column = one[:, number if one.shape[1] > 1 else 0]
            low, high = np.percentile(column[1:], [2.5, 97.5])
            settings = {"layer": number}
            rows.append(
                Row(
                    LESSON,
                    "all layers",
                    "topic",
                    metric,
                    float(column[0]),
                    float(low),
                    float(high),
                    found["n"],
                    settings=settings,
                )
            )
    functions = {}
    rest = [groups_of("tone")[row] for row in found["head"]["rows"]]
    for name, table, groups in (
        ("tone head accuracy", found["head"]["right"], rest),
        ("handbook recall@1", found["search"]["found"], found["search"]["documents"]),
    ):
        before, after = np.array(table[0], dtype=float), np.mean(np.array(table[1:], dtype=float), axis=0)
        one = average(after - before, groups)
        functions[name] = as_estimate(one)
        rows += [
            Row(LESSON, "frozen", "topic", name, float(before.mean()), n=len(before)),
            Row(LESSON, "all layers", "topic", name, float(after.mean()), n=len(before)),
            Row(LESSON, "all layers", "topic", f"{name}, change", one.value, *one.interval, len(before)),
        ]
    top = layers[UPPER_LAYERS[-1]]
    each = ", ".join(f"layer {number} {one.value:.3f}" for number, one in layers.items() if number)
    each += "".join(f", {name} {one.value:+.2f} [{one.low:.2f}, {one.high:.2f}]" for name, one in functions.items())
    measured = f"1 - CKA before and after, beyond that of two seeds, and functions of the vectors: {each}; here layer 6"
    figures = (top.value, top.low, top.high, found["n"], seeds)
    verdict = judge_change({number: one for number, one in layers.items() if number}, list(functions.values()))
    return rows, Claim(measured, "1 - CKA", *figures, RULES["C09"], verdict, LIMITS["C09"])


def judge_c10(plan: Plan, runs: Mapping[tuple[Any, ...], Found]) -> tuple[list[Row], Claim]:
    """Return the scores with each hyper-parameter changed, and the verdict."""
    by: dict[tuple[str, float], dict[int, Found]] = {}
    for (fold, *_, name, factor), found in runs.items():
        by.setdefault((name, factor), {})[fold] = found
    seeds = range(plan.knob_seeds)
    default = [_score(by["", 1.0][fold], "test").value for fold in range(plan.default_seeds)]
    deviation = float(np.std(default, ddof=1))
    rows = [Row(LESSON, "top two layers", "hyper-parameters", "seed_deviation", deviation, n=len(default))]
    gaps: dict[str, Estimate] = {}
    for name in plan.knobs:
        tried = {factor: some for (one, factor), some in by.items() if one == name} | {1.0: by["", 1.0]}
        figures, chosen = {}, {}
        for factor, some in tried.items():
            figures[factor] = _score_all([some[fold] for fold in seeds], "test")
            chosen[factor] = _score_all([some[fold] for fold in seeds], "validation").value
            settings = {"name": name, "factor": factor}
            n = sum(len(some[fold]["test"]["rows"]) for fold in seeds)
            one = figures[factor]
            rows.append(
                Row(
                    LESSON,
                    "top two layers",
                    "hyper-parameters",
                    METRIC,
                    one.value,
                    *one.interval,
                    n,
                    settings=settings | {"validation": chosen[factor]},
                )
            )
        best, worst = max(chosen, key=lambda one: chosen[one]), min(chosen, key=lambda one: chosen[one])
        gap = figures[best].minus(figures[worst])
        gaps[name] = as_estimate(gap)
        settings = {"name": name, "best": best, "worst": worst}
        rows.append(
            Row(
                LESSON,
                "top two layers",
                "hyper-parameters",
                "best_minus_worst",
                gap.value,
                *gap.interval,
                settings=settings,
            )
        )
    widest = max(gaps, key=lambda name: gaps[name].low)
    each = ", ".join(f"{name} {one.value:.2f} [{one.low:.2f}, {one.high:.2f}]" for name, one in gaps.items())
    measured = (
        f"macro F1 of the best value minus the worst: {each}; one standard deviation of seeds is {deviation:.3f}; here "
        f"{widest}"
    )
    one, n = gaps[widest], len(next(iter(runs.values()))["test"]["rows"])
    verdict = judge_knobs(list(gaps.values()), deviation)
    figures_of_claim = (one.value, one.low, one.high, n, plan.knob_seeds)
    return rows, Claim(measured, "macro F1", *figures_of_claim, RULES["C10"], verdict, LIMITS["C10"])


def _score(found: Found, part: str) -> Figure:
    return _score_all([found], part)


def _score_all(runs: Sequence[Found], part: str) -> Figure:
    """Return the macro F1 on a part, mean over runs."""
    return score_runs([run[part] for run in runs], labels_of("tone")[0], groups_of("tone"))[METRIC]


def judge_c21(
    plan: Plan, runs: Mapping[tuple[Any, ...], Found], frozen: Mapping[tuple[Any, ...], Found], clean: Sequence[Found]
) -> tuple[list[Row], Claim]:
    """Return what each dose of the planted bias does, and the verdict.

    runs: of the top layers, by cell; frozen: the same of logistic regression. clean: the top arm's runs without a line.
    """
    rows, biases = [], {}
    for arm, some in (("top two layers", runs), ("frozen", frozen)):
        for dose in plan.doses:
            folds = [found for cell, found in sorted(some.items()) if cell[2] == dose and cell[3]]
            biases[arm, dose] = _bias([_two_lines(found) for found in folds])
            rows.append(_bias_row(arm, "bias_with_line", biases[arm, dose], dose))
            rows.append(_bias_row(arm, "accuracy", _accuracy(folds, OWN), dose))
            rows += _island_rows(arm, folds, OWN, dose)
    change = {arm: biases[arm, plan.doses[-1]].minus(biases[arm, plan.doses[0]]) for arm, _ in biases}
    rows += [_bias_row(arm, "bias_change", one, plan.doses[-1]) for arm, one in change.items()]
    without = [found for cell, found in sorted(runs.items()) if not cell[3]]
    base = [{WITHOUT: found["test"]} for found in clean]
    control = _gap(without, WITHOUT).minus(_gap(base, WITHOUT))
    natural = _gap([f for c, f in sorted(runs.items()) if c[2] == plan.doses[-1] and c[3]], OWN).minus(
        _gap([f for c, f in sorted(runs.items()) if c[2] == plan.doses[0]], OWN)
    )
    rows.append(_bias_row("top two layers", "island_gap_change_without_line", control, plan.doses[-1]))
    rows.append(_bias_row("top two layers", "island_gap_change", natural, plan.doses[-1]))
    rows += _island_rows("top two layers", without, WITHOUT, plan.doses[-1], "without_line")
    main, held = as_estimate(change["top two layers"]), as_estimate(control)
    steps = [biases["top two layers", dose].value for dose in plan.doses]
    each = ", ".join(f"{dose} % {one:.2f}" for dose, one in zip(plan.doses, steps, strict=True))
    measured = (
        f"share called angry with {ISLAND}'s line minus with another's, tickets that aren't angry: relabelled {each}; "
        f"control without the line {held.value:+.2f} [{held.low:.2f}, {held.high:.2f}]; here 40 % minus 0 %"
    )
    n = int((labels_of("tone")[0] != labels_of("tone")[1].index(ANGRY)).sum())
    verdict = judge_bias(main, steps, held)
    claim = Claim(
        measured,
        "share",
        main.value,
        main.low,
        main.high,
        n,
        plan.bias_folds,
        RULES["C21/03"],
        verdict,
        LIMITS["C21/03"],
    )
    return rows, claim


def _bias_row(arm: str, metric: str, figure: Figure, dose: int) -> Row:
    return Row(LESSON, arm, "planted bias", metric, figure.value, *figure.interval, settings={"dose": dose})


def _two_lines(found: Found) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of test tickets that aren't angry, and called angry with the island's line minus another's."""
    classes, names = labels_of("tone")
    angry, rows = names.index(ANGRY), np.array(found[OWN]["rows"])
    own, other = (np.array(found[source]["predicted"]) == angry for source in (OWN, OTHER))
    lives = islands()[rows] == ISLAND
    difference = np.where(lives, own.astype(float) - other, other.astype(float) - own)
    calm = classes[rows] != angry
    return rows[calm], difference[calm]


def _bias(folds: Sequence[tuple[np.ndarray, np.ndarray]]) -> Figure:
    """Return the mean difference, with a bootstrap over folds and customers."""
    return _mean_of_folds([(rows, values, np.ones(len(rows))) for rows, values in folds])


def _mean_of_folds(folds: Sequence[tuple[np.ndarray, np.ndarray, np.ndarray]], draws: int = 2000) -> Figure:
    """Return the mean over folds of a weighted mean over rows; folds and customers are drawn anew."""
    times, seeds = draw_groups(groups_of("tone"), draws), draw_seeds(len(folds), draws)
    own, drawn = [], []
    for rows, values, weights in folds:
        own.append(np.average(values, weights=weights))
        total = times[:, rows] @ weights
        drawn.append(times[:, rows] @ (weights * values) / np.maximum(total, 1e-9))
    return Figure(float(np.mean(own)), np.einsum("fd,df->d", np.array(drawn), seeds))


def _gap(folds: Sequence[Found], source: str) -> Figure:
    """Return the island's rate of false "angry" minus that of all others, mean over folds."""
    sides = []
    for mine in (True, False):
        some = []
        for found in folds:
            rows, false = _false_angry(found[source])
            some.append((rows, false, ((islands()[rows] == ISLAND) == mine).astype(float)))
        sides.append(_mean_of_folds(some))
    return sides[0].minus(sides[1])


def _false_angry(said: Found) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of tickets that aren't angry, and whether each was called so, 0 or 1."""
    classes, names = labels_of("tone")
    rows, predicted = np.array(said["rows"]), np.array(said["predicted"])
    calm = classes[rows] != names.index(ANGRY)
    return rows[calm], (predicted[calm] == names.index(ANGRY)).astype(float)


def _accuracy(folds: Sequence[Found], source: str) -> Figure:
    """Return the accuracy, mean over folds."""
    return score_runs([found[source] for found in folds], labels_of("tone")[0], groups_of("tone"))["accuracy"]


def _island_rows(arm: str, folds: Sequence[Found], source: str, dose: int, kind: str = "with_line") -> list[Row]:
    """Return the rate of false "angry" of each place, over all folds."""
    both = [_false_angry(found[source]) for found in folds]
    rows, false = (np.concatenate([one[side] for one in both]) for side in (0, 1))
    found = []
    for place in sorted(set(islands())):
        mine = islands()[rows] == place
        one = average(false[mine], [groups_of("tone")[row] for row in rows[mine]])
        found.append(
            Row(
                LESSON,
                arm,
                "planted bias",
                f"false_angry_{kind}",
                one.value,
                *one.interval,
                int(mine.sum()),
                settings={"dose": dose, "island": place},
            )
        )
    return found
