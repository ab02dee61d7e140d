"""Write what was measured into Skerryline's data card, between its markers."""

import re
from pathlib import Path

from workshop.data.skerryline import SKERRYLINE
from workshop.errors import WorkshopError
from workshop.score.results import Results

CARD = SKERRYLINE / "README.md"
SECTION = re.compile(r"(<!-- measured -->\n?).*?(<!-- /measured -->)", re.DOTALL)
CLASSIFIERS = ("majority", "bag of words", "frozen MiniLM")
SEARCHES = ("TF-IDF", "BM25", "MiniLM")
COLUMNS = ("topic, split by customer", "tone, split by customer", "film reviews, 5 folds")
FLATTERED = ("topic, random minus customer", "tone, random minus customer")
SEEDS = 5
PLACES = ("handbook, questions", "handbook, paraphrases", "haystack, questions", "haystack, paraphrases")


def render_section(results: Results) -> str:
    """Return the data card's section in Markdown, from measured rows only."""
    return "\n".join(
        [
            "",
            "Written by `python -m studies skerryline`; intervals are 95 %.",
            "",
            "**Telling topic and tone** (accuracy, mean of five seeds unless said; customers and seeds drawn anew):",
            "",
            *_table("method", CLASSIFIERS, COLUMNS, "accuracy", results),
            "",
            "The tickets are split 60 : 20 : 20, all messages of a customer on one side; the 200 film-review sentences "
            "are real and judged by others. Logistic regression's strength was chosen on the validation part of the "
            "first seed; the film reviews use what tone chose. How far a tuned model gets is measured by lesson 03.",
            "",
            "**What a split at random flatters** (accuracy when each message is drawn by itself minus the above):",
            "",
            *_table("method", CLASSIFIERS[1:], FLATTERED, "accuracy", results),
            "",
            "**Finding the document that answers** (share of wordings whose first passage is of that document; "
            "documents drawn anew):",
            "",
            *_table("method", SEARCHES, PLACES, "recall@1", results),
            "",
            "The same among the first five passages:",
            "",
            *_table("method", SEARCHES, PLACES, "recall@5", results),
            "",
            "The handbook (its second edition) is cut into passages of at most 80 words; the haystack holds it among "
            "10,000 passages, the others being sentences of Wikipedia about other subjects.",
            "",
        ]
    )


def _table(corner: str, methods: tuple[str, ...], tasks: tuple[str, ...], metric: str, results: Results) -> list[str]:
    """Return the lines of a Markdown table."""
    lines = [f"| {corner} | {' | '.join(tasks)} |", "| --- |" + " --- |" * len(tasks)]
    for method in methods:
        cells = [_cell(method, task, metric, results) for task in tasks]
        lines.append(f"| {method} | {' | '.join(cells)} |")
    return lines


def _cell(method: str, task: str, metric: str, results: Results) -> str:
    """Return a figure with its interval, and of how many seeds it is where they are fewer than planned."""
    rows = results.select(method=method, task=task, metric=metric)
    if not rows:
        return "–"
    seeds = results.select(method=method, task=task, metric="seeds")
    fewer = f", seeds: {seeds[0].value:g}" if seeds and seeds[0].value < SEEDS else ""
    return f"{rows[0].value:.2f} [{rows[0].low:.2f}, {rows[0].high:.2f}]{fewer}"


def fill_card(results: Results, card: Path = CARD) -> None:
    """Write the section into the card; raise WorkshopError where the card or its markers are missing."""
    text = card.read_text(encoding="utf-8") if card.is_file() else ""
    if not SECTION.search(text):
        raise WorkshopError(
            f"{card.name} of Skerryline has lost its markers <!-- measured --> and <!-- /measured -->. Put them back."
        )
    filled = SECTION.sub(lambda found: found[1].rstrip("\n") + "\n" + render_section(results) + found[2], text)
    card.write_text(filled, encoding="utf-8", newline="\n")
