"""Show the word map, with its controls: a word, how many neighbours, three words of an analogy."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from workshop.errors import WorkshopError
from workshop.widgets.explorer import Analogy, Explorer, Nearest
from workshop.widgets.output import show_with_still, status_line
from workshop.widgets.picture import draw_map
from workshop.widgets.space import WordSpace


def word_map(
    words: Sequence[str],
    vectors: np.ndarray,
    *,
    shown: Sequence[str] | None = None,
    start: str | None = None,
    question: tuple[str, str, str] | None = None,
    nearest: Nearest | None = None,
    analogy: Analogy | None = None,
    k: int = 8,
    still: bool = False,
) -> None:
    """Show words on a plane, with the neighbours of one of them and an analogy.

    words: V words, all of them searched. vectors: shape (V, D). shown: those on the map, else the first 100.
    start: the word picked at first. question: ("man", "king", "woman") asks for king − man + woman.
    nearest(word, words, vectors, k), analogy(a, b, c, words, vectors): the learner's own; when they fail, a line
    says so and the workshop's are used. k: how many neighbours, 1 to 12. still: a picture without controls.
    Raises WorkshopError for vectors that don't fit the words, or an unknown word.
    """
    explorer = Explorer(WordSpace(words, vectors), shown, nearest=nearest, analogy=analogy, k=k)
    explorer.pick(start or explorer.shown[0])
    if question is not None:
        explorer.ask(*question)
    show_with_still(explorer.still(), lambda: build_controls(explorer), still=still)


def build_controls(explorer: Explorer) -> Any:
    """Return a widget with the controls above the map; the explorer keeps what is shown."""
    import ipywidgets

    message = ipywidgets.HTML(status_line(" ".join(explorer.problems)))
    picture = ipywidgets.HTML(draw_map(explorer.scene()))

    def refresh(step: Callable[[], None]) -> None:
        explorer.problems.clear()
        try:
            step()
        except WorkshopError as problem:
            explorer.problems.append(str(problem))
        message.value = status_line(" ".join(explorer.problems))
        picture.value = draw_map(explorer.scene())

    rows = [_build_neighbours(explorer, refresh), _build_analogy(explorer, refresh)]
    return ipywidgets.VBox([*rows, message, picture], layout={"max_width": "960px"})


def _build_neighbours(explorer: Explorer, refresh: Callable) -> Any:
    """Return the row in which a word is picked and the number of neighbours set."""
    import ipywidgets

    word = ipywidgets.Combobox(
        value=explorer.picked,
        options=sorted(explorer.shown),
        ensure_option=False,
        continuous_update=False,
        description="Word",
        placeholder="type a word, press Enter",
        layout={"width": "260px"},
    )
    count = ipywidgets.BoundedIntText(
        value=explorer.k, min=1, max=12, description="Neighbours", layout={"width": "160px"}
    )

    def show(_: Any) -> None:
        def step() -> None:
            explorer.k = count.value
            explorer.pick(word.value)

        if word.value.strip():
            refresh(step)

    word.observe(show, names="value")
    count.observe(show, names="value")
    return ipywidgets.HBox([word, count], layout={"flex_flow": "row wrap"})


def _build_analogy(explorer: Explorer, refresh: Callable) -> Any:
    """Return the row with "a is to b as c is to …" and its button."""
    import ipywidgets

    given = [*explorer.links[0], explorer.links[1][0]] if explorer.links else ["", "", ""]
    texts = []
    for value, label in zip(given, ("Analogy:", "is to", "as"), strict=True):
        layout = {"width": "210px" if label == "Analogy:" else "180px"}
        style = {"description_width": "90px" if label == "Analogy:" else "50px"}
        texts.append(
            ipywidgets.Text(
                value=value,
                description=label,
                continuous_update=False,
                placeholder="a word",
                layout=layout,
                style=style,
            )
        )
    button = ipywidgets.Button(description="is to … ?", tooltip="Solve the analogy", layout={"width": "110px"})

    def solve(_: Any) -> None:
        words = [text.value for text in texts]
        if all(word.strip() for word in words):
            refresh(lambda: explorer.ask(*words))

    for text in texts:
        text.observe(solve, names="value")
    button.on_click(solve)
    return ipywidgets.HBox([*texts, button], layout={"flex_flow": "row wrap"})
