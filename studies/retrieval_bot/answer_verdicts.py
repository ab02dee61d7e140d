"""From answers to verdicts: the claims of lesson 05 that hang on what is answered."""

from collections.abc import Sequence

from studies.intervals import summarise
from studies.prompt_or_lora.figures import average_runs, estimate
from studies.prompt_or_lora.rules import Estimate
from studies.prompt_or_lora.verdicts import write
from studies.retrieval_bot import answer_rules as rules
from studies.retrieval_bot.answer_found import Runs
from studies.retrieval_bot.answer_plan import READERS, Cell
from workshop.score.results import Claim


def tell(name: str, measure: str, one: Estimate, verdict: str, n: int) -> Claim:
    """Return a claim with its rule and limits."""
    return Claim(measure, "share", one.value, one.low, one.high, n, 1, rules.RULES[name], verdict, rules.LIMITS[name])


def minus(runs: Runs, one: Cell, other: Cell, outcome: str = "right") -> Estimate:
    """Return the difference of an outcome's share in two runs on the same questions, paired."""
    groups = runs.groups(one)
    sides = [average_runs([runs.outcomes(cell, outcome)], groups) for cell in (one, other)]
    return estimate(sides[0].minus(sides[1]))


def judge_c14(runs: Runs, k: int) -> Claim:
    """Return C14: retrieved minus random passages, for each reader."""
    gains = {
        reader: minus(runs, *((reader, "unseen", name, k, "contract") for name in ("MiniLM", "random")))
        for reader in READERS
    }
    verdict = rules.judge_passages(list(gains.values()))
    worst = min(gains.values(), key=lambda one: one.low)
    n = len(runs.groups(("plain", "unseen", "MiniLM", k, "contract")))
    return tell("C14", f"right, retrieved minus random passages: {write(**gains)}", worst, verdict, n)


def judge_c15(runs: Runs, k: int) -> Claim:
    """Return C15: what the plain model's wrong answers fall by when it reads."""
    falls = {}
    for name, source in (("with_an_answer", "unseen"), ("without_one", "unanswerable")):
        pair = [("plain", source, *one, "contract") for one in (("none", 0), ("MiniLM", k))]
        falls[name] = minus(runs, *pair, "wrong")
    cells: Sequence[Cell] = [("plain", "unseen", *one, "contract") for one in (("MiniLM", k), ("none", 0))]
    right = minus(runs, *cells)
    verdict = rules.judge_grounding(list(falls.values()), right)
    worst = min(falls.values(), key=lambda one: one.low)
    n = len(runs.groups(cells[0]))
    said = f"wrong answers, fall: {write(**falls)}; right answers, rise {write(right=right).removeprefix('right ')}"
    return tell("C15", said, worst, verdict, n)


def judge_c30(runs: Runs, k: int) -> Claim:
    """Return C30: passages against random ones, and MiniLM's against BM25's, through one reader."""

    def cell(source: str, condition: str) -> Cell:
        return ("reader", source, condition, k, "contract")

    random = cell("unseen", "random")
    gains = [minus(runs, cell("unseen", name), random) for name in ("MiniLM", "BM25")]
    passages = max(gains, key=lambda one: one.value)
    vectors = {
        name: minus(runs, cell(source, "MiniLM"), cell(source, "BM25"))
        for name, source in (("MiniLM_minus_BM25", "unseen"), ("in_other_words", "paraphrases"))
    }
    verdict = rules.judge_vectors(passages, list(vectors.values()))
    said = f"right: {write(best_minus_random=passages, **vectors)}"
    worst = min(vectors.values(), key=lambda one: one.low)
    return tell("C30", said, worst, verdict, len(runs.groups(random)))


def judge_c31(runs: Runs) -> Claim:
    """Return C31: what tuning facts in adds to wrong answers where there is none."""
    found = {}
    sources = ("unanswerable", "unanswerable, in other words")
    wrong = {
        reader: [runs.outcomes((reader, source, "none", 0, "contract"), "wrong") for source in sources]
        for reader in ("facts", "plain")
    }
    groups = [group for source in sources for group in runs.groups(("plain", source, "none", 0, "contract"))]
    for reader, some in wrong.items():
        found[reader] = average_runs([[one for part in some for one in part]], groups)
    sides = [[one for part in wrong[reader] for one in part] for reader in ("facts", "plain")]
    gaps = [one - other for one, other in zip(*sides, strict=True)]
    summary = summarise([gaps], groups, signed=True)  # where no case differs, drawing anew shows nothing
    more = Estimate(summary["value"], summary["low"], summary["high"])
    said = f"wrong where nothing answers: facts {found['facts'].value:.2f}; plain {found['plain'].value:.2f}"
    said += f"; facts minus plain {write(more=more).removeprefix('more ')}"
    return tell("C31", said, more, rules.judge_harm(more), len(groups))
