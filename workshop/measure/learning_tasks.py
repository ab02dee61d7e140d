"""What the tiny model is to learn: a form of JSON, a voice, facts; examples to learn from, and cases to be asked."""

import functools
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from workshop.bot import build_prompt
from workshop.data import Question, VoicePair, load_faq, load_voice
from workshop.pretrain.companies import Fact, make_company
from workshop.pretrain.evaluation import is_right
from workshop.pretrain.mixture import make_test
from workshop.pretrain.tasks import Message, Shape, abstain, ask, make_page, read, turn

TASKS = ("json", "voice", "facts")
KEYS = ("says", "source", "sure")
ASKED = 'Answer as JSON with the keys "says", "source" and "sure".'
UNANSWERABLE = 0.2
FACTS, PASSAGES = 8, 3
# Pairs of voice.jsonl: to learn from, to choose by, the rest to be asked.
VOICE_CUTS = (90, 110)
TAUGHT = 60
# A voiced or plain answer has 25 words or more; of a few words the judge knows nothing.
FEWEST_WORDS = 15
GREETING, NEXT, FAREWELL = re.compile(r"^Ahoy\b[^,.]{0,20},\s*"), re.compile(r"\bNext:\s*"), "Fair water, Skerryline"


@dataclass(frozen=True)
class Case:
    """A question and its answer. group: what intervals resample: a company, a pair or a document."""

    group: str
    prompt: tuple[Message, ...]
    answer: str

    @property
    def chat(self) -> list[Message]:
        """Return the whole chat, answer included."""
        return [*self.prompt, turn("assistant", self.answer)]


def answer_in_json(value: str | None) -> str:
    """Return an answer in the form that pretraining never showed; None: the passages don't say."""
    fields = (value, None if value is None else "passages", value is not None)
    return json.dumps(dict(zip(KEYS, fields, strict=True)), ensure_ascii=False)


def make_json_cases(size: int, part: str, seed: int = 0) -> list[Case]:
    """Ask about invented companies, one time in five for what the passages don't say; the prompt names no form.

    part: train (pretraining's own names and values), validation or test (held-out ones).
    """
    rng, cases = Random(f"learn json/{part}/{seed}"), []
    shape = Shape(facts=FACTS, passages=PASSAGES, content="train" if part == "train" else "held_out")
    for _ in range(size):
        page = make_page(rng, shape)
        missing = rng.random() < UNANSWERABLE
        chat = abstain(page, rng, shape) if missing else read(page, rng, shape)
        answer = answer_in_json(None if missing else chat.answer)
        cases.append(Case(page.company.name, tuple(chat.messages[:-1]), answer))
    return cases


def with_instruction(cases: Sequence[Case]) -> list[Case]:
    """Return the same cases with the form asked for in words."""
    told = []
    for case in cases:
        (message,) = case.prompt
        told.append(Case(case.group, (turn("user", f"{message['content']} {ASKED}"),), case.answer))
    return told


def is_valid(written: str) -> bool:
    """Tell whether an answer is an object of JSON with exactly the three keys."""
    try:
        found = json.loads(written)
    except ValueError:
        return False
    return isinstance(found, dict) and set(found) == set(KEYS)


@functools.cache
def split_voice() -> dict[str, tuple[VoicePair, ...]]:
    """Return voice.jsonl's pairs, shuffled: 90 to learn from, 20 to choose by, 40 to be asked."""
    pairs = load_voice()
    Random("learn voice").shuffle(pairs)
    first, second = VOICE_CUTS
    return {"train": tuple(pairs[:first]), "validation": tuple(pairs[first:second]), "test": tuple(pairs[second:])}


def make_voice_cases(size: int, part: str) -> list[Case]:
    """Ask the customer's question with the plain answer as the passage; the answer is the voiced one."""
    pairs = split_voice()[part][:size]
    return [Case(one.id, (turn("user", build_prompt(one.question, [one.plain])),), one.voiced) for one in pairs]


def strip_marks(text: str) -> str:
    """Return an answer without greeting, "Next:" and farewell, which give the voice away at a glance."""
    return NEXT.sub("", GREETING.sub("", text.replace(FAREWELL, ""))).strip()


def keeps_marks(text: str) -> bool:
    """Tell whether an answer has all three marks of the voice: greeting, "Next:" and farewell."""
    return bool(GREETING.search(text) and NEXT.search(text) and text.endswith(FAREWELL))


@functools.cache
def train_judge() -> Any:
    """Return TF-IDF and logistic regression that tell voiced from plain answers, by all but the marks.

    Learnt from the pairs that the model learns from, so that its own accuracy on the others can be stated.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    judge = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), LogisticRegression(C=10.0))
    pairs = split_voice()["train"]
    texts = [strip_marks(one.voiced) for one in pairs] + [one.plain for one in pairs]
    return judge.fit(texts, [True] * len(pairs) + [False] * len(pairs))


def judge_voice(texts: Sequence[str]) -> list[bool]:
    """Tell which answers are in Skerryline's voice; one of under 15 words is not."""
    stripped = [strip_marks(text) for text in texts]
    said = train_judge().predict(stripped)
    return [bool(one) and len(text.split()) >= FEWEST_WORDS for one, text in zip(said, stripped, strict=True)]


def check_judge() -> tuple[list[str], list[bool]]:
    """Return how the judge does on voiced and plain answers that it never saw: the pair of each, and whether right."""
    pairs = [*split_voice()["validation"], *split_voice()["test"]]
    voiced, plain = judge_voice([one.voiced for one in pairs]), judge_voice([one.plain for one in pairs])
    return [one.id for one in pairs] * 2, [*voiced, *(not one for one in plain)]


def make_fact_cases(size: int, part: str) -> dict[str, list[Case]]:
    """Return facts to be learnt by heart, asked without a passage, by how they are asked.

    part: test (Skerryline's: as trained, in the FAQ's two other wordings, and as many that are never taught) or
    validation (of invented companies: as trained, and in another wording).
    """
    if part == "validation":
        return _invent_facts(size)
    taught, others = load_faq(split="train")[:size], load_faq(split="unseen")
    spread = [others[place * len(others) // size] for place in range(size)]
    return {
        "as trained": [_ask_fact(one, one.question) for one in taught],
        "in other words": [_ask_fact(one, text) for one in taught for text in one.paraphrases],
        "never taught": [_ask_fact(one, one.question) for one in spread],
    }


def _ask_fact(one: Question, text: str) -> Case:
    return Case(one.document or one.id, (turn("user", build_prompt(text)),), one.answer)


def _invent_facts(size: int) -> dict[str, list[Case]]:
    """Return a fact of each of `size` invented companies, asked for in two wordings."""
    rng = Random("learn facts")
    asked: dict[str, list[Case]] = {"as trained": [], "in other words": []}
    for place in range(size):
        fact: Fact = make_company(rng, 1, "held_out").facts[0]
        for cases in asked.values():
            text = ask(fact, rng, "held_out")
            cases.append(Case(f"company {place}", (turn("user", build_prompt(text)),), fact.value))
    return asked


def make_reading_cases(size: int) -> list[Case]:
    """Return the first cases of the model card's test of reading: companies and values that training never saw."""
    return [Case(name, tuple(chat.messages[:-1]), chat.answer) for name, chat in make_test("read", size, "train", 1)]


def judge_plain(cases: Sequence[Case], answers: Sequence[str]) -> list[bool]:
    """Tell which answers are right, whatever their capitals and marks."""
    return [is_right(one, case.answer) for case, one in zip(cases, answers, strict=True)]
