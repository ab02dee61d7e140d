"""The scoreboard: the learner's rows beside what was measured, predictions beside verdicts, points."""

from collections.abc import Iterable, Mapping

from workshop.errors import WorkshopError
from workshop.score.claims import STATEMENTS
from workshop.score.learner import CAUGHT_UP, Record, read_record
from workshop.score.output import show_bundle
from workshop.score.recorded import find_key, has_interval, select_same
from workshop.score.results import FOLDER, Results, Row, read_results
from workshop.score.table_views import Board, Comparison, Judged, as_html, as_text


def scoreboard(possible: Mapping[str, int] | None = None) -> None:
    """Show the learner's scoreboard as a table, or as text outside notebooks.

    possible: the points of every exercise by its id, to show how many can be reached.
    """
    board = build_board(read_record(), list(read_all_results()), possible or {})
    show_bundle({"text/plain": as_text(board), "text/html": as_html(board)})


def read_all_results() -> Iterable[Results]:
    """Yield what was measured for each lesson; a file that can't be read is left out."""
    for path in sorted(FOLDER.glob("[0-9][0-9]_*.json")):
        try:
            yield read_results(path.stem)
        except WorkshopError:
            continue


def build_board(record: Record, results: list[Results], possible: Mapping[str, int]) -> Board:
    """Return the scoreboard's contents, in the order of the lessons."""
    measured = [row for one in results for row in one.rows]
    verdicts = {claim_id: claim.verdict for one in results for claim_id, claim in one.claims.items()}
    rows = sorted(record.rows, key=lambda row: row.lesson)
    return Board(
        [compare(row, measured) for row in rows],
        _judge(record, verdicts),
        count_points(record.passes, possible),
    )


def compare(own: Row, measured: Iterable[Row]) -> Comparison:
    """Return a row with its measured counterpart: one with an interval, else the range over seeds."""
    same = select_same(find_key(own), measured)
    whole = [row for row in same if has_interval(row)]
    if whole:
        return Comparison(own, whole[0].value, whole[0].low, whole[0].high)
    values = [row.value for row in same]
    if not values:
        return Comparison(own)
    low, high = (min(values), max(values)) if len(values) > 1 else (None, None)
    return Comparison(own, sum(values) / len(values), low, high)


def reached_lesson(record: Record) -> int:
    """Return the number of the furthest lesson in which the learner passed or measured something, -1 for none."""
    numbers = [row.lesson[:2] for row in record.rows if row.source != CAUGHT_UP]
    numbers += [key.partition(".")[0] for key in record.passes]
    return max((int(number) for number in numbers if number.isdecimal()), default=-1)


def _judge(record: Record, verdicts: Mapping[str, str]) -> list[Judged]:
    """Return the predictions; a verdict is told once the learner has reached its lesson."""
    reached = reached_lesson(record)
    judged = []
    for statement in STATEMENTS.values():
        answer = record.predictions.get(statement.id)
        if answer is None:
            continue
        told = reached >= int(statement.lessons[0])
        verdict = verdicts.get(statement.id, "") if told else ""
        part = _tell_parts(statement.id, verdicts) if told and not verdict else ""
        judged.append(Judged(statement.id, statement.sentence, answer, verdict, statement.lessons, part))
    return judged


def _tell_parts(claim_id: str, verdicts: Mapping[str, str]) -> str:
    """Return what single lessons found of a claim ("C21/01") that a later lesson decides; "" where nothing."""
    parts = {name.partition("/")[2]: one for name, one in verdicts.items() if name.startswith(f"{claim_id}/")}
    return ", ".join(f"lesson {lesson}: {one}" for lesson, one in parts.items())


def count_points(passes: Mapping[str, int], possible: Mapping[str, int]) -> dict[str, tuple[int, int | None]]:
    """Return for each lesson ("01") the points reached and possible, in order."""
    points: dict[str, tuple[int, int | None]] = {}
    for exercise_id in sorted({*passes, *possible}):
        lesson = exercise_id.partition(".")[0].zfill(2)
        done, total = points.get(lesson, (0, 0 if possible else None))
        total = None if total is None else total + possible.get(exercise_id, passes.get(exercise_id, 0))
        points[lesson] = (done + passes.get(exercise_id, 0), total)
    return dict(sorted(points.items()))
