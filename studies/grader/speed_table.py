"""The part on speed in docs/grading.md, made from what `python -m studies grader` has measured."""

import re

from backstage.grade.replay import Limits
from studies.grader.study import GOAL, JOBS, MANY
from workshop.errors import WorkshopError
from workshop.score.results import Results

PAGE = "docs/grading.md"
PLACE = re.compile(r"(<!-- speed:[^>]*-->\n).*?(<!-- /speed -->)", re.DOTALL)
STOCK, OURS, RATIO = "nbgrader autograde", "workshop grade", "times nbgrader's throughput"


def write_speed(results: Results) -> str:
    """Return the part: both graders side by side, where our seconds go, and the limits of time."""
    [ratio] = results.select(metric=RATIO)
    both = [
        results.select(method=method, task=ratio.task, metric="submissions a minute")[0] for method in (STOCK, OURS)
    ]
    parts = [row for row in results.select(method=OURS, task=ratio.task) if row not in (ratio, *both)]
    [rate] = results.select(task=f"{MANY} submissions", metric="submissions a minute")
    [peak] = results.select(metric="peak memory")
    [ready] = results.select(metric="seconds until ready")
    names = (f"stock {STOCK} {results.versions['nbgrader']}", f"{OURS}, {JOBS} at once")
    lines = [
        f"{ratio.n} mixed submissions of lesson {ratio.lesson} on {results.machine['cores']} cores, graded both ways "
        f"in one run, with the same marks: {ratio.value:.1f} times the throughput (the goal is {GOAL:g}).",
        "",
        "| | seconds | submissions a minute |",
        "| --- | --- | --- |",
        *[f"| {name} | {row.seconds:.1f} | {row.value:.0f} |" for name, row in zip(names, both, strict=True)],
        "",
        "| where the grader's time goes | seconds |",
        "| --- | --- |",
        *[f"| {row.metric} | {row.value:.2f} |" for row in sorted(parts, key=lambda row: -row.value)],
        "",
        f"A child is ready in {ready.value:.3f} s. Of {MANY} submissions, {rate.value:.0f} a minute were graded, with "
        f"at most {peak.value:.0f} MB of memory in all.",
        "",
        _write_limits(Limits()),
    ]
    return "\n".join(lines) + "\n"


def _write_limits(limits: Limits) -> str:
    """Return the sentences on the limits of time."""
    return (
        f"Limits are seconds of wall clock: {limits.cell:g} for a cell, {limits.check:g} for all calls of one check, "
        f"{limits.submission:g} for a submission, and the exercise's own for a call. Submissions that are graded at "
        "once share the cores: with more `--jobs` than cores, or on a machine that is busy with something else, an "
        "honest answer near its limit can overrun it."
    )


def fill_speed(page: str, results: Results | None) -> str:
    """Return the page with the part made anew, as it is where nothing is measured.

    Raises WorkshopError for a page that has lost the part's markers.
    """
    if not PLACE.search(page):
        raise WorkshopError(f"{PAGE} has lost its markers <!-- speed: … --> and <!-- /speed -->. Put them back.")
    return page if results is None else PLACE.sub(lambda found: found[1] + write_speed(results) + found[2], page)
