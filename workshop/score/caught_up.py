"""Fill the rows that a learner missed in a lesson with the workshop's own figures, marked as such."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean

from workshop.errors import unknown
from workshop.score.learner import CAUGHT_UP, read_record, record_row
from workshop.score.recorded import RECORDED, Key, find_key, has_interval, select_same
from workshop.score.results import FOLDER, Row, read_results


def find_stem(lesson: str, folder: Path | None = None) -> str:
    """Return the stem of a measured lesson: "04", "4" or the stem itself; raise WorkshopError where there is none."""
    stems = list_stems(folder)
    for stem in stems:
        if lesson.zfill(2) in (stem, stem[:2], stem[3:]):
            return stem
    raise unknown("lesson with figures to catch up on", lesson, stems)


def list_stems(folder: Path | None = None) -> list[str]:
    """Return the stems of all measured lessons, in order."""
    return [path.stem for path in sorted((folder or FOLDER).glob("[0-9][0-9]_*.json"))]


def catch_up(stem: str) -> list[Row]:
    """Fill the rows of a lesson that the record lacks, say what was filled, and return those rows.

    stem: "04_prompt_or_lora", "04" or "4". The figures are the workshop's own and marked "caught up"; a run of the
    lesson, earlier or later, stands above them. No points and no predictions are given. Raises WorkshopError for a
    lesson of which nothing was measured.
    """
    stem = find_stem(stem)
    lesson, measured = stem[:2], read_results(stem).rows
    here = {find_key(row) for row in read_record().rows}
    missed = [key for key in RECORDED if key[0] == lesson and key not in here]
    found = {key: take_measured(key, measured) for key in missed}
    filled = [row for row in found.values() if row is not None]
    for row in filled:
        record_row(row)
    print(_tell(lesson, filled, [key for key, row in found.items() if row is None]))
    return filled


def take_measured(key: Key, measured: Sequence[Row]) -> Row | None:
    """Return a learner's row made of measured ones: that with an interval, else the mean over seeds; None for none."""
    same = select_same(key, measured)
    if not same:
        return None
    lesson, method, task, metric = key
    own = {"lesson": lesson, "method": method, "task": task, "metric": metric, "source": CAUGHT_UP, "seed": None}
    whole = [row for row in same if has_interval(row)]
    if whole:
        return replace(whole[0], **own)
    seconds = [row.seconds for row in same if row.seconds is not None]
    mean = {"value": fmean(row.value for row in same), "seconds": fmean(seconds) if seconds else None}
    return replace(same[0], **own, **mean)


def _tell(lesson: str, filled: Sequence[Row], left: Sequence[Key]) -> str:
    """Return one line on what was filled and what was not."""
    if filled:
        rows = f"{len(filled)} row{'s' * (len(filled) > 1)} filled"
        names = _list(row.method for row in filled)
        said = f"{rows} with the workshop's own figures, marked ({CAUGHT_UP}): {names}."
    else:
        said = "nothing to fill."
    names = _list(key[1] for key in left)
    return f"Lesson {lesson}: {said}" + (f" Not measured beforehand, so left open: {names}." if names else "")


def _list(methods: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(methods))
