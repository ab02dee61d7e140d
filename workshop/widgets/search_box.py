"""The search box: type a question, and see what two searches find."""

import base64
import html
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from workshop.plots.style import alternative_text, to_png
from workshop.plots.texts import plot_scores
from workshop.score.output import show_bundle
from workshop.widgets.output import can_show_widgets, show_widget

Score = Callable[[str], np.ndarray]


def search_box(
    names: Sequence[str], searches: Mapping[str, Score], start: str, *, k: int = 5, still: bool = False
) -> None:
    """Show the k best of N passages for a question, by each search side by side, as bars of their scores.

    names: what stands for each passage. searches: by name, a function from a question to the scores (N,), 0 to 1.
    start: the first question. still: the picture alone, which is also shown where widgets can't be.
    """

    def draw(query: str) -> Any:
        tables = {name: np.asarray(score(query)) for name, score in searches.items()}
        best = {name: np.argsort(-scores, kind="stable")[:k] for name, scores in tables.items()}
        found = {name: [(names[row], float(tables[name][row])) for row in rows] for name, rows in best.items()}
        return plot_scores(query, found)

    figure = draw(start)
    data, words = base64.b64encode(to_png(figure)).decode(), alternative_text(figure)
    image = f'<img alt="{html.escape(words)}" src="data:image/png;base64,{data}" style="max-width: 100%">'
    picture = {"text/plain": words, "text/html": image}
    if still or not can_show_widgets():
        show_bundle(picture)
        return
    import ipywidgets

    layout = {"width": "90%"}
    field = ipywidgets.Text(value=start, description="Search", continuous_update=False, layout=layout)
    shown = ipywidgets.Image(value=to_png(figure), format="png", layout={"max_width": "100%"})
    told = ipywidgets.HTML()

    def search(_: Any) -> None:
        query = field.value.strip()
        if query:
            try:
                figure = draw(query)
                shown.value, told.value = to_png(figure), _hidden(alternative_text(figure))
            except Exception as error:
                told.value = html.escape(f"this question can't be searched: {error}")

    field.observe(search, names="value")
    show_widget(ipywidgets.VBox([field, shown, told]), picture)


def _hidden(text: str) -> str:
    """Return a text that screen readers read out, and that isn't seen."""
    return f'<p role="status" style="position:absolute;left:-9999px">{html.escape(text)}</p>'
