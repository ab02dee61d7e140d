"""The decision tree of lesson 06: questions, and leaves that print the figures on which they rest."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from workshop.errors import WorkshopError
from workshop.score.results import Row

LESSON = "06"
COPIED = "caught up"  # the source of rows that a learner's record took from the results
TASKS = (
    *("known facts", "unseen facts", "changed facts", "format", "judgement", "voice", "facts in JSON"),
    *("old skills", "abstaining"),
)
METHODS = ("prompt", "LoRA", "retrieval", "both")
Grid = Mapping[tuple[str, str], Row]
FACTS, BEHAVIOUR = ("unseen facts", "changed facts"), ("format", "voice", "judgement")


@dataclass(frozen=True)
class Cell:
    """A cell of the grid beside a need. others: further methods whose interval's low end reaches the need."""

    task: str
    method: str
    value: float
    low: float | None
    high: float | None
    need: float
    others: tuple[str, ...] = ()

    @property
    def meets(self) -> bool:
        """Whether the low end of the interval reaches the need; without an interval it doesn't."""
        return _meets(self.low, self.need)

    def __str__(self) -> str:
        """Return the figure with its interval, and what is to be said of it."""
        digits = _count_digits(self.low, self.need)
        text = f"{self.task}, {self.method}: {self.value:z.{digits}f}"
        if self.low is None or self.high is None:
            text += "; no interval, so it doesn't count"
        else:
            text += f" [{self.low:z.{digits}f}, {self.high:z.{digits}f}]"
            text += "" if self.meets else f"; its low end is below your need of {self.need:.{digits}f}"
        reach = "reaches" if len(self.others) == 1 else "reach"
        more = f"; {' and '.join(self.others)} {reach} it{' too' if self.meets else ''}"
        return text + (more if self.others else "")


@dataclass(frozen=True)
class Leaf:
    """An answer: which method, why, and the cells that say how far it goes."""

    choice: str
    reason: str
    cells: tuple[Cell, ...] = ()

    @property
    def heading(self) -> str:
        """The choice, and where its figures miss the need."""
        met = [cell.task for cell in self.cells if cell.meets]
        if len(met) == len(self.cells):
            return self.choice
        return f"{self.choice}, but only for {' and '.join(met)}" if met else f"{self.choice}, but below your need"


@dataclass(frozen=True)
class Question:
    """A question with what follows from yes and from no. cells: the figures that answer it; without them you do."""

    text: str
    cells: tuple[Cell, ...]
    yes: "Question | Leaf"
    no: "Question | Leaf"

    @property
    def branches(self) -> tuple[tuple[str, "Question | Leaf"], ...]:
        """Both answers, with the tasks for which the figures give them, and what follows."""
        named = [", ".join(_list_tasks(self.cells, met)) or "no task" for met in (True, False)]
        yes, no = (f": {tasks}" if self.cells else "" for tasks in named)
        return (f"yes{yes}", self.yes), (f"no{no}", self.no)

    def __str__(self) -> str:
        """Return the tree as text."""
        return "\n".join(as_lines(self))


def find_grid(rows: Iterable[Row]) -> dict[tuple[str, str], Row]:
    """Return the rows of lesson 06's grid by task and method; of several for one cell the last.

    What was copied from the results into a learner's record is no run of theirs and stays out.
    """
    return {
        (row.task, row.method): row
        for row in rows
        if row.lesson[:2] == LESSON and row.metric == "right" and row.task in TASKS and row.method in METHODS
        if row.source != COPIED
    }


def find_clear(grid: Grid, task: str) -> str | None:
    """Return the method whose interval lies above every other's in a line of the grid, None where there is none."""
    line = [row for method in METHODS if (row := grid.get((task, method)))]
    for row in line:
        highs = [1.0 if other.high is None else other.high for other in line if other is not row]
        if highs and row.low is not None and row.low > max(highs):
            return row.method
    return None


def find_best(grid: Grid, task: str) -> list[str]:
    """Return the highest method of a line and those whose interval meets the highest one's."""
    line = [row for method in METHODS if (row := grid.get((task, method)))]
    top = max(line, key=lambda row: row.value, default=None)
    reach = [(row, row.value if row.high is None else row.high) for row in line]
    return [row.method for row, high in reach if row is top or high >= (top.value if top.low is None else top.low)]


def build_tree(rows: Sequence[Row], need: float = 0.5) -> Question:
    """Return the tree that leads from what you need to a method, with the figures at its leaves.

    need: the share that must be right, 0 to 1; a figure meets it where the low end of its interval does, as in
    exercise 6.4. Raises WorkshopError for another need, and where a cell of the grid is missing.
    """
    grid = _take_grid(rows, need)
    return Question("Does the model lack facts for it?", (), _ask_form(grid, need), _ask_prompt(grid, need))


def _ask_form(grid: Grid, need: float) -> Question:
    """Return what is asked where facts are lacking."""
    read = tuple(_make_cell(grid, task, "retrieval", need, alone=True) for task in FACTS)
    alone, tuned = (_list_tasks(read, met) for met in (True, False))
    passages = Question(
        "Does reading passages alone reach your need?",
        read,
        _make_leaf(grid, need, alone, "retrieval", "Passages bring the facts; nothing is trained."),
        _make_leaf(grid, need, tuned, "both", "Passages bring the facts; the model is tuned to read them."),
    )
    reason = "Passages bring the facts; the model is tuned to the form."
    in_form = _make_leaf(grid, need, ["facts in JSON"], "both", reason)
    return Question("Must the answer also come in a form or voice of your own?", (), in_form, passages)


def _ask_prompt(grid: Grid, need: float) -> Question:
    """Return what is asked where it is behaviour that is lacking."""
    told = tuple(_make_cell(grid, task, "prompt", need, alone=True) for task in BEHAVIOUR)
    reached, missed = (_list_tasks(told, met) for met in (True, False))
    shown = tuple(_make_cell(grid, task, "retrieval", need) for task in missed)
    more = "Search shows those you have; collect more and ask again."
    examples = Question(
        "Have you some dozens of examples?",
        (),
        _make_leaf(grid, need, missed, "LoRA", "The weights learn from your examples."),
        Leaf("the nearest examples in the prompt", more, shown),
    )
    simple = _make_leaf(grid, need, reached, "prompt", "Nothing to train, nothing to search.")
    return Question("Does a prompt reach your need?", told, simple, examples)


def _make_leaf(grid: Grid, need: float, tasks: Iterable[str], method: str, reason: str) -> Leaf:
    """Return a leaf for tasks, with the wished method where the figures don't speak against it."""
    cells = tuple(_make_cell(grid, task, _choose(grid, task, method, need), need) for task in tasks)
    choice = " or ".join(dict.fromkeys(cell.method for cell in cells)) or method
    said = reason if choice == method else "With these figures another method is the answer."
    return Leaf(choice, said if cells else "With these figures no task comes this way.", cells)


def as_lines(tree: Question | Leaf, indent: str = "") -> list[str]:
    """Return a tree as lines of text, what follows from an answer farther to the right."""
    if isinstance(tree, Leaf):
        return [f"{indent}→ {tree.heading}. {tree.reason}", *(f"{indent}  {cell}" for cell in tree.cells)]
    lines = [indent + tree.text, *(f"{indent}  ({cell})" for cell in tree.cells)]
    for answer, follows in tree.branches:
        lines += [f"{indent}  {answer}", *as_lines(follows, f"{indent}    ")]
    return lines


def say_need(need: float) -> str:
    """Return a need with two digits, or with all that it has: 0.50, 0.555."""
    return max(f"{need:.2f}", f"{need:g}", key=len)


def list_leaves(tree: Question | Leaf) -> list[Leaf]:
    """Return a tree's leaves from top to bottom."""
    return [tree] if isinstance(tree, Leaf) else [*list_leaves(tree.yes), *list_leaves(tree.no)]


def _meets(low: float | None, need: float) -> bool:
    return low is not None and low >= need


def _list_tasks(cells: Iterable[Cell], met: bool) -> list[str]:
    return [cell.task for cell in cells if cell.meets == met]


def _count_digits(low: float | None, need: float) -> int:
    """Return with how many digits a low end and a need show on which side of it the low end lies."""
    for digits in (2, 3, 4):
        same = _meets(low, need) == (low is not None and round(low, digits) >= round(need, digits))
        if same and abs(round(need, digits) - need) < 1e-9:
            return digits
    return 6


def _take_grid(rows: Iterable[Row], need: float) -> Grid:
    """Return the grid; raise WorkshopError for a need that is no share, and for cells that are missing."""
    if not 0 <= need <= 1:
        raise WorkshopError(f"expected a need from 0 to 1, the share that must be right, got {need}. Say 0.5 for half.")
    grid = find_grid(rows)
    tasks = (*FACTS, *BEHAVIOUR, "facts in JSON")
    missing = [f"{method} on {task!r}" for task in tasks for method in METHODS if (task, method) not in grid]
    if missing:
        raise WorkshopError(f"the grid lacks {missing[0]} ({len(missing)} in all). Give every row of the results.")
    return grid


def _choose(grid: Grid, task: str, method: str, need: float) -> str:
    """Return the method for a task: a prompt where it will do, the wished one, else one that reaches the need.

    Where none does, it is the wished one, or the highest where another lies surely above it.
    """
    met = [one for one in ("prompt", method, *METHODS) if _meets(grid[task, one].low, need)]
    if met:
        return met[0]
    wished = grid[task, method]
    above = [row for one in METHODS if (row := grid[task, one]).low is not None and row.low > (wished.high or 0)]
    return max(above, key=lambda row: row.value).method if wished.high is not None and above else method


def _make_cell(grid: Grid, task: str, method: str, need: float, alone: bool = False) -> Cell:
    """Return a cell; alone: without the other methods that reach the need. A prompt needs no others."""
    others = [one for one in METHODS if one != method and _meets(grid[task, one].low, need)]
    row = grid[task, method]
    return Cell(task, method, row.value, row.low, row.high, need, () if alone or method == "prompt" else tuple(others))
