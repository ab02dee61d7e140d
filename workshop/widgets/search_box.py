"""The search box: type a question, and see what two searches find."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from workshop.plots.style import alternative_text, to_html
from workshop.plots.texts import plot_scores
from workshop.widgets.output import show_with_still

NOTHING = "nothing found: no word of it is counted"

Score = Callable[[str], np.ndarray]


def search_box(names: Sequence[str], searches: Mapping[str, Score], start: str, *, k: int = 5) -> None:
    """Show the k best of N passages for a question, by each search side by side, as bars of their scores.

    names: what stands for each passage. searches: by name, a function from a question to the scores (N,), 0 to 1.
    start: the first question. Where widgets can't be shown, its picture is.
    """

    def draw(query: str) -> dict[str, str]:
        found = {}
        for name, score in searches.items():
            scores = np.asarray(score(query))
            best = [row for row in np.argsort(-scores, kind="stable")[:k] if scores[row] > 0]
            found[name] = [(names[row], float(scores[row])) for row in best] or [(NOTHING, 0.0)]
        figure = plot_scores(query, found)
        words = alternative_text(figure)
        return {"text/plain": words, "text/html": to_html(figure, words)}

    picture = draw(start)

    def build() -> Any:
        import ipywidgets

        field = ipywidgets.Text(start, description="Search", continuous_update=False, layout={"width": "90%"})
        shown = ipywidgets.HTML(picture["text/html"])

        def search(_: Any) -> None:
            if field.value.strip():
                shown.value = draw(field.value.strip())["text/html"]

        field.observe(search, names="value")
        return ipywidgets.VBox([field, shown])

    show_with_still(picture, build)
