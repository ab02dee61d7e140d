"""Compare a training outcome with where nearly every seed falls. Bands never give points and never fail."""

import math
from typing import Any

from workshop.checks.registry import find_lesson
from workshop.checks.show import show_note
from workshop.errors import WorkshopError, unknown
from workshop.score.results import read_results

GENERAL = {
    "below": "fewer steps or less data than intended.",
    "above": "a longer run, more data, or test data among the training data.",
}


def show_band(name: str, value: float) -> None:
    """Show where a value lies in the range measured over seeds; one line where that can't be said.

    name: "01.skipgram_spearman", from the `bands` of the lesson's results.
    """
    try:
        text = compare(name, value)
    except WorkshopError as problem:
        text = str(problem)
    show_note(text)


def compare(name: str, value: float) -> str:
    """Return the sentence on a value and its band; raise WorkshopError where there is no such band or number."""
    number = _as_number(value)
    lesson = find_lesson(name.partition(".")[0])
    results = read_results(lesson.stem)
    bands = results.bands
    if name not in bands:
        raise unknown("band", name, bands)
    facts = bands[name]
    low, high = float(facts["low"]), float(facts["high"])
    digits = _digits(low, high)
    span = f"{low:.{digits}f}–{high:.{digits}f}"
    how = f" ({facts.get('how') or f'over seeds, profile {results.profile}'})"
    if low <= number <= high:
        return f"your {number:.{digits}f} lies in the {span} that others get{how}."
    side = "below" if number < low else "above"
    cause = facts.get("causes", GENERAL | dict(lesson.causes))[side]
    return (
        f"your {number:.{digits}f} is {side} the {span} that others get{how}. It may be luck: one or two seeds in "
        f"a hundred fall outside. Where another seed does so too, the usual cause is {cause}"
    )


def _as_number(value: Any) -> float:
    """Return the value as a finite float."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise WorkshopError(f"expected a number to compare, got {value!r}. Pass the figure that the run returned.")
    return number


def _digits(low: float, high: float) -> int:
    """Return how many decimals tell the band's ends apart: two, more for narrow bands, fewer for large numbers."""
    width = high - low
    if width <= 0:
        return 3
    return min(max(1 - math.floor(math.log10(width)), 0), 6)
