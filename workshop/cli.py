"""The command line: `workshop COMMAND`. Every failure is one line; `--debug` shows the trace."""

import functools
import importlib.util
import json
import os
import sys
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import click

from workshop import __version__
from workshop.errors import WorkshopError

FOLDER = click.Path(file_okay=False, path_type=Path)
FOUND = click.Path(exists=True, file_okay=False, path_type=Path)
ADDED = "workshop.commands"
TEACHERS_NEED = ("jinja2", "jupytext", "nbgrader")


class Commands(click.Group):
    """The learners' commands, and below a heading of their own those that installed entry points add.

    An entry point of the group workshop.commands names a click command.
    """

    def list_commands(self, context: click.Context) -> list[str]:
        """Return the name of every command."""
        return [*super().list_commands(context), *sorted(find_added())]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Return a command by its name, loaded only now."""
        added = find_added()
        return added[name].load() if name in added else super().get_command(context, name)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help's two lists of commands; the teachers' one where their libraries are installed."""
        added = find_added()
        parts = {"Commands": super().list_commands(context)}
        if added and all(importlib.util.find_spec(name) for name in TEACHERS_NEED):
            parts["For teachers and maintainers"] = sorted(added)
        for heading, names in parts.items():
            rows = [(name, self.get_command(context, name).get_short_help_str(limit=80)) for name in names]
            with formatter.section(heading):
                formatter.write_dl(rows)


@functools.cache
def find_added() -> dict[str, EntryPoint]:
    """Return the commands that installed packages add, by their names."""
    return {point.name: point for point in entry_points(group=ADDED)}


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="workshop")
@click.option("--debug", is_flag=True, help="Show the whole trace of a failure.")
def commands(debug: bool) -> None:  # main() reads the flag, wherever it stands
    """Tune or Retrieve: a workshop on adapting language models."""


@commands.command()
@click.option("--data", type=FOLDER, help="Also check a folder of your own texts.")
@click.option("--teacher", is_flag=True, help="Also check what courses, slides and grading need.")
def doctor(data: Path | None, teacher: bool) -> None:
    """Check this machine: Python, disk, memory, libraries, models and data."""
    from workshop import doctor

    findings = doctor.examine(data, teacher=teacher)
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


@commands.command(name="catch-up")
@click.argument("lessons", nargs=-1)
@click.option("--work", type=FOUND, help="Where your copies of the lessons lie; without it, work/ or this folder.")
def catch_up(lessons: tuple[str, ...], work: Path | None) -> None:
    """Fill the scoreboard with the workshop's figures of LESSONS that you missed, marked as such."""
    from workshop.score import store
    from workshop.score.caught_up import catch_up, find_stem, list_stems

    if not lessons:
        raise click.UsageError(f"Name the lessons to catch up on: {', '.join(list_stems())}.")
    stems = [find_stem(lesson) for lesson in lessons]
    place = _use_record(work)
    for stem in dict.fromkeys(stems):
        catch_up(stem)
    if any(store.memory().values()):
        raise WorkshopError(f"nothing was kept: {place} can't be written. Choose another folder with --work DIR.")
    click.echo(f"Your record: {place / store.FILE}")


@commands.command()
@click.option("--profile", default="small", show_default=True, help="Whose models: small or large.")
@click.option("--shared", is_flag=True, help="Prepare in the environment itself: for images and hubs.")
@click.option("--pin", is_flag=True, help="Also hold the workshop to what the hub has now (for maintainers).")
@click.option("--again", is_flag=True, help="Make or ask for it even where it is here, and replace what is damaged.")
@click.option("--list", "as_list", is_flag=True, help="Fetch nothing; show every model, its licence and its size.")
@click.option("--adapters", is_flag=True, help="Also train the workshop's adapters beside the profile's own model.")
def fetch(profile: str, shared: bool, pin: bool, again: bool, as_list: bool, adapters: bool) -> None:
    """Prepare or download a profile's models now, so that no lesson waits for them."""
    from workshop.models.fetch import describe_models, fetch_profile

    for line in describe_models() if as_list else fetch_profile(profile, pin=pin, again=again, shared=shared):
        click.echo(line)
    if adapters and not as_list:
        from workshop.settings import setup
        from workshop.tune import train_adapters

        for line in train_adapters(setup(profile), again=again):
            click.echo(line)


@commands.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen; another than this needs a key.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one.")
@click.option("--key", envvar="WORKSHOP_SERVE_KEY", show_envvar=True, help="What clients must send as their key.")
@click.option("--folder", type=FOLDER, help="Where files, jobs and tuned models are kept; without it, your cache.")
def serve(host: str, port: int, key: str | None, folder: Path | None) -> None:
    """Serve the profile's models to OpenAI clients on this machine."""
    from workshop.serve import run_server

    run_server(host, port, key, folder)


def _use_record(work: Path | None) -> Path:
    """Make the notebooks' record this process's own and return its folder.

    It is $WORKSHOP_RESULTS, else results/ of the folder in which the lessons lie, else of this folder. Raises
    WorkshopError where notebooks keep their record in memory alone.
    """
    from workshop import lab
    from workshop.score import store

    if work is None and os.environ.get("WORKSHOP_RESULTS"):
        place = store.folder()
        if place is None:
            raise WorkshopError(
                "WORKSHOP_RESULTS=memory keeps the record in the notebook alone. There, run: from workshop.score "
                "import catch_up; catch_up('04')."
            )
        return place
    if work is None:
        work = lab.WORK if lab.WORK.is_dir() and not Path("results", store.FILE).is_file() else Path()
    os.environ["WORKSHOP_RESULTS"] = str(work / "results")
    return work / "results"


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
