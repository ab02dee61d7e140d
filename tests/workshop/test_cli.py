"""The command line: every failure is one line, `--debug` shows the trace."""

import json
import os
import subprocess
import sys

import pytest

from workshop import cli
from workshop.checks import registry
from workshop.errors import WorkshopError


def run(*arguments: str) -> int:
    """Run a command in this process and return its exit status."""
    with pytest.raises(SystemExit) as ended:
        cli.main(list(arguments))
    return ended.value.code or 0


def test_list_gives_what_the_registry_holds(capsys):
    assert run("list", "--json") == 0
    lessons = json.loads(capsys.readouterr().out)
    assert [lesson["stem"] for lesson in lessons] == [lesson.stem for lesson in registry.LESSONS]
    first = lessons[0]
    assert set(first) == {"stem", "title", "minutes", "exercises"}
    assert first["exercises"][0] == {
        "id": "0.1",
        "title": registry.find_exercise("0.1").title,
        "points": 2,
        "minutes": registry.find_exercise("0.1").minutes,
        "stars": 1,
        "function": "count_words",
    }


def test_list_reads_well(capsys):
    assert run("list") == 0
    out = capsys.readouterr().out
    assert "00  Start here: 15 minutes, 2 points" in out
    assert "0.1  ★☆☆" in out


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_help_names_every_command(capsys, arguments):
    assert run(*arguments) == 0
    out = capsys.readouterr().out
    assert all(f"  {name} " in out for name in cli.commands.commands)


@pytest.mark.parametrize("arguments", [["nonsense"], ["list", "--jsn"], ["lab", "--port", "many"]])
def test_a_command_line_that_is_wrong_gets_one_line_and_status_2(capsys, arguments):
    assert run(*arguments) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("workshop: No such") or "is not a valid integer" in lines[0]
    assert lines[0].endswith("See workshop --help.")


def fail_with(monkeypatch, error: BaseException) -> None:
    """Make `workshop list` fail."""

    def fail() -> None:
        raise error

    monkeypatch.setattr(cli, "describe_lessons", fail)


def test_our_own_failures_are_their_message(monkeypatch, capsys):
    fail_with(monkeypatch, WorkshopError("can't do this: no such place. Do that."))
    assert run("list") == 1
    assert capsys.readouterr().err == "workshop: can't do this: no such place. Do that.\n"


def test_unforeseen_failures_are_one_line_too(monkeypatch, capsys):
    fail_with(monkeypatch, ZeroDivisionError("division\nby zero"))
    assert run("list") == 1
    err = capsys.readouterr().err
    assert err.startswith("workshop: ZeroDivisionError: division by zero.")
    assert len(err.splitlines()) == 1
    assert "--debug" in err


@pytest.mark.parametrize("arguments", [["--debug", "list"], ["list", "--debug"]])
def test_debug_shows_the_trace_wherever_it_stands(monkeypatch, arguments):
    fail_with(monkeypatch, WorkshopError("with a trace"))
    with pytest.raises(WorkshopError, match="with a trace"):
        cli.main(arguments)


def test_ctrl_c_is_silent(monkeypatch, capsys):
    fail_with(monkeypatch, KeyboardInterrupt())
    assert run("list") == 130
    assert capsys.readouterr().err.strip() == ""


@pytest.mark.parametrize(("state", "status"), [("ok", 0), ("warn", 0), ("fail", 1)])
def test_doctor_ends_with_1_only_for_what_is_needed(monkeypatch, capsys, state, status):
    from workshop import doctor

    monkeypatch.setattr(doctor, "examine", lambda data, teacher: [doctor.Finding("thing", state, "found")])
    assert run("doctor") == status
    assert "thing" in capsys.readouterr().out


def test_lab_hands_its_options_over(monkeypatch, tmp_path):
    from workshop import lab

    opened = []
    monkeypatch.setattr(lab, "open_lab", lambda work, **options: opened.append((work, options)))
    assert run("lab", "--no-browser", "--port", "9123", "--work", str(tmp_path)) == 0
    assert run("lab") == 0
    assert opened == [(tmp_path, {"browser": False, "port": 9123}), (lab.WORK, {"browser": True, "port": None})]


def test_build_says_what_it_did(monkeypatch, capsys):
    from backstage import lessons

    monkeypatch.setattr(lessons, "build_all", lambda check: ["a", "b"])
    assert run("build") == 0
    assert run("build", "--check") == 0
    assert capsys.readouterr().out.splitlines() == [
        "2 notebooks written.",
        "The notebooks are fresh and keep the rules.",
    ]


def test_course_hands_folder_and_lessons_over(monkeypatch, capsys, tmp_path):
    from backstage import course

    monkeypatch.setattr(course, "make_course", lambda *arguments: arguments)
    assert run("course", str(tmp_path), "00", "01") == 0
    assert run("course", str(tmp_path)) == 0
    made = capsys.readouterr().out.splitlines()
    assert made == [str((tmp_path, ("00", "01"))), str((tmp_path, None))]


def test_slides_hands_lesson_and_choice_over(monkeypatch, capsys):
    from backstage import slides

    asked = []
    monkeypatch.setattr(slides, "make_slides", lambda lesson, execute: asked.append((lesson, execute)) or ["a.html"])
    assert run("slides", "00", "--no-run") == 0
    assert capsys.readouterr().out == "a.html\n"
    assert run("slides") == 0
    assert "up to two minutes" in capsys.readouterr().out
    assert asked == [("00", False), (None, True)]


def test_the_module_runs_as_the_command_does():
    shown = subprocess.run(
        [sys.executable, "-m", "workshop.cli", "--version"], capture_output=True, text=True, check=True
    )
    assert shown.stdout.startswith("workshop, version ")


def test_a_terminal_that_knows_no_star_gets_a_question_mark():
    environment = os.environ | {"PYTHONIOENCODING": "cp1252"}
    command = [sys.executable, "-m", "workshop.cli", "list"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert "0.1  ???" in shown.stdout
