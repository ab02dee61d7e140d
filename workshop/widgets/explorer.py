"""The word map: pick a word and see its neighbours, or ask "a is to b as c is to …"; with your own functions too."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from workshop.errors import NotYet, WorkshopError
from workshop.widgets.picture import Scene, draw_map
from workshop.widgets.space import Plane, WordSpace

SHOWN = 100
Nearest = Callable[[str, list[str], np.ndarray, int], list[str]]
Analogy = Callable[[str, str, str, list[str], np.ndarray], str]


class Explorer:
    """What one word map shows, and the widget that changes it.

    problems: a line for each thing that went wrong in the last step.
    """

    def __init__(
        self,
        space: WordSpace,
        shown: Sequence[str] | None = None,
        *,
        nearest: Nearest | None = None,
        analogy: Analogy | None = None,
        k: int = 8,
    ) -> None:
        self.space = space
        self.shown = list(dict.fromkeys(space.find(word) for word in shown or space.words[:SHOWN]))
        if len(self.shown) < 3:
            raise WorkshopError(f"a map needs at least 3 words, got {len(self.shown)}. Pass more of them in shown.")
        self.plane = Plane(space, self.shown)
        self._nearest, self._analogy = nearest, analogy
        self.k = min(max(int(k), 1), 12)
        self.picked, self.neighbours, self.own = "", [], False
        self.links, self.lines = [], []
        self.problems: list[str] = []

    def pick(self, word: str) -> None:
        """Find a word's neighbours; raise WorkshopError where the word is unknown."""
        self.picked = self.space.find(word)
        found = self._try(self._nearest, "nearest", self.picked, *self.space.given(), self.k)
        if found is not None and not self._all_words(found):
            self.problems.append("your nearest should return a list of known words; the workshop's is shown.")
            found = None
        self.own = found is not None
        cosines = self.space.cosines(self.picked)
        chosen = list(found)[: self.k] if found is not None else self.space.nearest(self.picked, self.k)
        self.neighbours = [(near, float(cosines[self.space.index[near]])) for near in chosen]

    def ask(self, a: str, b: str, c: str) -> None:
        """Solve "a is to b as c is to …"; raise WorkshopError where a word is unknown."""
        a, b, c = (self.space.find(word) for word in (a, b, c))
        try:
            outside, anyone = self.space.analogy(a, b, c)
        except WorkshopError as problem:
            self.problems.append(str(problem))
            return
        own = self._try(self._analogy, "analogy", a, b, c, *self.space.given())
        if own is not None and not self._all_words([own]):
            self.problems.append("your analogy should return one known word; the workshop's is shown.")
            own = None
        answer = own or outside[0]
        self.links = [(a, b), (c, answer)]
        self.lines = [
            f"{b} − {a} + {c}",
            f"→ {answer}" + (" (your function)" if own else f" ({outside[1]:.2f})"),
            f"the three words allowed: {anyone[0]} ({anyone[1]:.2f})",
        ]

    def _all_words(self, found: Any) -> bool:
        """Tell whether this is a sequence of known words."""
        if isinstance(found, np.ndarray):
            found = found.tolist()
        return isinstance(found, list | tuple) and all(isinstance(w, str) and w in self.space.index for w in found)

    def _try(self, function: Callable[..., Any] | None, name: str, *arguments: Any) -> Any:
        """Return what the learner's function gives; None, and a line in problems, where it fails."""
        if function is None:
            return None
        try:
            value = function(*arguments)
        except (NotYet, NotImplementedError):
            problem = f"your {name} isn't written yet"
        except Exception as error:
            text = " ".join(str(error).split())[:120]
            problem = f"your {name} raised {type(error).__name__}: {text}"
        else:
            if value is not None:
                return value
            problem = f"your {name} returned None"
        self.problems.append(f"{problem}; the workshop's is shown.")
        return None

    def scene(self) -> Scene:
        """Return what is to be drawn: the shown words and those just found."""
        extra = [self.picked, *(word for word, _ in self.neighbours), *(word for link in self.links for word in link)]
        words = list(dict.fromkeys([*self.shown, *filter(None, extra)]))
        found = (self.picked, self.neighbours, self.links, self.lines, self.own)
        return Scene(words, self.plane.place(words), self.plane.share, len(self.space.words), *found)

    def still(self) -> dict[str, str]:
        """Return the picture and its description by MIME type."""
        scene = self.scene()
        return {"text/plain": "\n".join([scene.describe(), *self.problems]), "image/svg+xml": draw_map(scene)}
