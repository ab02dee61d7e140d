"""Evaluation: what the tiny model gets right on companies, values and phrasings that training never saw."""

import hashlib
import json
import platform
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from workshop.bot import build_prompt, write_answers
from workshop.data import Question, cut_document, load_faq, load_handbook
from workshop.errors import WorkshopError
from workshop.pretrain.mixture import make_test
from workshop.pretrain.run import LOG, PLAN, write_whole
from workshop.pretrain.tasks import ABSTAIN, Chat, turn

DRAWS = 2000
MAX_TOKENS = 48
RESULT = "evaluation.json"
_NOT_WORD = re.compile(r"[^\w\s]")


@dataclass(frozen=True)
class CaseSet:
    """A set of N cases: each a company or document, which intervals resample, and a chat with the right answer.

    target: the share that is aimed at, as ">= 0.95" or "< 0.05". exact: whether capitals and marks count.
    """

    name: str
    target: str
    cases: Sequence[tuple[str, Chat]]
    exact: bool = False


@dataclass(frozen=True)
class Row:
    """A share of right answers with its interval (95 %, bootstrap over companies or documents)."""

    test: str
    part: str
    value: float
    low: float
    high: float
    n: int
    target: str = ""

    @property
    def met(self) -> bool | None:
        """Tell whether the target is met; None where there is none."""
        if not self.target:
            return None
        limit = float(self.target.split()[1])
        return self.value >= limit if self.target.startswith(">=") else self.value < limit


def normalise(text: str) -> str:
    """Return a text without capitals, marks, articles and superfluous blanks."""
    words = _NOT_WORD.sub(" ", text.casefold()).split()
    return " ".join(word for word in words if word not in ("a", "an", "the"))


def is_right(written: str, truth: str, exact: bool = False) -> bool:
    """Tell whether an answer is right; exact: letter by letter, JSON as an object."""
    if not exact:
        return normalise(written) == normalise(truth)
    if truth.startswith("{"):
        try:
            return json.loads(written) == json.loads(truth)
        except json.JSONDecodeError:
            return False
    return written.strip() == truth


def bootstrap(right: Sequence[bool], groups: Sequence[str], seed: int = 0) -> tuple[float, float]:
    """Return the middle 95 % of the share of right answers when groups are drawn anew, 2,000 times.

    Where all or none are right, drawing again shows nothing: the open side is then Clopper and Pearson's bound.
    """
    _, places = np.unique(groups, return_inverse=True)
    hits, sizes = np.bincount(places, weights=np.array(right, dtype=float)), np.bincount(places)
    times = np.random.default_rng(seed).multinomial(len(sizes), np.full(len(sizes), 1 / len(sizes)), size=DRAWS)
    low, high = np.percentile(times @ hits / np.maximum(times @ sizes, 1), [2.5, 97.5])
    edge = 0.025 ** (1 / len(sizes))
    if all(right):
        return edge, 1.0
    return (float(low), float(high)) if any(right) else (0.0, 1 - edge)


def without_passages(cases: Sequence[tuple[str, Chat]]) -> list[tuple[str, Chat]]:
    """Return the same cases with the question alone."""
    alone = []
    for company, chat in cases:
        question = chat.messages[0]["content"].rpartition("\n\nQuestion: ")[2]
        alone.append((company, replace(chat, messages=(turn("user", question), chat.messages[-1]))))
    return alone


def skerryline_cases(size: int) -> list[tuple[str, Chat]]:
    """Return up to `size` answerable FAQ questions, evenly chosen, each with the handbook passage that answers it."""
    questions = [one for one in load_faq() if one.document]
    passages = {edition: _passages_by_document(edition) for edition in (1, 2)}
    chosen = questions[:: max(1, -(-len(questions) // size))]
    cases = []
    for one in chosen:
        texts = passages[2 if one.split == "changed" else 1].get(one.document) or passages[1][one.document]
        prompt = build_prompt(one.question, [_right_passage(one, texts)])
        cases.append((one.document, Chat((turn("user", prompt), turn("assistant", one.answer)), "read", 1, 0)))
    return cases


def _passages_by_document(edition: int) -> dict[str, list[str]]:
    """Return an edition's passages by the name of their document."""
    return {page.name: [part.text for part in cut_document(page)] for page in load_handbook(edition=edition)}


def _right_passage(one: Question, texts: Sequence[str]) -> str:
    """Return the passage that holds the answer and shares most words with the question."""
    words = set(normalise(one.question).split())
    holding = [text for text in texts if one.answer.casefold() in " ".join(text.split()).casefold()] or list(texts)
    return max(holding, key=lambda text: len(words & set(normalise(text).split())))


def skerryline_unanswerable() -> list[tuple[str, Chat]]:
    """Return the FAQ's unanswerable questions, each with the handbook passage nearest in words."""
    texts = [text for parts in _passages_by_document(1).values() for text in parts]
    cases = []
    for one in load_faq(split="unanswerable"):
        words = set(normalise(one.question).split())
        nearest = max(texts, key=lambda text: len(words & set(normalise(text).split())))
        chat = Chat((turn("user", build_prompt(one.question, [nearest])), turn("assistant", ABSTAIN)), "abstain", 1)
        cases.append((one.id, chat))
    return cases


def make_tests(cases: int, seed: int = 1) -> list[CaseSet]:
    """Return every set of the model card, `cases` cases in each."""
    known = make_test("read", cases, "train", seed)
    return [
        CaseSet("unseen companies and values, known phrasings", ">= 0.95", known),
        CaseSet("unseen phrasings", ">= 0.75", make_test("read", cases, "held_out", seed)),
        CaseSet("Skerryline FAQ with the right passage given", ">= 0.70", skerryline_cases(cases)),
        CaseSet("abstains when the passage is missing", ">= 0.85", make_test("abstain", cases, "train", seed)),
        CaseSet("abstains, unseen phrasings", "", make_test("abstain", cases, "held_out", seed)),
        CaseSet("abstains on Skerryline", "", skerryline_unanswerable()[:cases]),
        CaseSet("right by chance with no passage", "< 0.05", without_passages(known)),
        CaseSet("Skerryline FAQ with no passage", "< 0.05", without_passages(skerryline_cases(cases))),
        CaseSet(
            "follows an instruction, unseen content", ">= 0.90", make_test("follow", cases, "train", seed), exact=True
        ),
    ]


def parts_of(chat: Chat) -> list[str]:
    """Return the parts that a case belongs to when one looks where the model fails."""
    if chat.skill.startswith("follow"):
        return [chat.skill]
    if chat.skill != "read" or chat.place is None or not chat.sort:
        return []
    words, last = len(chat.answer.split()), chat.passages - 1
    length = str(words) if words < 4 else "4 or more"
    count = str(chat.passages) if chat.passages < 3 else "3 or 4" if chat.passages < 5 else "5 or 6"
    place = "the only one" if not last else {0: "first", last: "last"}.get(chat.place, "between")
    return [
        f"answer of {length} word{'s' * (words > 1)}",
        f"passages: {count}",
        f"right passage: {place}",
        f"sort: {chat.sort}",
    ]


def score(test: CaseSet, answers: Sequence[str]) -> list[Row]:
    """Return a test's row and then one for each part of it."""
    right = [is_right(one, chat.answer, test.exact) for one, (_, chat) in zip(answers, test.cases, strict=True)]
    members: dict[str, list[int]] = {"": list(range(len(right)))}
    for place, (_, chat) in enumerate(test.cases):
        # With no passage, how long the passages were says nothing.
        for part in parts_of(chat) if "no passage" not in test.name else []:
            members.setdefault(part, []).append(place)
    rows = []
    for part in sorted(members):
        chosen = [right[place] for place in members[part]]
        low, high = bootstrap(chosen, [test.cases[place][0] for place in members[part]])
        rows.append(Row(test.name, part, float(np.mean(chosen)), low, high, len(chosen), "" if part else test.target))
    return rows


def evaluate(
    folder: Path, device: str = "cpu", cases: int = 400, tell: Callable[[str], None] = print
) -> dict[str, Any]:
    """Measure the model of a run, greedily; writes evaluation.json into the run's folder and returns what it holds.

    cases: in each set. Raises WorkshopError where the folder has no finished model.
    """
    weights = folder / "model" / "model.safetensors"
    if not weights.is_file():
        raise WorkshopError(f"{folder} has no finished model. Make one: python -m workshop.pretrain run --out {folder}")
    model = _open(folder / "model", device)
    rows, samples, start = [], {}, time.perf_counter()
    for test in make_tests(cases):
        prompts = [list(chat.messages[:-1]) for _, chat in test.cases]
        answers = write_answers(model, prompts, max_tokens=MAX_TOKENS)
        rows += score(test, answers)
        head = next(row for row in reversed(rows) if row.test == test.name and not row.part)
        tell(f"{test.name}: {head.value:.0%} [{head.low:.0%}, {head.high:.0%}]")
        pairs = zip(test.cases, answers, strict=True)
        samples[test.name] = [[chat.messages[-2]["content"], chat.answer, one] for (_, chat), one in list(pairs)[:8]]
    result = {
        "rows": [asdict(row) for row in rows],
        "samples": samples,
        "seconds": round(time.perf_counter() - start, 1),
        "cases": cases,
        **describe(folder, model.model),
    }
    write_whole(folder / RESULT, lambda part: part.write_text(json.dumps(result, indent=1), encoding="utf-8"))
    return result


def _open(folder: Path, device: str) -> Any:
    """Load the finished model with the thread count that is set."""
    import torch

    from workshop.models.language import open_language_model
    from workshop.settings import Settings

    return open_language_model(folder, Settings(device=device, threads=torch.get_num_threads()))


def describe(folder: Path, model: Any) -> dict[str, Any]:
    """Return what is known of a run: its plan, the last line of its log, size, weights' sha256, versions, machine."""
    import torch
    import transformers

    weights = folder / "model" / "model.safetensors"
    log = [json.loads(line) for line in (folder / LOG).read_text(encoding="utf-8").splitlines()]
    return {
        "plan": json.loads((folder / PLAN).read_text(encoding="utf-8")),
        "last": log[-1],
        "tokens": sum(line["tokens"] for line in {line["step"]: line for line in log}.values()),
        "parameters": sum(one.numel() for one in model.parameters()),
        "shape": {name: getattr(model.config, name) for name in ("hidden_size", "num_hidden_layers", "vocab_size")},
        "megabytes": round(weights.stat().st_size / 1e6, 2),
        "sha256": hashlib.sha256(weights.read_bytes()).hexdigest(),
        "versions": {"torch": torch.__version__, "transformers": transformers.__version__},
        "machine": f"{platform.machine()}, {'CUDA' if torch.cuda.is_available() else 'CPU'}",
    }
