"""The courses by minute in docs/instructor.md: their times run on, and what they leave out exists."""

import re
from pathlib import Path

from workshop.checks.registry import LESSONS, list_exercises

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "instructor.md").read_text(encoding="utf-8")
PLANS = {
    title: re.findall(r"^\| (\d+):(\d\d) \| (.+?) \| (\d*) ?\|$", rows, re.MULTILINE)
    for title, rows in re.findall(r"^\| ([^|]+) \| what \| minutes \|\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
}
ONE_DAY = {
    number: (int(full), int(short), room, left)
    for number, full, short, room, left in re.findall(
        r"^\| (\d\d) \| (\d+) \| (\d+) \| (.+?) \| (.+) \|$", PAGE, re.MULTILINE
    )
}


def test_each_plan_runs_on_without_a_gap():
    assert list(PLANS) == ["first half day", "second half day", "day", "half day", "one day"]
    for rows in PLANS.values():
        assert [60 * int(hour) + int(minute) for hour, minute, _, _ in rows] == [
            sum(int(minutes) for *_, minutes in rows[:place]) for place in range(len(rows))
        ]
        assert [what for *_, what, minutes in rows if not minutes] == ["End"]


def test_half_days_last_four_hours_at_most():
    for name in ("first half day", "second half day", "half day"):
        hour, minute, *_ = PLANS[name][-1]
        assert 60 * int(hour) + int(minute) <= 240


def test_a_day_and_a_half_gives_every_lesson_its_minutes():
    given = {what: int(minutes) for name in ("day", "half day") for *_, what, minutes in PLANS[name] if minutes}
    for lesson in LESSONS:
        if lesson.stem[:2] <= "06":
            assert given[f"Lesson {lesson.stem[:2]}"] == lesson.minutes


def test_one_day_is_the_sum_of_its_lessons():
    planned = {what: int(minutes) for *_, what, minutes in PLANS["one day"] if what.startswith("Lesson")}
    assert planned == {f"Lesson {number}": short for number, (_, short, _, _) in ONE_DAY.items()}
    assert " + ".join(map(str, planned.values())) + f" = {sum(planned.values())} minutes" in PAGE


def test_one_day_names_every_exercise_of_the_room_and_only_sections_that_exist():
    for lesson in (one for one in LESSONS if one.stem[:2] in ONE_DAY):
        full, _, room, left = ONE_DAY[lesson.stem[:2]]
        assert full == lesson.minutes
        kept, omitted = (set(re.findall(r"\b\d\.\d+\b", text)) for text in (room, left.partition(";")[0]))
        assert kept | omitted >= {one.id for one in list_exercises(lesson.stem) if one.room}
        assert kept & omitted == set()
        source = (ROOT / "solutions" / f"{lesson.stem}.py").read_text(encoding="utf-8")
        headings = set(re.findall(r"^# ## (.+)$", source, re.MULTILINE))
        assert {name for name in re.findall(r"\*([^*]+)\*", left) if name not in headings} == set()
