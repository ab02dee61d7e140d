"""Find what was handed in: notebooks, a folder of them, LMS zips, nbgrader's submitted/."""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from backstage.grade.choice import CHANGED, HANDOUT, UNREAD, find_attempt, grade_state
from backstage.grade.files import Item, UnreadableError, list_file, list_folder, list_zip
from backstage.grade.layout import Placed, is_notebook, list_some, name_person, place
from backstage.grade.names import clean_line, count_lesson_in, distinct, find_lesson_in, is_lesson
from backstage.grade.records import Submission
from workshop.checks.registry import LESSONS, find_lesson
from workshop.errors import WorkshopError

NO_NOTEBOOK = "handed in, but no notebook{what}. Save it as .ipynb and hand it in again"
NO_LESSON = "which lesson it is can't be told. Name the file {example}, or grade it with --lesson"


@dataclass(frozen=True)
class Found:
    """A submission that wasn't read yet.

    student: raw, as the name says, until `find_submissions` has made it clean and unlike any other. read: its bytes,
    or UnreadableError; None where problem says why there is nothing. file: its path as the student knows it, or "".
    notes: for the student. doubts: for the teacher, about whose it is. rank: among the student's several. person: whom
    the name may mean; sure: whether anything but the place of all tells the student.
    """

    student: str
    lesson: str
    origin: str
    read: Callable[[], bytes] | None
    problem: str = ""
    account: str = ""
    file: str = ""
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    rank: tuple = ()
    person: str = ""
    sure: bool = True

    def load(self) -> Submission:
        """Read the bytes; what can't be read becomes the submission's problem."""
        content, problem = None, self.problem
        if self.read is not None and not problem:
            try:
                content = self.read()
            except UnreadableError as error:
                problem = str(error)
        return Submission(self.student, self.lesson, content, clean_line(self.origin, 300), clean_line(problem, 300))


def find_submissions(paths: Iterable[Path], lesson: str | None = None, results: Path | None = None) -> list[Found]:
    """Return every submission below the paths, one a student and lesson, ordered by both.

    lesson: its stem, number or name: only these, and what doesn't say otherwise is taken for it. results: where the
    results go, which may lie below the paths.
    Raises WorkshopError for a path that isn't there or holds nothing.
    """
    stem = find_lesson(lesson).stem if lesson else ""
    found = [one for path in paths for one in _find_below(Path(path), stem, results)]
    if not found:
        raise WorkshopError("nothing to grade there. Give notebooks (.ipynb), a folder of them, or an LMS's zip.")
    names = distinct([one.student for one in found])
    several: dict[tuple[str, str], list[Found]] = defaultdict(list)
    for one in found:
        several[names[one.student], one.lesson].append(replace(one, student=names[one.student]))
    return [_choose(several[key]) for key in sorted(several)]


def _find_below(path: Path, stem: str, results: Path | None) -> list[Found]:
    """Return the submissions of one path that the teacher gave."""
    if path.is_dir():
        root = path / "submitted" if (path / "submitted").is_dir() else path
        items, name = list(list_folder(root, results)), _name_folder(root)
    elif path.is_file():
        zipped = path.suffix.casefold() == ".zip"
        items = list(list_zip(lambda: path.open("rb"), (), str(path)) if zipped else list_file(path, (path.name,)))
        name = path.stem if zipped else _name_folder(path.parent)
    else:
        raise WorkshopError(f"there is no {path}. Give a notebook, a folder or a zip that exists.")
    return _sort_out(items, name, stem)


def _name_folder(folder: Path) -> str:
    """Return the name of a folder, or of the one above it where that only tells the lesson."""
    folder = folder.resolve()
    return folder.parent.name if is_lesson(folder.name) else folder.name


def _sort_out(items: list[Item], root: str, stem: str) -> list[Found]:
    """Return the notebooks among the items with student and lesson, and a problem for each student without one."""
    placed, doubts = place(items, root)
    found = [made for one in placed if is_notebook(one.item) for made in _notebook(one, stem)]
    given = {one.owner.student for one in placed if is_notebook(one.item)}
    others: dict[str, list[Placed]] = defaultdict(list)
    for one in placed:
        if not is_notebook(one.item):
            others[one.owner.student].append(one)
    for student, several in others.items():
        if student not in given and not (given and (student == root or is_lesson(student))):
            found.append(_nothing(several, stem))
    found = [replace(one, student=unicodedata.normalize("NFC", one.student)) for one in found]
    return [replace(found[0], doubts=(*doubts, *found[0].doubts)), *found[1:]] if found else []


def _nothing(several: Sequence[Placed], stem: str) -> Found:
    """Return the record of a student who handed in files, or a folder, without a notebook."""
    first = next((one for one in several if one.item.parts[-1:] and one.item.parts[-1]), several[0])
    named = [one.owner.file for one in several if one.owner.file]
    problem = _why_nothing(first.item, f" (only {clean_line(list_some(named), 120)})" if named else "")
    lesson = stem or find_lesson_in([one.owner.file for one in several])
    return Found(first.owner.student, lesson, first.item.origin, None, problem, first.owner.account)


def _why_nothing(item: Item, what: str) -> str:
    """Return why a student's other file or empty folder gives nothing to grade."""
    try:
        if item.read and item.parts[-1:] and not item.parts[-1].casefold().endswith(".zip"):
            return NO_NOTEBOOK.format(what=what)
        if item.read:
            item.read()
    except UnreadableError as error:
        return str(error)
    return NO_NOTEBOOK.format(what=what)


def _notebook(placed: Placed, stem: str) -> list[Found]:
    """Return the submission that a notebook is; none where another lesson was asked for."""
    item, owner = placed.item, placed.owner
    lesson, problem = find_lesson_in([*item.parts[:-1], owner.file]), ""
    if stem and lesson and lesson != stem:
        return []
    if not lesson and not stem:
        try:
            lesson = count_lesson_in(item.read())
        except UnreadableError as error:
            problem = str(error)
        problem = problem or ("" if lesson else NO_LESSON.format(example=f"{LESSONS[-1].stem}.ipynb"))
    lesson = lesson or stem
    rank = (owner.stamp, *find_attempt(placed.inside, owner.file, lesson), item.modified, item.parts)
    file = clean_line("/".join(placed.inside) or owner.file, 120)
    person = name_person(placed.inside[0])
    found = Found(owner.student, lesson, item.origin, item.read, problem, owner.account, file)
    return [replace(found, rank=rank, person=person, sure=owner.sure)]


def _choose(several: Sequence[Found]) -> Found:
    """Return the one of a student's notebooks of a lesson that counts, with notes where others were left out."""
    notebooks = [one for one in several if one.read is not None]
    if len(notebooks) < 2:
        best = notebooks[0] if notebooks else several[0]
        return replace(best, doubts=tuple(doubt for one in several for doubt in one.doubts))
    states = {id(one): grade_state(one.read, one.lesson) for one in notebooks}
    best = max(notebooks, key=lambda one: (states[id(one)], one.rank))
    others = [one for one in notebooks if one is not best]
    notes = [f"handed in {len(notebooks)} notebooks of this lesson: {best.file} counts"]
    why = {HANDOUT: "an unchanged handout", UNREAD: "can't be read"}
    left = [f"{one.file} ({why[states[id(one)]]})" for one in others if states[id(one)] in why]
    notes += [f"left out: {list_some(left)}"] if left else []
    doubts = [doubt for one in several for doubt in one.doubts]
    people = {one.person for one in notebooks} - {""}
    nameless = [one for one in notebooks if not one.sure and states[id(one)] == CHANGED]
    if len(nameless) > 1:
        doubts.append(
            f"{len(nameless)} notebooks whose names tell no student were taken for one student's, {best.student}"
        )
    if len(people) > 1:
        names = list_some(people)
        doubts.append(
            f"{best.student} has {len(notebooks)} notebooks of one lesson, perhaps of several people ({names})"
        )
    return replace(best, notes=tuple(notes), doubts=tuple(doubts))
