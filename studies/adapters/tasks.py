"""Every set of chats that the model is asked, by name; the same for the plain model and for each adapter."""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from studies.adapters.questions import HELD_BACK, SEED, Asked, draw_questions, put_others, put_passages
from studies.adapters.wordings import WORDINGS, Chat, put_contract
from workshop.data import JsonTask, Question, Skill, VoicePair, load_json_instructions, load_task, load_voice

READING_TOKENS, JSON_TOKENS, VOICE_TOKENS, SKILL_TOKENS = 24, 24, 96, 40
READING, UNANSWERABLE, HELD, WORDED, JSON, SKILLS, VOICE_TRAINED, VOICE = 80, 60, 8, 4, 72, 96, 102, 24
REWRITE = "Rewrite this answer in Skerryline's voice:\n"


@dataclass(frozen=True)
class Task:
    """N chats, what each is about, and how many tokens a reply may have.

    rows: Asked, JsonTask, VoicePair or Skill. groups: what intervals draw anew.
    """

    chats: tuple[Chat, ...]
    rows: tuple[Asked | JsonTask | VoicePair | Skill, ...]
    groups: tuple[str, ...]
    tokens: int


@cache
def make_task(name: str) -> Task:
    """Make a task by its name: "KIND/VARIANT"."""
    kind, _, variant = name.partition("/")
    return _MAKERS[kind](variant)


def _make_reading(condition: str) -> Task:
    """Make 80 questions of `unseen`, two of each document."""
    return _ask(put_passages(draw_questions("unseen", 2), condition), READING_TOKENS)


def _make_unanswerable(condition: str) -> Task:
    """Make the questions that no document answers."""
    return _ask(put_passages(draw_questions("unanswerable", UNANSWERABLE), condition), READING_TOKENS)


def _make_held(condition: str) -> Task:
    """Make the questions of the documents of `train` that choices are made on, each in two wordings.

    absent: with the three passages of `train` found nearest among those that don't hold the answer.
    """
    questions = draw_questions("train", HELD, HELD_BACK)
    questions += [replace(one, question=one.paraphrases[0]) for one in questions]
    if condition == "absent":
        questions = questions[::2]
        return _ask(put_others(questions), READING_TOKENS)
    return _ask(put_passages(questions, condition), READING_TOKENS)


def _make_wording(number: str) -> Task:
    """Make 40 questions of `train`, four of each document, put in one of the wordings."""
    asked = put_passages(draw_questions("train", WORDED), "top 3")
    put = list(WORDINGS.values())[int(number)]
    return Task(tuple(map(put, asked)), tuple(asked), tuple(one.group for one in asked), READING_TOKENS)


def _ask(asked: list[Asked], tokens: int) -> Task:
    return Task(tuple(map(put_contract, asked)), tuple(asked), tuple(one.group for one in asked), tokens)


def _make_json(examples: str) -> Task:
    """Make 72 tickets of other customers, after so many examples of `train`."""
    shown = draw(load_task("json", "train"), 3)[: int(examples)]
    before = [turn for one in shown for turn in make_json_chat(one)]
    rows = draw(load_task("json", "test"), JSON)
    chats = tuple([*before, *make_json_chat(one)[:1]] for one in rows)
    return Task(chats, tuple(rows), tuple(one.customer for one in rows), JSON_TOKENS)


def make_json_chat(one: JsonTask) -> Chat:
    """Return a ticket and the JSON that it is to become, as a chat of two turns."""
    topic, tone = one.answer["topic"], one.answer["tone"]
    text = f"{load_json_instructions().instruction}\n\nMessage: {one.text}"
    reply = f'{{"topic": "{topic}", "tone": "{tone}"}}'
    return [{"role": "user", "content": text}, {"role": "assistant", "content": reply}]


def _make_voice(examples: str) -> Task:
    """Make the voice pairs that are never trained on, after so many others as examples."""
    pairs = draw_voice()
    before = [turn for one in pairs[: int(examples)] for turn in make_voice_chat(one)]
    rows = pairs[VOICE_TRAINED:][:VOICE]
    chats = tuple([*before, *make_voice_chat(one)[:1]] for one in rows)
    return Task(chats, tuple(rows), tuple(one.id for one in rows), VOICE_TOKENS)


def draw_voice() -> list[VoicePair]:
    """Return the voice pairs in a fixed random order: the first 102 are trained on, the last 48 are not."""
    return draw(load_voice(), None)


def make_voice_chat(one: VoicePair) -> Chat:
    """Return a plain answer and the voiced one that it is to become."""
    return [{"role": "user", "content": REWRITE + one.plain}, {"role": "assistant", "content": one.voiced}]


def _make_facts(which: str) -> Task:
    """Make facts of `train`, asked without passages: taught ones, the same in other words, others never taught."""
    taught, never = draw_facts()
    rows = never if which == "never" else taught
    if which == "worded":
        rows = [replace(one, question=one.paraphrases[0]) for one in rows]
    return _ask(put_passages(rows, "none"), READING_TOKENS)


def draw_facts() -> tuple[list[Question], list[Question]]:
    """Return the 30 facts of `train` that are learnt by heart, three of each document, and 20 that never are."""
    taught = draw_questions("train", 3)
    known = {one.id for one in taught}
    return taught, [one for one in draw_questions("train", 5) if one.id not in known]


def _make_skills(_: str) -> Task:
    """Make 96 of the old skills, 24 of each kind."""
    rows: list[Skill] = load_task("skills", "test")
    kinds = sorted({one.kind for one in rows})
    chosen = [one for kind in kinds for one in draw([one for one in rows if one.kind == kind], SKILLS // len(kinds))]
    return Task(tuple(one.messages for one in chosen), tuple(chosen), tuple(one.id for one in chosen), SKILL_TOKENS)


def draw(rows: list, count: int | None) -> list:
    """Return `count` of the rows, or all, in a random order that is always the same."""
    return [rows[place] for place in np.random.default_rng(SEED).permutation(len(rows))[:count]]


_MAKERS = {
    "reading": _make_reading,
    "unanswerable": _make_unanswerable,
    "held back": _make_held,
    "wording": _make_wording,
    "json": _make_json,
    "voice": _make_voice,
    "facts": _make_facts,
    "skills": _make_skills,
}
