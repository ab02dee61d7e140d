"""Display a widget together with what stands in for it on slides, on GitHub and where widgets are missing."""

import html
import importlib.util
import sys
from collections.abc import Callable
from typing import Any

from workshop.score.output import in_notebook, show_bundle

WIDGET_TYPE = "application/vnd.jupyter.widget-view+json"


def can_show_widgets() -> bool:
    """Tell whether widgets can be made here: a notebook's kernel with ipywidgets installed."""
    return in_notebook() and importlib.util.find_spec("ipywidgets") is not None


def show_with_still(picture: dict[str, str], build: Callable[[], Any], *, still: bool = False) -> None:
    """Display the widget that build() returns with its still form; that alone where widgets can't be made, or still."""
    if still or not can_show_widgets():
        show_bundle(picture)
    else:
        show_widget(build(), picture)


def status_line(text: str, sign: str = "⚠") -> str:
    """Return a line of HTML that screen readers read out, with a sign in front unless it is empty."""
    shown = f'<b style="color:#B34700">{sign}</b> {html.escape(text)}' if text and sign else html.escape(text)
    return f'<p role="status" style="margin:2px 0;min-height:1.4em;line-height:1.4">{shown}</p>'


def show_widget(widget: Any, still: dict[str, str]) -> None:
    """Display a widget; the same output holds its still form for readers without widgets.

    widget: an ipywidgets widget, of version 7.7 or later. still: MIME type to content, text/plain among them.
    Colab gets the widget alone, so that it has nothing else to prefer.
    """
    from IPython.display import display

    kept = {"text/plain": still["text/plain"]} if "google.colab" in sys.modules else still
    view = {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}
    display({**kept, WIDGET_TYPE: view}, raw=True)
