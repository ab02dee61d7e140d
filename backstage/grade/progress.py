"""The bar that a teacher watches while a class is graded."""

from collections.abc import Iterator
from contextlib import contextmanager

from backstage.grade.run import Report


@contextmanager
def show_progress() -> Iterator[Report]:
    """Give what `grade_all` reports to; show counts, share and time left on standard error while the block runs."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[lost]}"))
    clocks = (TimeElapsedColumn(), TextColumn("· left"), TimeRemainingColumn())
    with Progress(*columns, *clocks, console=Console(stderr=True)) as progress:
        task = progress.add_task("grading", total=None, lost="")

        def report(done: int, of: int, lost: int) -> None:
            text = f"{lost} not gradable" if lost else ""
            progress.update(task, completed=done, total=of, lost=text)

        yield report
