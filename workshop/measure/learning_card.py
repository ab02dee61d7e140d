"""The model card's section on what the tiny model learns, from measured rows only."""

from pathlib import Path

from workshop.measure import learning
from workshop.measure.learning_rows import (
    ACCURACY,
    BASE,
    FULL,
    LORA,
    NAMES,
    PRETRAINED,
    PRETRAINED_TUNED,
    PROMPT,
    REACHED,
    READING,
    TUNED,
)
from workshop.measure.learning_runs import CHECKS
from workshop.measure.learning_tasks import FEWEST_WORDS, VOICE_CUTS
from workshop.score.results import Results, Row, find_results, input_hash, read_results

METRICS = {
    "json": ("right", "valid JSON"),
    "voice": ("in voice", "keeps the marks"),
    "facts": ("as trained", "in other words", "never taught"),
}
HEAD = ("task", "method", "before", "after, 95 % interval", "reading before → after", "seconds")


def find_section(weights: Path, folder: Path | None = None) -> str:
    """Return the section for a file of weights; empty where nothing was measured, or it was with other weights.

    folder: of the results, by default workshop/results.
    """
    if not find_results(learning.STEM, folder).is_file():
        return ""
    results = read_results(learning.STEM, folder)
    found = input_hash([weights.name], weights.parent)[weights.name]
    return render_section(results) if results.inputs_sha256.get(learning.WEIGHTS) == found else ""


def render_section(results: Results) -> str:
    """Return the section in Markdown: the table, the learning curve, and what the words in them mean."""
    seeds = results.select(method=LORA, task=NAMES["json"], metric="seeds")[0]
    adapter = results.select(method=LORA, task=NAMES["json"], metric="right")[0]
    accuracy = _one(results, "judge", NAMES["voice"], ACCURACY)
    machine = f"{results.machine.get('processor')}, threads: {results.machine.get('threads')}"
    curve = [row for row in results.select(method=LORA, metric="right") if " from " in row.task]
    curve.sort(key=lambda row: int(row.task.split()[-2]))
    lines = [
        f"Written by `python -m workshop.measure {learning.STEM}`: greedy answers to cases that training never saw, "
        f"mean of {seeds.value:.0f} seeds; seconds of training on {machine}.",
        "",
        *_table(HEAD, _list_lines(results)),
        "",
        "JSON answers: passages and a question of invented companies, answered as an object with the keys `says`, "
        "`source` and `sure`, which pretraining never showed; one question in five has no answer. Right is the whole "
        "object. With the prompt alone the three keys are asked for in words. Voice: the plain answer is read, "
        f"the voiced one is learnt, from {VOICE_CUTS[0]} pairs; judged by TF-IDF and logistic regression without "
        f'greeting, "Next:" and farewell, right about {_share(accuracy)} of answers that they never saw; they look '
        "at words and not at sense, and answers of "
        f"fewer than {FEWEST_WORDS} words are not counted as voiced. Facts: Skerryline's, with no passage. "
        "Reading: the first line's test of the table above, fewer cases, asked without a word about form: a model "
        "that now answers everything as an object or in its voice gets none right there.",
        "",
        f"The adapter: {adapter.trained_parameters:,} weights, {adapter.megabytes:.1f} MB on disk.",
        "",
        *_tell_full(results),
        "JSON answers by the number of examples, as many steps each:",
        "",
        *_table(
            ("examples", *(row.task.split()[-2] for row in curve)),
            [("right", *(_share(row) for row in curve))],
        ),
    ]
    return "\n".join(lines)


def _list_lines(results: Results) -> list[tuple[str, ...]]:
    """Return the lines of the table: what was tuned, then the prompt alone, then random weights."""
    lines = []
    for task, metrics in METRICS.items():
        for method in (LORA, FULL):
            after = _one(results, method, f"{READING} after {NAMES[task]}", READING)
            for metric in metrics:
                lines += _line(results, method, task, metric, after)
    lines += [one for metric in METRICS["json"] for one in _line(results, PROMPT, "json", metric, None)]
    for method in (TUNED, PRETRAINED, PRETRAINED_TUNED):
        lines += _line(results, method, "json", "right", _one(results, method, READING, READING))
    return lines


def _line(results: Results, method: str, task: str, metric: str, reading: Row | None) -> list[tuple[str, ...]]:
    """Return one line, or none where it was not measured. Random weights have no score before."""
    row = _one(results, method, NAMES[task], metric)
    if row is None:
        return []
    known = method in (LORA, FULL, PROMPT)
    before = _share(_one(results, BASE, NAMES[task], metric), bare=True) if known else "–"
    first = _share(_one(results, BASE, READING, READING), bare=True) if known else "–"
    read = f"{first} → {_share(reading, bare=True)}" if reading else "–"
    seconds = "–" if row.seconds is None else f"{row.seconds:.0f}"
    return [(f"{NAMES[task]}: {metric}", method, before, _share(row), read, seconds)]


def _tell_full(results: Results) -> list[str]:
    """Return how far full tuning came towards the adapter's score, and what that says about forgetting."""
    told = []
    for task in METRICS:
        reached = _one(results, FULL, NAMES[task], REACHED)
        kept = _one(results, f"{LORA} minus {FULL}", f"{READING} after {NAMES[task]}", READING)
        if reached and kept:
            told.append(
                f"{NAMES[task]}: {FULL} stopped at the first of {CHECKS} checkpoints that reached LoRA's score on "
                f"validation, in {reached.value:.0f} of {reached.n} seeds. Reading after LoRA minus reading after it: "
                f"{_points(kept)}."
            )
    return [*told, ""]


def _one(results: Results, method: str, task: str, metric: str) -> Row | None:
    """Return a row, or None where there is none."""
    return next(iter(results.select(method=method, task=task, metric=metric)), None)


def _share(row: Row | None, *, bare: bool = False) -> str:
    """Return a share with its interval; bare: without."""
    if row is None or row.low is None or row.high is None:
        return "–"
    return f"{row.value:.0%}" if bare else f"{row.value:.0%} [{row.low:.0%}, {row.high:.0%}]"


def _points(row: Row) -> str:
    """Return a difference of shares in points with its interval."""
    low, high = (row.value if one is None else one for one in (row.low, row.high))
    return f"{100 * row.value:+.0f} points [{100 * low:+.0f}, {100 * high:+.0f}]"


def _table(head: tuple[str, ...], lines: list[tuple[str, ...]]) -> list[str]:
    """Return a table in Markdown."""
    return [f"| {' | '.join(line)} |" for line in (head, ("---",) * len(head), *lines)]
