"""Find what was handed in: notebooks, a folder of them, LMS zips, nbgrader's submitted/."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from backstage.grade.files import Item, UnreadableError, list_file, list_folder, list_zip
from backstage.grade.names import (
    Owner,
    clean,
    count_lesson_in,
    distinct,
    find_lesson_in,
    find_owner,
    is_attempt,
    is_lesson,
    name_lesson,
)
from backstage.grade.records import Submission
from workshop.checks.registry import LESSONS, find_lesson
from workshop.errors import WorkshopError

NO_NOTEBOOK = "no notebook was handed in. Save it as .ipynb and hand it in again"
NO_LESSON = "which lesson it is can't be told. Name the file {example}, or grade it with --lesson"


@dataclass(frozen=True)
class Found:
    """A submission that wasn't read yet.

    student: raw, as the name says, until `find_submissions` has made it clean and unlike any other. notes: for the
    student. read: its bytes, or UnreadableError; None where problem says why there is nothing.
    """

    student: str
    lesson: str
    origin: str
    read: Callable[[], bytes] | None
    problem: str = ""
    account: str = ""
    notes: tuple[str, ...] = ()
    rank: tuple = ()

    def load(self) -> Submission:
        """Read the bytes; what can't be read becomes the submission's problem."""
        content, problem = None, self.problem
        if self.read is not None and not problem:
            try:
                content = self.read()
            except UnreadableError as error:
                problem = str(error)
        return Submission(self.student, self.lesson, content, clean(self.origin, 300), clean(problem, 300))


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
    return _sort_out(_unwrap(items), name, stem)


def _name_folder(folder: Path) -> str:
    """Return the name of a folder, or of the one above it where that only tells the lesson."""
    folder = folder.resolve()
    return folder.parent.name if is_lesson(folder.name) else folder.name


def _unwrap(items: list[Item]) -> list[Item]:
    """Drop folders around everything (`submitted/`, the name of the zip), but not a student's own."""
    while True:
        notebooks = [item.parts for item in items if _is_notebook(item)]
        heads, below = {parts[0] for parts in notebooks}, {parts[1] for parts in notebooks if len(parts) > 2}
        around = len(heads) == 1 and all(len(parts) > 2 for parts in notebooks)
        if not around or any(map(name_lesson, below)) or not (len(below) > 1 or heads == {"submitted"}):
            return items
        items = [replace(item, parts=item.parts[1:]) for item in items if len(item.parts) > 2]


def _is_notebook(item: Item) -> bool:
    """Tell whether an item is a notebook by its name."""
    return bool(item.parts) and item.read is not None and item.parts[-1].casefold().endswith(".ipynb")


def _owner_of(items: list[Item], root: str) -> Callable[[Item], Owner]:
    """Return what tells the owner of an item.

    Below a folder that only names a lesson lies that lesson of one student, who is the root, or of each of many.
    """
    inside = [item.parts[1:] for item in items if _is_notebook(item) and is_lesson(item.parts[0])]
    several = inside and not any(len(parts) == 1 and is_lesson(parts[0].rpartition(".")[0]) for parts in inside)

    def find(item: Item) -> Owner:
        lifted = several and len(item.parts) > 1 and is_lesson(item.parts[0])
        return find_owner(item.parts[1:] if lifted else item.parts, root)

    return find


def _sort_out(items: list[Item], root: str, stem: str) -> list[Found]:
    """Return the notebooks among the items with student and lesson, and a problem for each student without one."""
    found, others, given, find = [], {}, set(), _owner_of(items, root)
    for item in items:
        owner = find(item) if any(item.parts) else Owner(root)
        if _is_notebook(item):
            given.add(owner.student)
            found += _notebook(item, owner, stem)
        elif len(item.parts) != 1 or owner.account or item.parts[-1].casefold().endswith(".zip"):
            others.setdefault(owner.student, (item, owner.account))
    for student, (item, account) in others.items():
        if student not in given and not (given and (student == root or is_lesson(student))):
            found.append(Found(student, stem, item.origin, None, _why_nothing(item), account))
    return found


def _why_nothing(item: Item) -> str:
    """Return why a student's other file or empty folder gives nothing to grade."""
    try:
        if item.read and item.parts[-1:] and not item.parts[-1].casefold().endswith(".zip"):
            return NO_NOTEBOOK
        if item.read:
            item.read()
    except UnreadableError as error:
        return str(error)
    return NO_NOTEBOOK


def _notebook(item: Item, owner: Owner, stem: str) -> list[Found]:
    """Return the submission that a notebook is; none where another lesson was asked for."""
    lesson, problem = find_lesson_in([*item.parts[:-1], owner.file]), ""
    if stem and lesson and lesson != stem:
        return []
    if not lesson and not stem:
        try:
            lesson = count_lesson_in(item.read())
        except UnreadableError as error:
            problem = str(error)
        problem = problem or ("" if lesson else NO_LESSON.format(example=f"{LESSONS[-1].stem}.ipynb"))
    rank = (*is_attempt(owner.file, lesson or stem), item.modified, item.parts)
    return [Found(owner.student, lesson or stem, item.origin, item.read, problem, owner.account, (), rank)]


def _choose(several: Sequence[Found]) -> Found:
    """Return the one of a student's notebooks of a lesson that counts, with a note where others were left out."""
    best = max(several, key=lambda one: one.rank)
    if len(several) == 1:
        return best
    name = clean(best.origin.replace("\\", "/").replace("!", "/").rpartition("/")[2], 80)
    return replace(best, notes=(f"handed in {len(several)} notebooks of this lesson: {name} counts",))
