"""`python -m workshop.pretrain run | look | evaluate | card`."""

import sys
from pathlib import Path
from typing import Any

import click

from workshop.errors import WorkshopError

FOLDER = click.Path(file_okay=False, path_type=Path)
OUT = Path("build") / "pretrain" / "small"
out_option = click.option("--out", type=FOLDER, default=OUT, show_default=True, help="The run's folder.")
device_option = click.option("--device", type=click.Choice(["cpu", "cuda"]), default="cpu", show_default=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def commands() -> None:
    """Pretrain the tiny language model, evaluate it and write its card."""


@commands.command()
@out_option
@device_option
@click.option("--size", default="small", show_default=True, help="nano, probe, small, medium or large.")
@click.option("--minutes", type=click.FloatRange(min=0, min_open=True), default=5.0, show_default=True)
@click.option("--steps", type=click.IntRange(1), help="Instead of minutes: the same steps give the same weights.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--circuit/--random", default=True, help="Begin with circuits that copy and find, or not.")
@click.option("--workers", type=click.IntRange(0), default=0, help="Processes that make batches ahead (for a GPU).")
@click.option("--threads", type=click.IntRange(1), default=1, show_default=True)
def run(out: Path, device: str, threads: int, workers: int, **options: Any) -> None:
    """Pretrain, or go on with the run that lies in --out."""
    import torch

    from workshop.pretrain.progress import show_progress
    from workshop.pretrain.run import Plan
    from workshop.pretrain.run import run as pretrain

    torch.set_num_threads(threads)
    plan = Plan(**options)
    click.echo(f"Learning the vocabulary first, if {out} has none (about a minute).", err=True)
    with show_progress() as tell:
        click.echo(pretrain(plan, out, device, workers, tell))


@commands.command()
@out_option
@click.option("--cases", type=click.IntRange(1), default=200, show_default=True, help="In each table.")
@click.option("--threads", type=click.IntRange(1), default=1, show_default=True)
def look(out: Path, cases: int, threads: int) -> None:
    """Print what the newest checkpoint of --out gets right so far, by sort of token; a run may go on meanwhile."""
    import torch

    from workshop.pretrain.probe import look as look_at

    torch.set_num_threads(threads)
    click.echo(look_at(out, cases))


@commands.command()
@out_option
@device_option
@click.option("--cases", type=click.IntRange(2), default=400, show_default=True, help="In each set.")
@click.option("--threads", type=click.IntRange(1), default=1, show_default=True)
def evaluate(out: Path, device: str, cases: int, threads: int) -> None:
    """Measure the model of --out, print the card's table and keep it as evaluation.json."""
    import torch

    from workshop.pretrain.card import table
    from workshop.pretrain.evaluation import evaluate as measure

    torch.set_num_threads(threads)
    click.echo(table(measure(out, device=device, cases=cases)))


@commands.command()
@out_option
def card(out: Path) -> None:
    """Write the model card of --out from what was measured."""
    from workshop.pretrain.card import write_card

    click.echo(write_card(out))


def main() -> None:
    """Run the command line; failures that the user can put right are one line."""
    try:
        commands()
    except WorkshopError as error:
        sys.exit(f"pretrain: {error}")


if __name__ == "__main__":
    main()
