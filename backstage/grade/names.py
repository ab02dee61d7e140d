"""Whose notebook is it, and of which lesson? From the name it was handed in under, as LMSs and nbgrader write them."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence

from workshop.checks.registry import LESSONS, Lesson

LONGEST = 120
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def name_lesson(text: str) -> str:
    """Return the stem of the lesson that a file's or folder's name speaks of, or ""."""
    flat = re.sub(r"[\W_]+", "_", text.casefold())
    for lesson in LESSONS:
        if lesson.stem in flat or re.search(rf"(^|_){lesson.name}(_|$)", flat):
            return lesson.stem
    return ""


def is_lesson(text: str) -> bool:
    """Tell whether a name says which lesson it is and nothing more."""
    return bool(name_lesson(text)) and not without_lesson(text)


def find_lesson_in(parts: Sequence[str]) -> str:
    """Return the stem of the lesson that a path speaks of, its last part first, or ""."""
    return next(filter(None, map(name_lesson, reversed(parts))), "")


def count_lesson_in(content: bytes) -> str:
    """Return the stem of the lesson whose checks a notebook's bytes call most often, or ""."""
    counts = {lesson.stem: content.count(f"check.{lesson.name}.".encode()) for lesson in LESSONS}
    best = max(counts, key=counts.__getitem__)
    return best if counts[best] else ""


def without_lesson(text: str) -> str:
    """Return a file's name without the lesson's name and what copying adds to it."""
    for lesson in LESSONS:
        text = _pattern(lesson).sub("", text)
    return text.strip(" _-.")


def _pattern(lesson: Lesson) -> re.Pattern[str]:
    """Return what finds a lesson's stem with any separators, and the marks of a copy after it."""
    words = r"[\W_]*".join(map(re.escape, lesson.stem.split("_")))
    return re.compile(rf"{words}(\s*\(\d+\)|-Copy\d+|-\d+)?", re.IGNORECASE)


def printable(text: str, kept: str = "") -> str:
    """Return a text with white space as spaces and without control characters, marks of direction, surrogates.

    kept: white space that stays as it is.
    """
    text = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode("utf-8"))
    text = "".join(" " if c.isspace() and c not in kept else c for c in text)
    return "".join(c for c in text if c in kept or unicodedata.category(c)[0] != "C")


def clean_line(text: str, longest: int = LONGEST) -> str:
    """Return a text as one printable line, cut where it is too long."""
    return shorten(" ".join(printable(text).split()), longest)


def shorten(text: str, longest: int) -> str:
    """Return a text of at most so many characters, with an ellipsis where it was cut."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def distinct(names: Sequence[str]) -> dict[str, str]:
    """Return a clean name for each raw one, no two alike: what looks like another's gets a mark of its own."""
    made, taken = {}, set()
    for raw in sorted(set(names), key=lambda raw: (raw != clean_line(raw), raw)):
        name = clean_line(raw) or "unnamed"
        if name in taken:
            name = f"{name}~{_mark(raw)}"
        made[raw] = name
        taken.add(name)
    return made


def file_names(students: Sequence[str]) -> dict[str, str]:
    """Return a file name for each student: safe on every system, no two alike, small or capital letters alike."""
    made, taken = {}, set()
    for student in sorted(set(students), key=lambda one: (one != _safe(one), one)):
        name = _safe(student)
        if name != student or name.casefold() in taken:
            name = f"{name[:80]}~{_mark(student)}"
        made[student] = name
        taken.add(name.casefold())
    return made


def _safe(text: str) -> str:
    """Return a text with what no file name may hold replaced."""
    text = re.sub(r"[^\w.@+ -]", "_", text)[:100].strip(". ")
    return f"_{text}" if not text or RESERVED.fullmatch(text) or text[0] in "-+@~" else text


def _mark(text: str) -> str:
    """Return eight hexadecimal digits that stand for a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
