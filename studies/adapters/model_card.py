"""The part of docs/models.md that is measured: what the language model can do, as it comes and with an adapter."""

import re

from studies.adapters.figures import count_cases, write_figure, write_grid, write_lines
from studies.adapters.scores import LENGTHS
from studies.adapters.wordings import WORDINGS
from workshop.errors import WorkshopError
from workshop.score.results import Results

PAGE = "docs/models.md"
PLACE = re.compile(r"(<!-- measured:[^>]*-->\n).*?(<!-- /measured -->)", re.DOTALL)
READING = {"exact": "exact", "short-contained": "short-contained", "chance": "chance, short-contained"}
OUTCOMES = {"abstained": "abstained", "wrong": "wrong", "right, where it answers": "right, where it answers"}
KINDS = ("plain", "lists", "arithmetic", "pages")
ADAPTERS = ("reader", "json", "voice", "facts")


def fill_models(page: str, results: Results | None, speeds: Results | None) -> str:
    """Return the page with the measured part made anew, as it is where nothing is measured.

    Raises WorkshopError for a page that has lost the part's markers.
    """
    if not PLACE.search(page):
        raise WorkshopError(f"{PAGE} has lost its markers <!-- measured: … --> and <!-- /measured -->. Put them back.")
    if results is None:
        return page
    parts = [*_write_reading(results), *_write_made_up(results), *_write_wordings(results), *_write_form(results)]
    parts += [*_write_skills(results), *_write_adapters(results), *(_write_speeds(speeds) if speeds else [])]
    return PLACE.sub(lambda found: found[1] + "\n" + "\n".join(parts).rstrip() + "\n\n" + found[2], page)


def _write_reading(results: Results) -> list[str]:
    """Return what it reads, how often it abstains, and both by the length of the answer."""
    asked, missing = count_cases(results, "plain", "reading/top 3"), count_cases(results, "plain", "unanswerable/top 3")
    right, top = ("reading/right", "reading/top 3")
    rows = {
        "as it comes, right passage": ("plain", right),
        "as it comes, three found": ("plain", top),
        "as it comes, no passage": ("plain", "reading/none"),
        "`reader`, right passage": ("reader", right),
        "`reader`, three found": ("reader", top),
    }
    lengths = {name: f"short-contained, answers {name}" for name in LENGTHS}
    return [
        "### Reading",
        "",
        f"{asked} questions on the 40 documents of the FAQ's `unseen` split. *Exact*: the reply is the answer, but for "
        "case, articles and punctuation. *Short-contained*: the answer stands, word for word, within the first 12 "
        "words. *Chance*: the same replies against the answers of other questions of the same kind.",
        "",
        *write_grid(results, "passages", rows, READING | OUTCOMES),
        f"Of {missing} questions that nothing in the handbook answers, with the three passages found, it abstains on "
        f"{write_figure(results, 'plain', 'unanswerable/top 3', 'abstained')}, with `reader` on "
        f"{write_figure(results, 'reader', 'unanswerable/top 3', 'abstained')}. Where the answer does stand in one of "
        "the three, `reader` abstains on "
        f"{write_figure(results, 'reader', top, 'abstained, where the answer stands')}, wrongly.",
        "",
        "Short-contained, by the length of the answer:",
        "",
        *write_grid(results, "passages", {name: one for name, one in rows.items() if "no" not in name}, lengths),
    ]


def _write_made_up(results: Results) -> list[str]:
    """Return what it says without a passage."""
    [row] = results.select(method="plain", task="reading/none", metric="made up")
    shown = [(one["question"], one["answer"], one["reply"].replace("\n", " ")) for one in row.settings["shown"]]
    return [
        "### What it makes up",
        "",
        f"Without a passage it can't know anything of Skerryline. It answered all the same on {row.value:.0%} of "
        f"{row.n} questions, wrongly. The first {len(shown)} replies word for word, up to the 24 tokens that were "
        "allowed:",
        "",
        *write_lines(("question", "the handbook says", "reply"), shown),
    ]


def _write_wordings(results: Results) -> list[str]:
    """Return what each wording of the prompt gave."""
    rows = {name: ("plain", f"wording/{place}") for place, name in enumerate(WORDINGS)}
    cases = count_cases(results, "plain", "wording/0")
    return [
        "### Wordings of the prompt",
        "",
        f"Tried on {cases} questions of the 10 documents of `train`, with the three passages found, before the prompt "
        "became a contract; the model as it comes. *More*: short-contained minus the contract's, question by question. "
        "Seven differences are looked at on ten documents, so one that just leaves 0 is no proof; the plainest wording "
        "stayed, and adapters were trained with it.",
        "",
        *write_grid(
            results,
            "wording",
            rows,
            {"short-contained": "short-contained", "more": "minus the contract", "abstained": "abstained"},
        ),
    ]


def _write_form(results: Results) -> list[str]:
    """Return how well it writes JSON and the house's voice."""
    tickets, pairs = count_cases(results, "plain", "json/0"), count_cases(results, "plain", "voice/0")
    json_rows = {
        "as it comes, no example": ("plain", "json/0"),
        "as it comes, one example": ("plain", "json/1"),
        "as it comes, three examples": ("plain", "json/3"),
        "`json`, no example": ("json", "json/0"),
    }
    voice_rows = {
        "as it comes, told to": ("plain", "voice/0"),
        "as it comes, one example": ("plain", "voice/1"),
        "`voice`": ("voice", "voice/0"),
    }
    return [
        "### JSON and voice",
        "",
        f"{tickets} tickets of customers that no training saw; *valid*: the reply parses as one object with exactly "
        "the two keys.",
        "",
        *write_grid(
            results, "", json_rows, {name: name for name in ("valid", "topic right", "tone right", "both right")}
        ),
        f"{pairs} plain answers, rewritten in Skerryline's voice. The rules that can be counted don't measure whether "
        "what is said is still true.",
        "",
        *write_grid(
            results, "", voice_rows,
            {name: name for name in ("opening", "next step", "last line", "all six rules", "numbers kept")},
        ),
    ]  # fmt: skip


def _write_skills(results: Results) -> list[str]:
    """Return what it can do besides, and what each adapter makes it forget."""
    cases = count_cases(results, "plain", "skills/")
    rows = {"as it comes": ("plain", "skills/")} | {f"with `{name}`": (name, "skills/") for name in ADAPTERS}
    return [
        "### Old skills, before and after",
        "",
        f"{cases} of the items of `skills.jsonl`, a quarter of each kind. They were chosen so that the untuned model "
        "answers about 60 % of each kind: only a change from its line says something.",
        "",
        *write_grid(results, "", rows, {"all": "right"} | {kind: f"right, {kind}" for kind in KINDS}),
    ]


def _write_adapters(results: Results) -> list[str]:
    """Return what each shipped adapter weighs, and what its training took."""
    costs = {"MB": "megabytes", "chats": "chats", "tokens": "tokens", "peak, MB": "peak_megabytes"}
    rows = []
    for name in ADAPTERS:
        found = [results.select(method=name, task="training", metric=one)[0] for one in costs.values()]
        values = [f"{row.value:,.2f}" if row.value < 10 else f"{row.value:,.0f}" for row in found]
        rows.append((f"[`{name}`](../workshop/assets/adapters/{name}/README.md)", *values, str(found[0].n)))
    return [
        "### The adapters that come with the workshop",
        "",
        "`with adapter(model, \"reader\"):` puts one on for a while. They fit this model alone; beside the model of "
        "`large`, `workshop fetch --profile large --adapters` trains their like, in minutes on a graphics card.",
        "",
        *write_lines(("adapter", *costs, "seeds measured"), rows),
    ]  # fmt: skip


def _write_speeds(speeds: Results) -> list[str]:
    """Return what loading, answering and tuning take, in both number formats, on one thread and on two."""
    kinds = sorted({(str(row.settings["dtype"]), int(row.settings["threads"])) for row in speeds.rows})
    metrics = sorted({row.metric for row in speeds.rows})
    rows = []
    for metric in metrics:
        values = {(row.settings["dtype"], row.settings["threads"]): row.value for row in speeds.select(metric=metric)}
        rows.append((metric, *(f"{values[kind]:,.1f}" if kind in values else "–" for kind in kinds)))
    load = speeds.machine.get("load", "not known")
    return [
        "### What it costs",
        "",
        "By `python -m studies model_speed`, one run, each column in a process of its own; "
        f"{speeds.machine['cores']} cores with bfloat16 instructions; load of the machine as it began: {load} "
        "processes. Where other work fills the cores, a second thread doesn't help and may cost: compare columns "
        "only on a quiet machine.",
        "",
        *write_lines(("", *(f"{dtype}, threads: {threads}" for dtype, threads in kinds)), rows),
    ]
