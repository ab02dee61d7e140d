"""The command line: `workshop COMMAND`. Every failure is one line; `--debug` shows the trace."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from workshop import __version__
from workshop.errors import WorkshopError

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="workshop")
@click.option("--debug", is_flag=True, help="Show the whole trace of a failure.")
def commands(debug: bool) -> None:  # main() reads the flag, wherever it stands
    """Tune or Retrieve: a workshop on adapting language models."""


@commands.command()
@click.option("--data", type=FOLDER, help="Also check a folder of your own texts.")
def doctor(data: Path | None) -> None:
    """Check this machine: Python, disk, memory, libraries, models and data."""
    from workshop import doctor

    findings = doctor.examine(data)
    doctor.show(findings)
    sys.exit(doctor.exit_code(findings))


@commands.command()
@click.option("--no-browser", is_flag=True, help="Start the server only, and print its address.")
@click.option("--port", type=int, help="The port to listen on; without it, a free one from 8888.")
@click.option("--work", type=FOLDER, help="Where your copies of the lessons lie; without it, work/.")
def lab(no_browser: bool, port: int | None, work: Path | None) -> None:
    """Copy the lessons that work/ lacks and open JupyterLab there."""
    from workshop import lab

    lab.open_lab(work or lab.WORK, browser=not no_browser, port=port)


@commands.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_lessons(as_json: bool) -> None:
    """List lessons and exercises with minutes, points and stars."""
    lessons = describe_lessons()
    if as_json:
        click.echo(json.dumps(lessons, indent=1))
        return
    for lesson in lessons:
        points = sum(exercise["points"] for exercise in lesson["exercises"])
        click.echo(f"{lesson['stem'][:2]}  {lesson['title']}: {lesson['minutes']} minutes, {points} points")
        for exercise in lesson["exercises"]:
            stars = "★" * exercise["stars"] + "☆" * (3 - exercise["stars"])
            price = f"{exercise['minutes']:>2} min, {exercise['points']} point{'s' * (exercise['points'] > 1)}"
            click.echo(f"  {exercise['id']:<5}{stars}  {price}  {exercise['title']}")


@commands.command()
@click.option("--check", is_flag=True, help="Write no notebook; fail where one is stale or breaks a rule.")
def build(check: bool) -> None:
    """Make notebooks/ from solutions/, and the solved ones in build/solved/."""
    from workshop.build import build_all

    written = build_all(check)
    click.echo("The notebooks are fresh and keep the rules." if check else f"{len(written)} notebooks written.")


@commands.command()
@click.argument("folder", type=FOLDER)
@click.argument("lessons", nargs=-1)
def course(folder: Path, lessons: tuple[str, ...]) -> None:
    """Make an nbgrader course in FOLDER, of all lessons or of those named, or bring one up to date."""
    from workshop.course import make_course

    click.echo(make_course(folder, lessons or None))


@commands.command()
@click.argument("lesson", required=False)
@click.option("--no-run", is_flag=True, help="Leave the outputs out: seconds instead of minutes.")
def slides(lesson: str | None, no_run: bool) -> None:
    """Export LESSON, or every lesson, as slides that open offline, into build/slides/."""
    from workshop.slides import make_slides

    if not no_run:
        click.echo("Running the solved lessons for their outputs: up to two minutes each.")
    for path in make_slides(lesson, execute=not no_run):
        click.echo(path)


@commands.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@click.option("--out", type=FOLDER, required=True, metavar="DIR", help="Where the results go, and are gone on with.")
@click.option("--lesson", help="Only this lesson; what doesn't say otherwise is taken for it.")
@click.option("--jobs", type=click.IntRange(1), help="Submissions at once; without it, one a core.")
@click.option("--secret", type=click.Path(path_type=Path), metavar="FILE", help="The course's secret of hidden tests.")
@click.option("--gradebook", type=click.Path(path_type=Path), metavar="DB", help="Also fill nbgrader's gradebook.")
@click.option("--unsafe", is_flag=True, help="Without the jail: students' code runs as you.")
def grade(paths: tuple[Path, ...], out: Path, **options: Any) -> None:
    """Grade a class: notebooks, folders of them, LMS zips or nbgrader's submitted/."""
    from workshop.grade.progress import show_progress
    from workshop.grade.run import Options, grade_all

    with show_progress() as report:
        summary = grade_all(paths, out, Options(**options), report=report)
    click.echo(summary)


@commands.command()
@click.option("--profile", default="small", show_default=True, help="Whose models: small or large.")
@click.option("--shared", is_flag=True, help="Prepare in the environment itself: for images and hubs.")
@click.option("--pin", is_flag=True, help="Also hold the workshop to what the hub has now (for maintainers).")
@click.option("--again", is_flag=True, help="Make or ask for it even where it is here, and replace what is damaged.")
@click.option("--list", "as_list", is_flag=True, help="Fetch nothing; show every model, its licence and its size.")
def fetch(profile: str, shared: bool, pin: bool, again: bool, as_list: bool) -> None:
    """Prepare or download a profile's models now, so that no lesson waits for them."""
    from workshop.models.fetch import describe_models, fetch_profile

    for line in describe_models() if as_list else fetch_profile(profile, pin=pin, again=again, shared=shared):
        click.echo(line)


def describe_lessons() -> list[dict[str, Any]]:
    """Return every lesson with its exercises as plain data, from the registry."""
    from workshop.checks import registry

    facts = ("id", "title", "points", "minutes", "stars", "function")
    return [
        {
            "stem": lesson.stem,
            "title": lesson.title,
            "minutes": lesson.minutes,
            "exercises": [
                {fact: getattr(exercise, fact) for fact in facts} for exercise in registry.list_exercises(lesson.stem)
            ],
        }
        for lesson in registry.LESSONS
    ]


def main(arguments: list[str] | None = None) -> None:
    """Run a command; end with one line on standard error where it fails.

    The exit status is 1 for a failure and 2 for a command line that can't be understood.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # a Windows pipe knows no star
    wanted = [argument for argument in arguments if argument != "--debug"] or ["--help"]
    try:
        sys.exit(commands.main(wanted, prog_name="workshop", standalone_mode=False))
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except Exception as error:
        if "--debug" in arguments:
            raise
        click.echo("workshop: " + explain(error), err=True)
        sys.exit(2 if isinstance(error, click.UsageError) else 1)


def explain(error: Exception) -> str:
    """Return a failure as one line: what, why and what to do."""
    if isinstance(error, click.UsageError):
        return f"{error.format_message()} See workshop --help."
    if isinstance(error, WorkshopError):
        return str(error)
    text = " ".join(f"{type(error).__name__}: {error}".split())
    return f"{text}. This looks like a fault of the workshop's; --debug shows where."


if __name__ == "__main__":
    main()
