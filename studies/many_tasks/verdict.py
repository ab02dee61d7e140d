"""C22: of six tasks, in how many tuning beats the best baseline and the same network from nothing."""

from collections.abc import Mapping, Sequence

from studies.grouped import Figure
from studies.many_tasks.plan import LESSON
from studies.many_tasks.rules import LIMITS, RULES, judge_tasks
from studies.many_tasks.tables import METRICS, NOTHING, TUNED, Arm
from studies.prompt_or_lora.rules import Estimate
from workshop.score.results import Claim, Row

FROZEN = "frozen"


def judge_c22(tasks: Mapping[str, Sequence[Arm]]) -> tuple[list[Row], Claim]:
    """Return each task's differences, and the verdict. A task's best baseline is the one that is best on test."""
    rows: list[Row] = []
    gaps, first = {}, {}
    for task, arms in tasks.items():
        known = {arm.method: arm for arm in arms}
        baselines = [arm for arm in arms if arm.is_baseline]
        others = {"over_baseline": _find_best(baselines), "over_nothing": known[NOTHING]}
        others["over_first_baseline"] = _find_best([arm for arm in baselines if not arm.is_added])
        if FROZEN in known:
            others["over_frozen"] = known[FROZEN]
        for metric, other in others.items():
            gap = known[TUNED].figure.minus(other.figure)
            gaps[task, metric] = as_estimate(gap)
            settings = {"of": METRICS[task], "other": other.method}
            rows.append(Row(LESSON, TUNED, task, metric, gap.value, *gap.interval, known[TUNED].n, settings=settings))
        first[task] = gaps[task, "over_first_baseline"]
    nothing, over = ([gaps[task, metric] for task in tasks] for metric in ("over_nothing", "over_baseline"))
    counts = [
        sum(one.low > 0 < other.low for one, other in zip(some, nothing, strict=True))
        for some in (over, [*first.values()])
    ]
    each = "; ".join(
        f"{task} {_write(gaps[task, 'over_baseline'])} and {_write(gaps[task, 'over_nothing'])}" for task in tasks
    )
    measured = (
        "tasks in which tuning beats the best baseline and the same network from nothing (differences in this order: "
        f"{each}); before plain rules were added, {counts[1]}"
    )
    seeds = max(len(arm.runs) for arms in tasks.values() for arm in arms if arm.method == TUNED)
    figures = (counts[0], None, None, len(tasks), seeds)
    return rows, Claim(measured, "of 6 tasks", *figures, RULES["C22"], judge_tasks(over, nothing), LIMITS["C22"])


def _find_best(arms: Sequence[Arm]) -> Arm:
    return max(arms, key=lambda arm: arm.figure.value)


def as_estimate(figure: Figure) -> Estimate:
    """Return a figure with its interval."""
    return Estimate(figure.value, *figure.interval)


def _write(one: Estimate) -> str:
    return f"{one.value:.2f} [{one.low:.2f}, {one.high:.2f}]"
