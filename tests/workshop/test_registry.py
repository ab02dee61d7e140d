"""Lessons are found by their files, exercises are registered once, and nothing that a jail shows holds an answer."""

import importlib
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

from backstage.grade.jail.box import COPIED_WORKSHOP
from workshop.checks import registry
from workshop.checks.lessons import DECLARED, discover_lessons
from workshop.checks.registry import LESSONS, find_exercise, find_lesson, list_exercises
from workshop.checks.slips import SCALAR
from workshop.errors import WorkshopError

HOME = Path(registry.__file__).resolve().parents[2]
FACTS = {"title": "x", "points": 1, "minutes": 1, "stars": 1, "answer": SCALAR}
EXERCISES = [one for lesson in LESSONS for one in list_exercises(lesson.stem)]
# The most lines an exercise: in its lesson's file, and with its proofs.
LONGEST_FILE, LONGEST_PROVEN = 50, 112


@pytest.fixture
def kept():
    """Leave the registry as it was."""
    before = dict(registry._exercises)
    yield
    registry._exercises.clear()
    registry._exercises.update(before)


def declare(folder, name, text):
    (folder / f"{name}.py").write_text(text)


def test_lessons_are_read_from_files_that_are_not_run(tmp_path):
    declare(tmp_path, "tides", 'raise SystemExit\nlesson("03_tides", title="Tides", minutes=20, seconds=9)\n')
    declare(
        tmp_path,
        "boats",
        'lesson(\n    "02_boats",\n    title="Boats",\n    minutes=10,\n    seconds=9,\n'
        '    extra="rag",\n    libraries=("faiss",),\n    causes={"below": "too few."},\n)\n\nother(1)\n',
    )
    declare(tmp_path, "_helper", "")
    boats, tides = discover_lessons(tmp_path)
    assert (boats.stem, boats.name, boats.extra, boats.libraries) == ("02_boats", "boats", "rag", ("faiss",))
    assert boats.causes == {"below": "too few."}
    assert (tides.title, tides.minutes, tides.extra, tides.libraries) == ("Tides", 20, "words", ())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "declares no lesson"),
        ('lesson("03_tides", title=TITLE, minutes=20, seconds=9)\n', "with constants alone"),
        ('lesson("03_tides")\n', "declares no lesson"),
        (
            'lesson("03_boats", title="x", minutes=1, seconds=9)\n',
            "expected a stem of two digits and .*NN_tides",
        ),
        ('lesson("tides", title="x", minutes=1, seconds=9)\n', "NN_tides"),
    ],
)
def test_a_file_without_a_proper_declaration_is_named(tmp_path, text, said):
    declare(tmp_path, "tides", text)
    with pytest.raises(ValueError, match=rf"(?s)tides\.py.*{said}"):
        discover_lessons(tmp_path)


def test_a_number_is_given_once(tmp_path):
    for name in ("tides", "boats"):
        declare(tmp_path, name, f'lesson("03_{name}", title="x", minutes=1, seconds=9)\n')
    with pytest.raises(ValueError, match=r"two files of .* declare lesson 03"):
        discover_lessons(tmp_path)


def test_an_exercise_of_no_lesson_is_refused_in_words(kept):
    with pytest.raises(ValueError, match=r"exercise 77\.1 belongs to no lesson.*00_start_here, 01_word_embeddings"):
        registry.exercise("77.1", abs, **FACTS)


@pytest.mark.parametrize(("id", "function"), [("0.1", "another"), ("0.9", "count_words")])
def test_nothing_is_registered_twice(kept, id, function):
    def check_it(x):
        return x

    check_it.__name__ = function
    with pytest.raises(ValueError, match=r"is registered already, as 0\.1"):
        registry.exercise(id, check_it, **FACTS)
    assert find_exercise("0.1").reference is not check_it


def test_two_references_of_one_qualified_name_do_not_replace_each_other(kept):
    def make():
        def same(x):
            return x

        return same

    registry.exercise("0.8", make(), **FACTS)
    with pytest.raises(ValueError, match=r"exercise 0\.8 \(same\) is registered already"):
        registry.exercise("0.8", make(), **FACTS)


def test_a_file_that_is_run_again_begins_anew(kept):
    module = importlib.import_module("workshop.exercises.start_here")
    importlib.reload(module)
    assert find_exercise("0.1") is module.count_words
    assert [one.id for one in list_exercises("00")] == ["0.1"]


def test_lessons_and_exercises_are_found_by_every_name():
    assert find_lesson("01") is find_lesson("word_embeddings") is find_lesson("01_word_embeddings")
    with pytest.raises(WorkshopError, match=r"unknown lesson '77'. Known: 00_start_here"):
        find_lesson("77")
    with pytest.raises(WorkshopError, match=r"unknown exercise '1\.77'"):
        find_exercise("1.77")
    with pytest.raises(WorkshopError, match=r"unknown exercise '77\.1'"):
        find_exercise("77.1")


def test_an_exercise_is_called_like_its_reference():
    assert find_exercise("0.1")("a b a") == {"a": 2, "b": 1}
    assert find_exercise("1.2").reference is importlib.import_module("workshop.vectors").cosine


def test_listing_the_lessons_runs_no_exercise():
    code = (
        "import sys; from workshop import check; dir(check); import workshop.checks.registry as r; "
        "print(len(r.LESSONS), [m for m in sys.modules if m.startswith('workshop.exercises.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(len(LESSONS)), "[]"]


@pytest.mark.parametrize("exercise", EXERCISES, ids=[one.id for one in EXERCISES])
def test_no_reference_lies_in_what_a_jail_shows(exercise):
    shown = [HOME / "workshop" / name for name in COPIED_WORKSHOP]
    lies = Path(inspect.getsourcefile(exercise.reference)).resolve()
    assert lies.is_relative_to(HOME / "workshop")
    assert not [place for place in shown if lies == place or lies.is_relative_to(place)]


def count_lines(path):
    return len(path.read_text(encoding="utf-8").splitlines())


def test_an_exercise_costs_few_lines():
    files = [*(HOME / "workshop" / "exercises").glob("*.py"), *(HOME / "tests" / "exercises").glob("*.py")]
    assert sum(map(count_lines, files)) <= LONGEST_PROVEN * len(EXERCISES)
    for lesson in LESSONS:
        path = HOME / "workshop" / "exercises" / f"{lesson.name}.py"
        declared = len(DECLARED.search(path.read_text(encoding="utf-8"))[0].splitlines())  # the lesson's own facts
        assert count_lines(path) - declared <= LONGEST_FILE * len(list_exercises(lesson.stem)), path.name
