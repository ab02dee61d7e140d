"""The lessons, as their files in workshop/exercises declare them."""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from workshop.errors import unknown

FOLDER = Path(__file__).resolve().parents[1] / "exercises"
DECLARED = re.compile(r"^lesson\(.*?\)$", re.MULTILINE | re.DOTALL)
STEM = re.compile(r"\d\d_[a-z]\w*")


@dataclass(frozen=True)
class Lesson:
    """What is said of one lesson alone, declared in its own file of workshop/exercises.

    minutes: that it takes a learner. extra: what Colab installs. libraries: what its answers may use, besides NumPy and
    SciPy, imported once before a class is graded. causes: of a training outcome "below" or "above" its band.
    """

    stem: str
    title: str
    minutes: int
    extra: str = "words"
    libraries: tuple[str, ...] = ()
    causes: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The stem without its number: what `check.NAME` and its files are called."""
        return self.stem.partition("_")[2]


def discover_lessons(folder: Path) -> tuple[Lesson, ...]:
    """Read the declaration `lesson("NN_name", title=…, minutes=…)` of each file in a folder, and run none of them.

    Raises ValueError for a file that declares none, or one that doesn't fit its name; for a number used twice.
    """
    found = [_read_declaration(path) for path in sorted(folder.glob("[!_]*.py"))]
    numbers = [one.stem[:2] for one in found]
    if twice := sorted({number for number in numbers if numbers.count(number) > 1}):
        raise ValueError(f"two files of {folder} declare lesson {', '.join(twice)}. Give one of them another number.")
    return tuple(sorted(found, key=lambda one: one.stem))


def _read_declaration(path: Path) -> Lesson:
    """Return the lesson that a file declares with constants alone."""
    match = DECLARED.search(path.read_text(encoding="utf-8"))
    try:
        call = ast.parse(match[0], mode="eval").body
        stem = ast.literal_eval(call.args[0])
        declared = Lesson(stem, **{each.arg: ast.literal_eval(each.value) for each in call.keywords})
    except (TypeError, ValueError, IndexError, SyntaxError, AttributeError) as error:
        raise ValueError(
            f'{path} declares no lesson ({error}). It needs a line such as lesson("03_{path.stem}", title="…", '
            "minutes=80), with constants alone."
        ) from None
    if not STEM.fullmatch(stem) or declared.name != path.stem:
        raise ValueError(f"{path} declares {stem!r}, expected a stem of two digits and the file's name: NN_{path.stem}")
    return declared


LESSONS = discover_lessons(FOLDER)


def find_lesson(name: str) -> Lesson:
    """Return the lesson with this stem, number or name; raise WorkshopError where there is none."""
    for one in LESSONS:
        if name in (one.stem, one.name, one.stem[:2]):
            return one
    raise unknown("lesson", name, [one.stem for one in LESSONS])
