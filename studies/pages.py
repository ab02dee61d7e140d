"""The pages made from measured results: README's table of lessons, the pages in docs/, the adapters' cards."""

import re
from collections.abc import Iterable

from backstage.lessons.colab import badges
from backstage.lessons.source import checkout
from studies import budgets, model_speed
from studies.adapters import cards, model_card
from studies.adapters import study as adapters
from studies.grader import speed_table
from studies.grader import study as grader
from studies.keep import list_measured, read_measured
from workshop.checks.registry import LESSONS, list_exercises
from workshop.errors import WorkshopError
from workshop.score.claims import STATEMENTS, find_statement
from workshop.score.results import Claim, Results
from workshop.score.verdict import tell_seen

TABLE = re.compile(r"(<!-- lessons:[^>]*-->\n).*?(<!-- /lessons -->)", re.DOTALL)
LEDGER = """# The claims, and what was measured

Made by `make measure` from `workshop/results/`. Each rule was written down before the measurement that is shown, and
the verdict is computed from it. Where figures had been seen before the rule stood, the claim's line begins with *seen
before*, and the rule says what had been seen. Intervals are 95 %. Small models, one encyclopedia's articles and a
made-up company are a limit of every verdict.

"""


def read_all() -> list[Results]:
    """Return the results of every study, in order of their stems."""
    return [read_measured(stem) for stem in list_measured()]


def write_table(results: Results | None) -> str:
    """Return README's table of lessons: minutes, points, what each solved notebook cost; below, seconds together."""
    lines = [
        "| lesson | minutes | points | seconds | longest cell, s | peak memory, MB |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for lesson in LESSONS:
        points = sum(exercise.points for exercise in list_exercises(lesson.stem))
        costs = [
            _cost(results, lesson.stem[:2], metric)
            for metric in ("seconds", "longest cell, seconds", "peak memory, megabytes")
        ]
        badge = badges(lesson.stem)
        title = f"[{lesson.stem[:2]} {lesson.title}](notebooks/{lesson.stem}.ipynb)" + (f" {badge}" if badge else "")
        lines.append(f"| {title} | {lesson.minutes} | {points} | {' | '.join(costs)} |")
    together = budgets.tell_core(results) if results else ""
    return "\n".join([*lines, *(["", together] if together else [])]) + "\n"


def _cost(results: Results | None, lesson: str, metric: str) -> str:
    """Return a measured cost as text, or a dash where it is not measured."""
    found = results.select(lesson=lesson, metric=metric) if results else []
    return f"{found[0].value:.0f}" if found else "–"


def fill_readme(text: str, results: Results | None) -> str:
    """Return README with its table of lessons made anew; raise WorkshopError where the markers are missing."""
    if not TABLE.search(text):
        raise WorkshopError("README.md has lost its markers <!-- lessons: … --> and <!-- /lessons -->. Put them back.")
    return TABLE.sub(lambda found: found[1] + write_table(results) + found[2], text)


def write_ledger(measured: Iterable[Results]) -> str:
    """Return docs/claims.md: every claim, with measure, figure, interval and verdict where it is measured."""
    found = [(results.stem, name, claim) for results in measured for name, claim in results.claims.items()]
    parts = [LEDGER, "| claim | lesson | verdict | figure |\n| --- | --- | --- | --- |\n"]
    parts += [
        f"| {_seen(claim)}{name}: {_sentence(name)} | {stem} | **{claim.verdict}** | {write_figure(claim)} |\n"
        for stem, name, claim in found
    ]
    names = {name for _, name, _ in found}
    parted = {name.partition("/")[0] for name in names if "/" in name}
    open_ones = [
        f"- {name}: {one.sentence}{' (One part is measured: above.)' if name in parted else ''}\n"
        for name, one in STATEMENTS.items()
        if name not in names
    ]
    parts.append("\n## How each was decided\n")
    parts += [
        f"\n**{name}** ({stem}). Measure: {claim.measure}. Rule: {claim.rule} "
        f"Limits: {claim.limits or 'those above.'}\n"
        for stem, name, claim in found
    ]
    return "".join([*parts, "\n## Not measured yet\n\n", *open_ones])


def _sentence(name: str) -> str:
    """Return a claim's sentence; one lesson's part of a claim (C21/01) has that of the whole."""
    return find_statement(name).sentence


def _seen(claim: Claim) -> str:
    """Return what a claim's line begins with where figures had been seen before its rule stood."""
    return "*seen before* · " if tell_seen(claim) else ""


def write_figure(claim: Claim) -> str:
    """Return a claim's figure with its interval, unit and number of cases."""
    interval = "" if claim.low is None or claim.high is None else f" [{claim.low:.3g}, {claim.high:.3g}]"
    return f"{claim.value:.3g}{interval} {claim.unit}, n = {claim.n}, seeds: {claim.seeds}"


def write_budgets(results: Results) -> str:
    """Return docs/budgets.md: what each notebook cost beside what it may cost."""
    lines = [
        "# What the notebooks cost\n",
        "Made by `make measure`: the solved notebooks, each from a fresh kernel, profile `small`.",
        f"Machine: {', '.join(f'{name} {value}' for name, value in results.machine.items())}. At most: a cell "
        f"{budgets.LONGEST_CELL_SECONDS} s, a notebook {budgets.PEAK_MEGABYTES} MB (Binder ends a session at 2 GB).\n",
        "| lesson | seconds | at most | longest cell, s | peak memory, MB |",
        "| --- | --- | --- | --- | --- |",
    ]
    for lesson in LESSONS:
        number = lesson.stem[:2]
        cost, longest, peak = (
            _cost(results, number, metric) for metric in ("seconds", "longest cell, seconds", "peak memory, megabytes")
        )
        lines.append(f"| {lesson.stem} | {cost} | {lesson.seconds} | {longest} | {peak} |")
    return "\n".join([*lines, "", budgets.tell_core(results)]) + "\n"


def make_pages() -> dict[str, str]:
    """Return the content of every page that is made from results, by its path in the repository."""
    measured = read_all()
    by_stem = {results.stem: results for results in measured}
    cost = by_stem.get(budgets.STEM)
    readme, grading = ((checkout() / path).read_text(encoding="utf-8") for path in ("README.md", speed_table.PAGE))
    pages = {"README.md": fill_readme(readme, cost), "docs/claims.md": write_ledger(measured)}
    pages[speed_table.PAGE] = speed_table.fill_speed(grading, by_stem.get(grader.STEM))
    made = by_stem.get(adapters.STEM)
    models = (checkout() / model_card.PAGE).read_text(encoding="utf-8")
    pages[model_card.PAGE] = model_card.fill_models(models, made, by_stem.get(model_speed.STEM))
    pages |= {
        f"workshop/assets/adapters/{name}/README.md": cards.write_card(name, made) for name in cards.NAMES if made
    }
    return pages | ({"docs/budgets.md": write_budgets(cost)} if cost else {})


def write_pages() -> None:
    """Write every page that is made from results."""
    for path, text in make_pages().items():
        (checkout() / path).write_text(text, encoding="utf-8", newline="\n")
