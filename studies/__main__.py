"""`python -m studies [STEM ...]`: measure, and write workshop/results/ and studies/results/."""

import sys
import time

import click

from studies.keep import write_results
from studies.pages import write_pages
from studies.runner import accept, find_changes, known_stems, load_study
from workshop.errors import WorkshopError
from workshop.score.results import Results


@click.command()
@click.argument("stems", nargs=-1)
@click.option("--short", is_flag=True, help="Run everything in its smallest form and write nothing: a test.")
@click.option("--stale", is_flag=True, help="Only tell which results were made from inputs that have changed since.")
def main(stems: tuple[str, ...], short: bool, stale: bool) -> None:
    """Measure the studies STEMS, all of them where none is named. Stopped, it goes on from where it was.

    `accept STEM ...` measures nothing anew: it runs one cell of every kind again, and where every kept digit is the
    same, the results count as fresh.
    """
    try:
        if stems[:1] == ("accept",):
            _accept(stems[1:])
            return
        chosen = stems or tuple(sorted(known_stems()))
        if stale:
            sys.exit(_tell_stale(chosen))
        for stem in chosen:
            _measure(stem, short)
        if not short:
            write_pages()
    except WorkshopError as error:
        sys.exit(f"studies: {error}")


def _accept(stems: tuple[str, ...]) -> None:
    """Renew the digests of results that a change of code has left as they were."""
    if not stems:
        raise WorkshopError(
            "name what to accept: python -m studies accept STEM. `python -m studies --stale` lists them."
        )
    for stem in stems:
        for line in accept(stem):
            click.echo(f"{stem}: {line}")


def _measure(stem: str, short: bool) -> None:
    """Measure one lesson and say what became of its claims."""
    start = time.perf_counter()
    results: Results = load_study(stem).measure(short)
    if not short:
        click.echo(f"wrote {write_results(results)}")
    for name, claim in sorted(results.claims.items()):
        span = "" if claim.low is None else f" [{claim.low:.3f}, {claim.high:.3f}]"
        click.echo(f"{name} {claim.verdict}: {claim.measure} {claim.value:.3f}{span}")
    click.echo(f"{stem}: {len(results.rows)} rows in {time.perf_counter() - start:.0f} s")


def _tell_stale(stems: tuple[str, ...]) -> int:
    """Print which inputs have changed and return the exit status."""
    changed = {stem: find_changes(stem) for stem in stems}
    for stem, paths in changed.items():
        if paths:
            click.echo(f"{stem} is stale: {', '.join(paths)} changed. Measure again: make measure STEMS={stem}")
    return int(any(changed.values()))


if __name__ == "__main__":
    main()
