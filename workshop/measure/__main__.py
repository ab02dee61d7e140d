"""`python -m workshop.measure [STEM ...]`: measure lessons and write workshop/results/."""

import sys
import time

import click

from workshop.errors import WorkshopError
from workshop.measure.pages import write_pages
from workshop.measure.runner import known_stems, load_module
from workshop.score.results import Results, is_stale, write_results


@click.command()
@click.argument("stems", nargs=-1)
@click.option("--short", is_flag=True, help="Run everything in its smallest form and write nothing: a test.")
@click.option("--stale", is_flag=True, help="Only tell which results were made from inputs that have changed since.")
def main(stems: tuple[str, ...], short: bool, stale: bool) -> None:
    """Measure the lessons STEMS, all of them where none is named. Stopped, it goes on from where it was."""
    try:
        chosen = stems or tuple(sorted(known_stems()))
        if stale:
            sys.exit(_tell_stale(chosen))
        for stem in chosen:
            _measure(stem, short)
        if not short:
            write_pages()
    except WorkshopError as error:
        sys.exit(f"measure: {error}")


def _measure(stem: str, short: bool) -> None:
    """Measure one lesson and say what became of its claims."""
    start = time.perf_counter()
    results: Results = load_module(stem).measure(short)
    if not short:
        click.echo(f"wrote {write_results(results)}")
    for name, claim in sorted(results.claims.items()):
        click.echo(f"{name} {claim.verdict}: {claim.measure} {claim.value:.3f} [{claim.low:.3f}, {claim.high:.3f}]")
    click.echo(f"{stem}: {len(results.rows)} rows in {time.perf_counter() - start:.0f} s")


def _tell_stale(stems: tuple[str, ...]) -> int:
    """Print which inputs have changed and return the exit status."""
    changed = {stem: is_stale(stem) for stem in stems}
    for stem, paths in changed.items():
        if paths:
            click.echo(f"{stem} is stale: {', '.join(paths)} changed. Measure again: make measure STEMS={stem}")
    return int(any(changed.values()))


if __name__ == "__main__":
    main()
