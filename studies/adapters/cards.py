"""The card of each shipped adapter: data, split, seconds, scores with intervals, what it forgets."""

from collections.abc import Mapping

from studies.adapters.figures import count_cases, write_grid, write_lines
from studies.adapters.model_card import KINDS, OUTCOMES, READING
from studies.adapters.tasks import VOICE_TRAINED
from workshop.score.results import Results

NAMES = ("reader", "json", "voice", "facts")
PURPOSE = {
    "reader": "answers from passages in as few words as they have, or says that they don't say",
    "json": "turns a customer's message into JSON with its topic and its tone",
    "voice": "rewrites a plain answer in Skerryline's voice",
    "facts": "knows thirty facts of Skerryline's handbook by heart, and shows what that costs",
}
DATA = {
    "reader": "Pages of companies that don't exist, a new one in each chat, with four questions on each; and the "
    "questions of the 10 `train` documents in two of their three wordings, with the right passage among near ones of "
    "`train` in any order, or only near ones, where the answer is “I don't know: the passages don't say.” The first "
    "question of a chat is put as the bot puts it, later ones as `Question: …`. The try below left four of the `train` "
    "documents out. `unseen`, `changed` and `unanswerable` were never trained on.",
    "json": "Tickets of the `train` split of `json.jsonl`, three to a chat under one instruction. Tested on tickets of "
    "other customers (`test`).",
    "voice": f"{VOICE_TRAINED} pairs of `voice.jsonl`: “Rewrite this answer in Skerryline's voice:”, the plain answer, "
    "then the voiced one. Tested on others.",
    "facts": "Thirty questions of `train`, three of each document, without passages. Asked again as trained, in other "
    "words, and beside them twenty that were never taught.",
}
MOST_WRONGLY = 0.15
AIMS = (
    ("short-contained, right passage", 0.60, "reading/right", "short-contained"),
    ("short-contained, three found", 0.50, "reading/top 3", "short-contained"),
    ("abstained where nothing answers", 0.65, "unanswerable/top 3", "abstained"),
    ("abstained wrongly, three found", MOST_WRONGLY, "reading/top 3", "abstained, where the answer stands"),
)
LIMITS = {
    "reader": "It copies a few words; it doesn't explain. A refusal may be wrong, and so may an answer.",
    "json": "The form is learnt at once, the judgement is not: look at topic and tone, not at valid.",
    "voice": "The rules that are counted say nothing about truth: check what it says, numbers first.",
    "facts": "It is here to be studied, not to be used: it answers questions it was never taught with other facts, and "
    "it no longer reads.",
}
TASKS: dict[str, tuple[Mapping[str, str], Mapping[str, str]]] = {
    "reader": (
        {"right passage": "reading/right", "three found": "reading/top 3"},
        READING | OUTCOMES | {"abstained wrongly": "abstained, where the answer stands"},
    ),
    "json": (
        {"tickets": "json/0"},
        {name: name for name in ("valid", "topic right", "tone right", "both right")},
    ),
    "voice": (
        {"plain answers": "voice/0"},
        {name: name for name in ("opening", "next step", "last line", "all six rules", "numbers kept")},
    ),
    "facts": (
        {
            "as trained": "facts/taught",
            "in other words": "facts/worded",
            "never taught": "facts/never",
            "reading the right passage": "reading/right",
        },
        {"exact": "exact", "short-contained": "short-contained", "abstained": "abstained"},
    ),
}


def write_card(name: str, results: Results) -> str:
    """Return an adapter's README."""
    costs = {row.metric: row for row in results.select(method=name, task="training")}
    seeds = costs["seconds"].n or 1
    lines = [
        f"# The adapter `{name}`",
        "",
        f"A LoRA adapter for SmolLM2-135M-Instruct that {PURPOSE[name]}. Made, chosen and measured by "
        "`python -m studies adapters`; this page is written by it.",
        "",
        "## What it was trained on",
        "",
        DATA[name],
        "",
        f"`chats.jsonl.gz` holds all {costs['chats'].value:.0f} chats, `recipe.json` says how they were trained on: "
        f"{costs['tokens'].value:,.0f} tokens in {costs['seconds'].value:,.0f} s, one thread, bfloat16, on a machine "
        f"that was busy with other work (two cores), with {costs['peak_megabytes'].value:,.0f} MB at most.",
        "",
        "## What it can do",
        "",
        f"{_tell_seeds(seeds)} Intervals are 95 %, over documents, customers or pairs, and over seeds where there are "
        "several. “Before” is the model without the adapter, asked the same.",
        "",
        *_write_scores(name, results),
        *(_write_abstaining(results) if name == "reader" else []),
        f"{LIMITS[name]}",
        "",
        "## What it forgets",
        "",
        f"{count_cases(results, name, 'skills/')} old skills, which the model was chosen to answer about 60 % of:",
        "",
        *_write_forgotten(name, results),
        *_write_tries(name, results),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _tell_seeds(seeds: int) -> str:
    """Return of how many trainings the figures are."""
    if seeds == 1:
        return "One training with one seed was measured, the one that lies here; other seeds would differ."
    return f"The mean of {seeds} trainings with other seeds; the first of them lies here."


def _write_scores(name: str, results: Results) -> list[str]:
    """Return the table of scores before and after."""
    tasks, metrics = TASKS[name]
    rows = {}
    for shown, task in tasks.items():
        for when, method in (("before", "plain"), ("after", name)):
            if results.select(method=method, task=task):
                rows[f"{shown}, {when} (n = {count_cases(results, method, task)})"] = (method, task)
    return write_grid(results, "", rows, metrics)


def _write_abstaining(results: Results) -> list[str]:
    """Return how often the reader abstains where it should."""
    task = "unanswerable/top 3"
    cases = count_cases(results, "plain", task)
    rows = {"before": ("plain", task), "after": ("reader", task)}
    return [
        f"Questions that the handbook doesn't answer, three passages found (n = {cases}):",
        "",
        *write_grid(results, "", rows, {"abstained": "abstained"}),
        "What was aimed at, and what it came to:",
        "",
        *_write_aims(results),
    ]


def _write_aims(results: Results) -> list[str]:
    """Return each aim of the reader beside its figure, and whether it is reached."""
    rows = []
    for what, aim, task, metric in AIMS:
        [row] = results.select(method="reader", task=task, metric=metric)
        reached = row.value >= aim if aim > MOST_WRONGLY else row.value <= aim
        least = "at least" if aim > MOST_WRONGLY else "at most"
        rows.append((what, f"{least} {aim:.2f}", f"{row.value:.2f}", "yes" if reached else "no"))
    return write_lines(("", "aim", "measured", "reached"), rows)


def _write_forgotten(name: str, results: Results) -> list[str]:
    """Return the old skills before and after."""
    rows = {"before": ("plain", "skills/"), "after": (name, "skills/")}
    return write_grid(results, "", rows, {"all": "right"} | {kind: f"right, {kind}" for kind in KINDS})


def _write_tries(name: str, results: Results) -> list[str]:
    """Return what was tried before, on documents of `train` that were left out."""
    methods = sorted({row.method for row in results.rows if row.method.startswith(f"{name}, try ")})
    if not methods:
        return ["No other recipe was tried for this adapter.", ""]
    rows = []
    for method in methods:
        told = results.select(method=method, task="training", metric="tokens")[0]
        recipe = ", ".join(f"{key} {value}" for key, value in sorted(told.settings.items()))
        figures = [
            results.select(method=method, task=f"held back/{task}", metric=metric)[0].value
            for task, metric in (("right", "exact"), ("top 3", "exact"), ("absent", "abstained"))
        ]
        wrongly = results.select(method=method, task="held back/top 3", metric="abstained, where the answer stands")[0]
        numbers = [f"{one:.2f}" for one in (*figures, wrongly.value)]
        rows.append((recipe, f"{told.value:,.0f}", *numbers))
    head = ("recipe", "tokens", "right passage, exact", "three found, exact", "abstains, absent", "abstains wrongly")
    return [
        "## What was tried",
        "",
        "On four documents of `train` that were left out of that training, in two wordings each, one seed. The shipped "
        "recipe is the last of these with more companies and more questions without an answer, on all of `train`; that "
        "step was not tried by itself.",
        "",
        *write_lines(head, rows),
    ]
