"""The commands of teachers and maintainers: `workshop build`, `course`, `slides` and `grade`, by their entry points."""

from pathlib import Path
from typing import Any

import click

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.option("--check", is_flag=True, help="Write no notebook; fail where one is stale or breaks a rule.")
def build(check: bool) -> None:
    """Make notebooks/ from solutions/, and the solved ones in build/solved/."""
    from backstage.lessons import build_all

    written = build_all(check)
    click.echo("The notebooks are fresh and keep the rules." if check else f"{len(written)} notebooks written.")


@click.command()
@click.argument("folder", type=FOLDER)
@click.argument("lessons", nargs=-1)
def course(folder: Path, lessons: tuple[str, ...]) -> None:
    """Make an nbgrader course in FOLDER, of all lessons or of those named, or bring one up to date."""
    from backstage.course import make_course

    click.echo(make_course(folder, lessons or None))


@click.command()
@click.argument("lesson", required=False)
@click.option("--no-run", is_flag=True, help="Leave the outputs out: seconds instead of minutes.")
def slides(lesson: str | None, no_run: bool) -> None:
    """Export LESSON, or every lesson, as slides that open offline, into build/slides/."""
    from backstage.slides import make_slides

    if not no_run:
        click.echo("Running the solved lessons for their outputs: up to two minutes each.")
    for path in make_slides(lesson, execute=not no_run):
        click.echo(path)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@click.option("--out", type=FOLDER, required=True, metavar="DIR", help="Where the results go, and are gone on with.")
@click.option("--lesson", help="Only this lesson; what doesn't say otherwise is taken for it.")
@click.option("--jobs", type=click.IntRange(1), help="Submissions at once; without it, one a core.")
@click.option("--secret", type=click.Path(path_type=Path), metavar="FILE", help="The course's secret of hidden tests.")
@click.option("--gradebook", type=click.Path(path_type=Path), metavar="DB", help="Also fill nbgrader's gradebook.")
@click.option("--unsafe", is_flag=True, help="Without the jail: students' code runs as you.")
def grade(paths: tuple[Path, ...], out: Path, **options: Any) -> None:
    """Grade a class: notebooks, folders of them, LMS zips or nbgrader's submitted/."""
    from backstage.grade.progress import show_progress
    from backstage.grade.run import Options, grade_all

    with show_progress() as report:
        summary = grade_all(paths, out, Options(**options), report=report)
    click.echo(summary)
    if summary.faults:
        raise SystemExit(1)
