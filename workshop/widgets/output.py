"""Display a widget together with what stands in for it on slides, on GitHub and where widgets are missing."""

import importlib.util
import sys
from typing import Any

from workshop.score.output import in_notebook

WIDGET_TYPE = "application/vnd.jupyter.widget-view+json"


def can_show_widgets() -> bool:
    """Tell whether widgets can be made here: a notebook's kernel with ipywidgets installed."""
    return in_notebook() and importlib.util.find_spec("ipywidgets") is not None


def show_widget(widget: Any, still: dict[str, str]) -> None:
    """Display a widget; the same output holds its still form for readers without widgets.

    widget: an ipywidgets widget, of version 7.7 or later. still: MIME type to content, text/plain among them.
    Colab gets the widget alone, so that it has nothing else to prefer.
    """
    from IPython.display import display

    kept = {"text/plain": still["text/plain"]} if "google.colab" in sys.modules else still
    view = {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}
    display({**kept, WIDGET_TYPE: view}, raw=True)
