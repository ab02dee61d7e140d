"""Which folder is a student's, and which only holds students: nobody merged, nobody lost, doubt said aloud."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from backstage.grade.files import Item
from backstage.grade.names import is_lesson, name_lesson, without_lesson
from backstage.grade.systems import Owner, read_system

# Words that tell one notebook or folder of a student from another, and name nobody.
NOBODY = re.compile(
    r"(and|answers?|assignments?|attachments?|attempts?|backup|clean|code|colab|copia|copie|copy|corrected|data|de|docs?|"
    r"done|drafts?|exercises?|figures|files?|final|finished|first|fixed|handout|homework|hw|images|jupyter|kopie|labs?|last|"
    r"late|latest|lessons?|mine|module|my|new|notebooks?|notes|of|old|outputs?|part|plots|problems?|projects?|redo|redone|"
    r"results?|resubmission|second|set|solutions?|solved|src|stub|submissions?|submitted|tasks?|template|test|the|try|unit|"
    r"untitled|v|versions?|von|weeks?|work|worksheet|zip)\d*"
)
LONG_NUMBER = 5
MOST_NAMED = 5
DOCUMENTS = (
    *(".docx", ".doc", ".odt", ".rtf", ".txt", ".pdf", ".html", ".htm", ".pages", ".md", ".py"),
    *(".7z", ".rar", ".gz", ".tar", ".mht", ".png", ".jpg", ".jpeg", ".heic"),
)
NO_HAND_IN = re.compile(
    r"(read ?me|licen[cs]e|index|instructions?|rubric|roster|grades?|class ?list|requirements|timestamp|changelog|"
    r"notes?)\b.*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Placed:
    """An item with its owner. inside: its place below the owner's own folder."""

    item: Item
    owner: Owner
    inside: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """An item on the way to its owner: what is left of its path, and the folder of a group that was taken off."""

    item: Item
    parts: tuple[str, ...]
    group: str = ""

    @property
    def is_notebook(self) -> bool:
        """Whether it is a notebook by its name."""
        return is_notebook(self.item)

    def below(self) -> "Step":
        """Return it without its first folder."""
        return replace(self, parts=self.parts[1:])


def is_notebook(item: Item) -> bool:
    """Tell whether an item is a notebook by its name."""
    return bool(item.parts) and item.read is not None and item.parts[-1].casefold().endswith(".ipynb")


def place(items: Sequence[Item], root: str) -> tuple[list[Placed], list[str]]:
    """Return every item that is somebody's with its owner, and what is in doubt.

    First those whose owner a learning platform has written into a name, at any depth; then those of students' folders
    and files, once folders that only hold students were taken off. root: the name of what the teacher gave.
    """
    placed, rest = _place_by_names(items)
    steps, doubts = _split_groups(_unwrap(rest))
    placed += _place_by_folders(steps, root, alone=not placed)
    return _tell_apart(placed, doubts)


def _place_by_names(items: Sequence[Item]) -> tuple[list[Placed], list[Step]]:
    """Return the items below a name of a learning platform, and the others.

    Names that may be anything count only where all notebooks have such names, of several users. What lies beside named
    files and is no notebook is nobody's.
    """
    found = [(item, *_find_system(item.parts)) for item in items]
    notebooks = [owner for item, _, owner in found if is_notebook(item)]
    trusted = None not in notebooks and len({owner.student for owner in notebooks if owner}) > 1
    placed, rest = [], []
    for item, depth, owner in found:
        if owner is None or not (owner.sure or trusted):
            rest.append(Step(item, item.parts))
            continue
        inside = item.parts[depth + 1 :]
        file = inside[-1] if inside else owner.file or item.parts[-1]
        placed.append(Placed(item, replace(owner, file=file), inside or (file,)))
    around = {one.item.parts[:depth] for one in placed for depth in range(1, len(one.item.parts))}
    return placed, [made for step in rest for made in _beside(step, around)]


def _beside(step: Step, around: set[tuple[str, ...]]) -> list[Step]:
    """Return an item without the folders around named files; nothing where it lies in these and is no hand-in."""
    if step.parts[:-1] not in around:
        return [step]
    alone = step.is_notebook or (step.item.read and step.parts[-1].casefold().endswith(".zip"))
    return [replace(step, parts=step.parts[-1:])] if alone else []


def _find_system(parts: Sequence[str]) -> tuple[int, Owner | None]:
    """Return the first part of a path that a learning platform has named, and its owner."""
    for depth, part in enumerate(parts):
        owner = read_system(part if depth == len(parts) - 1 else part.removesuffix(".zip"))
        if owner:
            return depth, owner
    return 0, None


def _unwrap(steps: list[Step]) -> list[Step]:
    """Drop folders around everything (`submitted/`, the name of the zip), but not a student's own."""
    while True:
        notebooks = [step for step in steps if step.is_notebook]
        deep = notebooks or [step for step in steps if len(step.parts) > 1]
        heads = {step.parts[0] for step in deep}
        if len(heads) != 1 or any(len(step.parts) == 1 for step in deep):
            return steps
        [head] = heads
        below = [step.below() for step in steps if step.parts[0] == head and len(step.parts) > 1]
        if is_lesson(head) or not (head == "submitted" or _holds_people(below)):
            return steps
        steps = below


def _holds_people(steps: Sequence[Step]) -> bool:
    """Tell whether a folder holds several people's work, or one folder that does."""
    notebooks = [step for step in steps if step.is_notebook]
    people = {name_person(step.parts[0]) for step in notebooks}
    if all(len(step.parts) > 1 for step in notebooks):
        people |= {name_person(step.parts[0]) for step in steps if len(step.parts) == 2 and _may_stand_for(step)}
    if len(people - {""}) > 1:
        return True
    heads = {step.parts[0] for step in notebooks}
    if len(heads) != 1 or any(len(step.parts) == 1 for step in notebooks) or any(map(is_lesson, heads)):
        return False
    return _holds_people([step.below() for step in steps if step.parts[0] in heads and len(step.parts) > 1])


def _may_stand_for(step: Step) -> bool:
    """Tell whether an item is an empty folder, or a document that somebody may have handed in for a notebook."""
    return not step.parts[-1] or step.parts[-1].casefold().endswith(DOCUMENTS)


def _split_groups(steps: Sequence[Step]) -> tuple[list[Step], list[str]]:
    """Take off the folders of groups where most folders hold several people's notebooks; say what was taken for one."""
    people: dict[str, set[str]] = defaultdict(set)
    for step in steps:
        if step.is_notebook and len(step.parts) > 1 and not is_lesson(step.parts[0]):
            people[step.parts[0]].add(name_person(step.parts[1]))
    several = [head for head, names in people.items() if len(names - {""}) > 1]
    if len(several) * 2 <= len(people):
        return list(steps), []
    groups = {head: names - {""} for head, names in people.items() if names - {""}}
    made = [
        replace(step.below(), group=step.parts[0]) if step.parts[0] in groups and len(step.parts) > 1 else step
        for step in steps
    ]
    doubts = [
        f"{head} was taken for a folder of several students: {list_some(names)}" for head, names in groups.items()
    ]
    return made, doubts


def list_some(names: Iterable[str]) -> str:
    """Return the first few of some names in a line."""
    names = sorted(names)
    return ", ".join(names[:MOST_NAMED]) + (f" … ({len(names)} in all)" if len(names) > MOST_NAMED else "")


def _place_by_folders(steps: Sequence[Step], root: str, alone: bool) -> list[Placed]:
    """Return the items of students' own folders and files.

    Below a folder that only names a lesson lies that lesson of one student, who is the root, or of each of many.
    alone: whether nothing else was given.
    """
    heads = [step.parts[0] for step in steps if step.is_notebook]
    in_lessons = [step.parts[1:] for step in steps if step.is_notebook and is_lesson(step.parts[0])]
    lifted = in_lessons and not any(len(parts) == 1 and is_lesson(_stem(parts[0])) for parts in in_lessons)
    files = any(len(step.parts) == 1 and step.is_notebook and name_person(step.parts[0]) for step in steps)
    one = alone and len(set(heads)) > 1 and not any(name_person(head) or is_lesson(head) for head in heads)
    placed = []
    for step in steps:
        parts = step.parts
        if lifted and len(parts) > 1 and is_lesson(parts[0]):
            parts = parts[1:]
        if len(parts) == 1 and not step.is_notebook and not _is_hand_in(parts[0], files):
            continue
        student = root if one or not any(parts) else _name_owner(parts, root)
        inside = parts[1:] if len(parts) > 1 and student == parts[0].removesuffix(".zip") else parts
        owner = Owner(student, file=parts[-1] if parts else "", where=step.group, sure=student != root)
        placed.append(Placed(step.item, owner, inside))
    return placed


def _name_owner(parts: Sequence[str], root: str) -> str:
    """Return the student that a path without a learning platform's name says. root: the name of what was given."""
    first = parts[0].removesuffix(".zip") if len(parts) > 1 else parts[0]
    if len(parts) > 1 and not is_lesson(first):
        return first
    return without_lesson(_stem(first)) if len(parts) == 1 and name_person(_stem(first)) else root


def _stem(name: str) -> str:
    """Return a file's name without its ending."""
    return name.rpartition(".")[0] or name


def _is_hand_in(name: str, files: bool) -> bool:
    """Tell whether a file that lies in no student's folder is somebody's.

    files: whether students' notebooks lie beside it; then a document is one's too.
    """
    if not name or name.casefold().endswith(".zip"):
        return True
    return files and name.casefold().endswith(DOCUMENTS) and not NO_HAND_IN.fullmatch(name)


def name_person(name: str) -> str:
    """Return what may be a person in the name of a folder or a notebook: without lesson, copies and versions, or "".

    Short numbers beside a lesson, a copy or a version count copies and versions; alone they may be a person's.
    """
    name = re.sub(r"\.ipynb$|\(s\)", "", name, flags=re.IGNORECASE)
    words = [word for word in re.split(r"[\W_]+", without_lesson(name).casefold()) if word]
    kept = [word for word in words if not NOBODY.fullmatch(word)]
    alone = len(kept) == len(words) and not name_lesson(name)
    return " ".join(word for word in kept if not word.isdigit() or len(word) >= LONG_NUMBER or alone)


def _tell_apart(placed: Sequence[Placed], doubts: list[str]) -> tuple[list[Placed], list[str]]:
    """Tell students of one name apart by where they come from, where several have a notebook of one lesson."""
    places: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in placed:
        lesson = name_lesson(one.owner.file)
        if is_notebook(one.item) and (lesson or not one.owner.stamp):
            places[one.owner.student, lesson].add(one.owner.where)
    twice = {student for (student, _), several in places.items() if len(several) > 1}
    made = [
        replace(one, owner=replace(one.owner, student=f"{one.owner.student} ({one.owner.where})"))
        if one.owner.student in twice and one.owner.where
        else one
        for one in placed
    ]
    told = [f"there are several {student}: told apart by the folder or assignment" for student in sorted(twice)]
    return made, [*doubts, *told]
