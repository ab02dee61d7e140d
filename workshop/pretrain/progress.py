"""The bar that one watches while a model is pretrained."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def show_progress() -> Iterator[Callable[[Any, float], None]]:
    """Give what a run reports to; show step, losses, speed, share and time left on standard error."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("left"))
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task("pretraining", total=1.0)
        start: list[float] = []
        tokens = 0

        def tell(report: Any, seconds: float) -> None:
            nonlocal tokens
            start.append(seconds) if not start else None
            tokens += report.tokens if seconds > start[0] else 0
            speed = tokens / max(seconds - start[0], 1e-9)
            text = f"step {report.step} · answers {report.answers:.2f} · English {report.english:.2f}"
            bar.update(task, completed=report.done, description=f"{text} · {speed:,.0f} tokens/s")

        yield tell
