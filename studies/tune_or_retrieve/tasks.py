"""Every set of chats that lesson 06 asks, by name: facts known, unseen, changed; reading, JSON, skills, refusals."""

import functools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from studies.adapters.questions import HELD_BACK, draw_questions, find_right, search
from studies.adapters.tasks import READING_TOKENS, SKILL_TOKENS, draw_facts
from studies.adapters.tasks import make_task as make_earlier
from studies.adapters.wordings import ABSTAIN, WORDINGS, Chat
from studies.retrieval_bot.answer_inputs import draw_source, find_passages
from studies.retrieval_bot.answer_plan import Plan as AnswerPlan
from studies.tune_or_retrieve.form_tasks import make_tickets, make_voices
from workshop.bot import build_prompt
from workshop.data import Question, load_faq, load_haystack, load_passages, load_wiki_vectors
from workshop.models import encode_texts, load_encoder
from workshop.settings import Settings

TOP = 3
HAYSTACK = 10_000
JSON_TOKENS = 32
AS_JSON = 'Reply with JSON that has one key, "answer", and the answer in as few words as possible.'


@dataclass(frozen=True)
class Task:
    """N chats, what is right for each, what intervals draw anew, and how many tokens a reply may have.

    rows: what each chat was made of. truths: the answer, None where nothing answers.
    """

    chats: tuple[Chat, ...]
    rows: tuple[Any, ...]
    truths: tuple[Any, ...]
    groups: tuple[str, ...]
    tokens: int

    def cut(self, most: int | None) -> "Task":
        """Return the same with so many chats at most."""
        return Task(self.chats[:most], self.rows[:most], self.truths[:most], self.groups[:most], self.tokens)


@functools.cache
def make_task(name: str) -> Task:
    """Make a task by its name: "KIND/VARIANT"."""
    kind, _, variant = name.partition("/")
    return _MAKERS[kind](variant)


def _say(text: str) -> Chat:
    return [{"role": "user", "content": text}]


def _ask(questions: Sequence[Question], prompts: Sequence[str], tokens: int = READING_TOKENS) -> Task:
    """Return questions with their prompts as a task."""
    truths = tuple(one.answer if one.document else None for one in questions)
    groups = tuple(one.document or one.id for one in questions)
    return Task(tuple(map(_say, prompts)), tuple(questions), truths, groups, tokens)


def _put(questions: Sequence[Question], passages: str) -> list[str]:
    """Return the prompt of each question behind no passages, or those found in a place."""
    if passages == "none":
        return [one.question for one in questions]
    if passages == "among 10,000":
        found = _search_haystack([one.question for one in questions])
    else:
        places = {"found": "MiniLM", "first edition": "MiniLM", "second edition": "MiniLM, second edition"}
        found = [[one.text for one in some] for some in find_passages(questions, places[passages], TOP)]
    return [build_prompt(one.question, some) for one, some in zip(questions, found, strict=True)]


def _search_haystack(texts: Sequence[str]) -> list[list[str]]:
    """Return the passages nearest to each text among the handbook's and Wikipedia's, 10,000 in all."""
    passages, encoder = load_haystack(size=HAYSTACK), load_encoder(Settings(device="cpu"))
    own = encode_texts(encoder, [one.text for one in load_passages()])
    vectors = np.concatenate([own, load_wiki_vectors()[: HAYSTACK - len(own)]])  # (N, D)
    near = encode_texts(encoder, list(texts)) @ vectors.T  # (Q, N)
    return [[passages[row].text for row in np.argsort(-line, kind="stable")[:TOP]] for line in near]


def _make_known(passages: str) -> Task:
    """Make the thirty facts that the adapter `facts` was taught, asked in other words."""
    rows = [replace(one, question=one.paraphrases[0]) for one in draw_facts()[0]]
    return _ask(rows, _put(rows, passages))


def _make_unseen(passages: str) -> Task:
    """Make the 120 questions of `unseen` that lesson 05 asks, three of each document."""
    rows = draw_source(AnswerPlan(), "unseen")
    return _ask(rows, _put(rows, passages))


def _make_changed(passages: str) -> Task:
    """Make the 60 questions whose answer the second edition changes; the truth is the new answer."""
    rows = draw_source(AnswerPlan(), "changed")
    return _ask(rows, _put(rows, passages))


def _make_unanswerable(variant: str) -> Task:
    """Make the 60 questions that no document answers, told to abstain, without passages."""
    rows = draw_source(AnswerPlan(), "unanswerable")
    return _ask(rows, [f"{ABSTAIN}\n\n{one.question}" for one in rows])


def list_halves() -> dict[str, list[str]]:
    """Return the 40 documents of `unseen` in two halves, every other one."""
    names = sorted({one.document for one in load_faq(split="unseen") if one.document})
    return {"a": names[::2], "b": names[1::2]}


def list_studied(half: str) -> list[Question]:
    """Return the facts of a half that are studied: three of each document."""
    return draw_questions("unseen", 3, list_halves()[half])


def _make_studied(half: str) -> Callable[[str], Task]:
    """Make the studied facts of a half, asked in other words."""

    def make(passages: str) -> Task:
        rows = [replace(one, question=one.paraphrases[0]) for one in list_studied(half)]
        return _ask(rows, _put(rows, passages))

    return make


def _make_others(passages: str) -> Task:
    """Make the two facts of each document of `unseen` that neither half studies."""
    studied = {one.id for half in list_halves() for one in list_studied(half)}
    rows = [one for one in load_faq(split="unseen") if one.id not in studied]
    return _ask(rows, _put(rows, passages))


@functools.cache
def _choosing() -> tuple[Question, ...]:
    """Return 24 questions of `train` to choose prompts on; examples come from other documents."""
    return tuple(draw_questions("train", 6, HELD_BACK))


@functools.cache
def _examples() -> tuple[Question, ...]:
    """Return three questions of three documents of `train`."""
    names = sorted({one.document for one in load_faq(split="train") if one.document not in (*HELD_BACK, None)})
    return tuple(draw_questions("train", 1, names[:3]))


@dataclass(frozen=True)
class _Worded:
    """What a wording of studies.adapters needs of a question."""

    question: Question
    passages: tuple[str, ...]


def _make_reading(variant: str) -> Task:
    """Make questions behind three passages in a wording, after so many examples with their right passage."""
    split, wording, count = variant.split("/")
    put: Callable[[Any], Chat] = list(WORDINGS.values())[int(wording)]
    rows = list(_choosing()) if split == "dev" else draw_source(AnswerPlan(), "unseen")
    found = search([one.question for one in rows], TOP)
    before = [
        turn
        for one in _examples()[: int(count)]
        for turn in [*put(_Worded(one, (find_right(one).text,))), {"role": "assistant", "content": one.answer}]
    ]
    task = _ask(rows, ["?"] * len(rows))
    chats = [put(_Worded(one, tuple(p.text for p in some))) for one, some in zip(rows, found, strict=True)]
    return replace(task, chats=tuple(_join(before, chat) for chat in chats))


def _join(before: Chat, chat: Chat) -> Chat:
    """Return examples and a chat as one, with a system line once, in front."""
    system = [one for one in chat if one["role"] == "system"]
    return [*system, *(one for one in [*before, *chat] if one["role"] != "system")]


def _make_json(variant: str) -> Task:
    """Make 80 questions of `unseen`, two of each document, that want their answer as JSON, after so many examples."""
    split, passages, count = variant.split("/")
    rows = list(_choosing()) if split == "dev" else draw_questions("unseen", 2)
    before: Chat = []
    for one in _examples()[: int(count)]:
        some = [] if passages == "none" else [find_right(one).text]
        before += [*_say(ask_json(build_prompt(one.question, some))), answer_json(one.answer)]
    task = _ask(rows, list(map(ask_json, _put(rows, passages))), JSON_TOKENS)
    return replace(task, chats=tuple([*before, *chat] for chat in task.chats))


def ask_json(prompt: str) -> str:
    """Return a prompt that asks for JSON."""
    return f"{AS_JSON}\n\n{prompt}"


def answer_json(text: str) -> dict[str, str]:
    """Return the turn that answers with JSON."""
    return {"role": "assistant", "content": json.dumps({"answer": text}, ensure_ascii=False)}


def _make_skills(passages: str) -> Task:
    """Make the 96 old skills behind the three passages of the handbook that a search finds for them."""
    earlier = make_earlier("skills/")
    asked = [one.messages[-1]["content"] for one in earlier.rows]
    prompts = [build_prompt(text, [one.text for one in some]) for text, some in zip(asked, search(asked), strict=True)]
    chats = [[*one.messages[:-1], *_say(text)] for one, text in zip(earlier.rows, prompts, strict=True)]
    return Task(tuple(chats), earlier.rows, tuple(one.answers for one in earlier.rows), earlier.groups, SKILL_TOKENS)


def _form(make: Callable[[str], tuple[Any, ...]]) -> Callable[[str], Task]:
    return lambda variant: Task(*make(variant))


_MAKERS: dict[str, Callable[[str], Task]] = {
    "known": _make_known,
    "unseen": _make_unseen,
    "changed": _make_changed,
    "unanswerable": _make_unanswerable,
    "studied a": _make_studied("a"),
    "studied b": _make_studied("b"),
    "others": _make_others,
    "reading": _make_reading,
    "json answers": _make_json,
    "skills": _make_skills,
    "tickets": _form(make_tickets),
    "voice": _form(make_voices),
}
