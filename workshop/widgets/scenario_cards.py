"""Scenario cards: read a situation, choose prompt, LoRA, retrieval, both or neither, and see what the figures say."""

import re
from collections.abc import Sequence
from html import escape
from typing import Any

from workshop.data.scenarios import ANSWERS, PRICES, Scenario, load_scenarios
from workshop.errors import WorkshopError
from workshop.score.results import Row
from workshop.widgets.output import show_with_still

FIGURE = re.compile(r"\{([^{}]+)\}")
UNITS = dict(zip(PRICES, ("{:,.0f} s", "{:.2f} s", "{:,.0f} tokens", "{:,.1f} MB"), strict=True))
HEADS = dict(zip(PRICES, ("set-up", "a question", "a prompt", "stored"), strict=True))
CELL = "padding:1px 14px 1px 0;text-align:left;line-height:1.4"
TEXT = "margin:0 0 8px;line-height:1.5;font-size:15px"


class Deck:
    """Scenarios with the grid's figures in their reasons, and which answer was chosen first for each.

    rows: the grid and its prices. Raises WorkshopError where a figure of the cards is missing.
    """

    def __init__(self, rows: Sequence[Row], scenarios: Sequence[Scenario]) -> None:
        self.figures = name_figures(rows)
        self.scenarios, self.first = list(scenarios), dict[str, str]()
        for one in self.scenarios:
            needed = [key for reason in one.reasons.values() for key in FIGURE.findall(reason)]
            for key in (*needed, *("|".join(cell) for cell in one.cells)):
                if key not in self.figures:
                    raise WorkshopError(
                        f"the rows hold no figure for {key!r}, which the card {one.title!r} needs. Pass the whole "
                        "grid: read_results('06_tune_or_retrieve').rows."
                    )

    def reason(self, scenario: Scenario, answer: str) -> str:
        """Return the reply to an answer, with its figures."""
        return FIGURE.sub(lambda found: self.figures[found[1]], scenario.reasons[answer])

    def choose(self, scenario: Scenario, answer: str) -> list[tuple[str, str]]:
        """Note the first choice for a scenario, and return what is said of this one: what it is, and why."""
        self.first.setdefault(scenario.id, answer)
        best, other = answer == scenario.choice, " or ".join(scenario.also)
        kind = "best supported" if best else "defensible too" if answer in scenario.also else "not what fits best here"
        said = [(f"You chose {answer}: {kind}.", self.reason(scenario, answer))]
        if not best:
            said.append((f"Best supported: {scenario.choice}.", self.reason(scenario, scenario.choice)))
        return [*said, ("Defensible too:", f"{other}.")] if other and answer not in scenario.also else said

    def count(self) -> str:
        """Return what became of the first choices."""
        chosen = [(one, self.first[one.id]) for one in self.scenarios if one.id in self.first]
        best = sum(answer == one.choice for one, answer in chosen)
        also = sum(answer in one.also for one, answer in chosen)
        parts = f"{best} best supported, {also} defensible too, {len(chosen) - best - also} to think over"
        return f"{len(chosen)} of {len(self.scenarios)} chosen: {parts}. Your first choice for a card counts."

    def list_cells(self, scenario: Scenario) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
        """Return the cells on which the choice rests, and its prices, as lines of two tables with a head each."""
        right = [
            ("in the grid", "method", "share right"),
            *((*cell, self.figures["|".join(cell)]) for cell in scenario.cells),
        ]
        costs = [
            (*pair, *(self.figures.get("|".join((*pair, metric)), "–") for metric in PRICES)) for pair in scenario.price
        ]
        return right, [("price", "method", *HEADS.values()), *costs] if costs else []


def name_figures(rows: Sequence[Row]) -> dict[str, str]:
    """Return the grid's figures in words, by task|method for a share that is right, task|method|metric for a price."""
    figures: dict[str, str] = {}
    for row in rows:
        name = f"{row.task}|{row.method}"
        if row.metric == "right":
            known = row.low is not None and row.high is not None
            figures.setdefault(name, f"{row.value:.2f}" + (f" [{row.low:.2f}, {row.high:.2f}]" if known else ""))
        elif row.metric in UNITS:
            figures.setdefault(f"{name}|{row.metric}", UNITS[row.metric].format(row.value))
    return figures


def scenario_cards(rows: Sequence[Row], *, room: bool | None = None, still: bool = False) -> None:
    """Show situations one at a time, with a button for each answer and the figures that speak for and against it.

    rows: the grid of lesson 06 and its prices. room: True for the four cards of the room, False for the eight others,
    None for all. still: all cards as text, without buttons. Raises WorkshopError where the rows lack a figure.
    """
    deck = Deck(list(rows), load_scenarios(room))
    show_with_still(draw_cards(deck), lambda: build_cards(deck), still=still)


def draw_cards(deck: Deck) -> dict[str, str]:
    """Return all cards by MIME type, the replies after each; in HTML these are folded."""
    plain, items = [], []
    for number, one in enumerate(deck.scenarios, start=1):
        best = f"Best supported: {one.choice}." + (f" Defensible too: {', '.join(one.also)}." if one.also else "")
        replies = [(f"{answer}:", deck.reason(one, answer)) for answer in ANSWERS]
        plain += [f"{number}. {one.title}", one.text, f"{', '.join(ANSWERS)}?", best]
        plain += [f"  {answer} {reason}" for answer, reason in replies]
        plain += ["  " + "  ".join(line) for lines in deck.list_cells(one) for line in lines[1:]]
        fold = _write([*replies, (best, "")]) + _tabulate(deck, one)
        fold = f"<details><summary>{', '.join(ANSWERS)}? Choose, then open.</summary>{fold}</details>"
        items.append(_write_card(one, number, 0) + fold)
    return {"text/plain": "\n".join(plain), "text/html": f'<div style="max-width:860px">{"<hr>".join(items)}</div>'}


def build_cards(deck: Deck) -> Any:
    """Return the widget: a card, a row of answers, what is said of the one chosen, and the way to the next card."""
    import ipywidgets

    card, reply, tally = (ipywidgets.HTML() for _ in range(3))
    wide = {"width": "150px", "margin": "4px 8px 4px 0"}
    answers = {answer: ipywidgets.Button(description=answer, layout=wide) for answer in ANSWERS}
    back, forward = (ipywidgets.Button(description=text, layout=wide) for text in ("← back", "forward →"))
    place, opened = 0, dict[str, str]()

    def draw() -> None:
        one = deck.scenarios[place]
        chosen = opened.get(one.id)
        card.value = f'<div role="status">{_write_card(one, place + 1, len(deck.scenarios))}</div>'
        for answer, button in answers.items():
            button.description = f"✔ {answer}" if answer == chosen else answer
        said = _write(deck.choose(one, chosen)) + _tabulate(deck, one) if chosen else "What would you choose, and why?"
        reply.value = f'<div role="status" style="min-height:3em">{said}</div>'
        tally.value = f'<p style="margin:8px 0;line-height:1.4">{deck.count()}</p>'

    def turn(step: int) -> None:
        nonlocal place
        place = (place + step) % len(deck.scenarios)
        draw()

    def take(answer: str) -> None:
        opened[deck.scenarios[place].id] = answer
        draw()

    for answer, button in answers.items():
        button.on_click(lambda _, answer=answer: take(answer))
    back.on_click(lambda _: turn(-1))
    forward.on_click(lambda _: turn(1))
    draw()
    rows = [ipywidgets.HBox(list(row), layout={"flex_flow": "row wrap"}) for row in (answers.values(), (back, forward))]
    return ipywidgets.VBox([card, rows[0], reply, rows[1], tally], layout={"max_width": "860px"})


def _write_card(scenario: Scenario, number: int, total: int) -> str:
    """Return a situation as HTML. total: of how many cards, 0 to leave it out."""
    of = f" of {total}" if total else ""
    head = f'<p style="margin:8px 0 4px;font-size:17px"><b>Card {number}{of}: {escape(scenario.title)}</b></p>'
    return f'{head}<p style="{TEXT}">{escape(scenario.text)}</p>'


def _write(said: Sequence[tuple[str, str]]) -> str:
    """Return sentences with a bold beginning as HTML."""
    return "".join(f'<p style="{TEXT}"><b>{escape(start)}</b> {escape(rest)}</p>' for start, rest in said)


def _tabulate(deck: Deck, scenario: Scenario) -> str:
    """Return the figures on which a choice rests as HTML tables."""
    tables = []
    for lines in filter(None, deck.list_cells(scenario)):
        head, *body = (
            "".join(f'<{tag} style="{CELL}">{escape(cell)}</{tag}>' for cell in line)
            for line, tag in zip(lines, ["th"] + ["td"] * (len(lines) - 1), strict=True)
        )
        tables.append(f'<table style="margin:4px 0"><tr>{"</tr><tr>".join((head, *body))}</tr></table>')
    return "".join(tables)
