"""How learning platforms and nbgrader write into a file's or folder's name who handed it in, and when."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

SHORT_NUMBER = 2
MOODLE = re.compile(r"(?P<student>.+)_(?P<account>\d+)_assignsubmission_[a-z]+_?(?P<file>.*)")
BLACKBOARD = re.compile(
    r"(?P<where>.+)_(?P<student>[^_]+)_attempt_(?P<stamp>\d[\d-]*)(?:_(?P<file>.+)|(?P<slip>\.txt))?"
)
BRIGHTSPACE = re.compile(r"(?P<account>\d+)-\d+ - (?P<student>.+?) - (?P<stamp>[^-]*\d{4}[^-]*?)(?: - (?P<file>.+))?")
EXCHANGE = re.compile(r"(?P<student>[^+]+)\+[^+]+\+(?P<stamp>\d{4}-\d\d-\d\d \d\d\D\d\d\D\d\d[^+]*)(?:\+.*)?")
# Canvas: name, perhaps LATE, its number of the user, its number of the file, the file's own name. Text and links that
# were typed in have no number of a file. Nothing but the length of the numbers tells a group's number from a user's.
CANVAS_NUMBERS = re.compile(r"_(?=(?P<account>[1-9]\d*)_(?P<number>[1-9]\d*)_(?P<file>.+))")
CANVAS_TYPED = re.compile(r"(?P<student>.+)_(?P<account>[1-9]\d*)_(?P<file>(?:text|link)\.html)")
CANVAS_ANONYMOUS = re.compile(r"(?:LATE_)?(?P<student>anon_[A-Za-z0-9]{4,8})_[1-9]\d*_(?P<file>.+)")
LATE = "_LATE"


@dataclass(frozen=True)
class Owner:
    """Who handed a file in.

    student: as the name says, uncleaned. account: how an LMS knows them ("canvas:1234"), or "". file: what is left of
    the name, "" where it says nothing of the file. stamp: when, as digits that sort, or "". where: what the name or
    the folders say besides, to tell people of one name apart. sure: whether the name says so, and hardly anything
    else is named like that.
    """

    student: str
    account: str = ""
    file: str = ""
    stamp: str = ""
    where: str = ""
    sure: bool = True


def read_system(name: str) -> Owner | None:
    """Return who handed in a file or folder of this name, None where no platform writes such names."""
    for read in (_moodle, _canvas, _blackboard, _brightspace, _exchange):
        owner = read(name)
        if owner is not None:
            return owner
    return None


def _moodle(name: str) -> Owner | None:
    """Read `Ana Doe_77_assignsubmission_file_work.ipynb`."""
    return _read(MOODLE, name, "moodle")


def _blackboard(name: str) -> Owner | None:
    """Read `Words_ana_attempt_2026-01-02-03-04-05_work.ipynb`, and the slip without a file's name beside it."""
    return _read(BLACKBOARD, name, "", _digits)


def _brightspace(name: str) -> Owner | None:
    """Read `12345-678 - Ana Doe - Jan 2, 2026 304 PM - work.ipynb`."""
    return _read(BRIGHTSPACE, name, "brightspace", _read_date)


def _exchange(name: str) -> Owner | None:
    """Read a folder of nbgrader's exchange: `ana+01_word_embeddings+2026-01-02 03:04:05 UTC+f00d`."""
    return _read(EXCHANGE, name, "", _digits)


def _read(
    pattern: re.Pattern[str], name: str, system: str, read_stamp: Callable[[str], str] = lambda text: ""
) -> Owner | None:
    """Return the owner that a pattern finds in a whole name. system: what the account's number belongs to, or ""."""
    found = pattern.fullmatch(name)
    if not found:
        return None
    facts = found.groupdict()
    number = facts.get("account") if system else None
    student = f"{facts['student']}_{number}" if number else facts["student"]
    file = facts.get("file") or (name if facts.get("slip") else "")
    account = f"{system}:{number}" if number else ""
    return Owner(student, account, file, read_stamp(facts.get("stamp") or ""), facts.get("where") or "")


def _canvas(name: str) -> Owner | None:
    """Read `doeana_LATE_1234_5678_work.ipynb`, `doeana_1234_text.html` and `anon_a1b2c_5678_work.ipynb`."""
    anonymous = CANVAS_ANONYMOUS.fullmatch(name)
    if anonymous:
        return Owner(anonymous["student"], "", anonymous["file"])
    typed = CANVAS_TYPED.fullmatch(name)
    found = [one for one in CANVAS_NUMBERS.finditer(name) if one.start() > 0]
    if typed and not (found and min(len(found[-1]["account"]), len(found[-1]["number"])) > SHORT_NUMBER):
        return _canvas_owner(typed["student"], typed, True)
    if not found:
        return None
    chosen = next((one for one in found if name[: one.start()].endswith(LATE)), None)
    if chosen is None:
        chosen = found[0]
        more = [one for one in found[1:] if len(one["number"]) > SHORT_NUMBER]
        if more and len(chosen["account"]) <= SHORT_NUMBER and len(more[0]["account"]) > len(chosen["account"]):
            chosen = more[0]
    return _canvas_owner(name[: chosen.start()], chosen, len(chosen["number"]) > SHORT_NUMBER)


def _canvas_owner(student: str, found: re.Match[str], sure: bool) -> Owner:
    """Return the owner that a name of Canvas says."""
    number = found["account"]
    return Owner(f"{student.removesuffix(LATE)}_{number}", f"canvas:{number}", found["file"], sure=sure)


def _digits(text: str) -> str:
    """Return a date's digits."""
    return re.sub(r"\D", "", text)[:14]


def _read_date(text: str) -> str:
    """Return a written date's digits, as `Jan 2, 2026 304 PM`; "" where it is written otherwise."""
    words = re.sub(r"[.,:]", "", text).split()
    if len(words) == 5:
        words[3] = words[3].zfill(4)
    for form in ("%b %d %Y %I%M %p", "%B %d %Y %I%M %p"):
        try:
            return datetime.strptime(" ".join(words), form).strftime("%Y%m%d%H%M%S")
        except ValueError:
            continue
    return ""
