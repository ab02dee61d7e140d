"""The chats that each adapter is trained on: of `train` splits, voice pairs and invented companies' pages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from studies.adapters.questions import HELD_BACK, SEED, TOP, find_right, put_others, states
from studies.adapters.tasks import VOICE_TRAINED, draw, draw_facts, draw_voice, make_json_chat, make_voice_chat
from studies.adapters.wordings import Chat
from studies.invented import ABSTAIN, make_reading_pages
from workshop.bot import build_prompt
from workshop.data import Passage, Question, load_faq, load_task

TICKETS = 3


@dataclass(frozen=True)
class Diet:
    """What an adapter is fed. size: invented companies (reader) or tickets (json). turns: questions on each company.

    absent: the share of the invented questions that have no answer. choosing: leave out what choices are made on.
    """

    size: int = 0
    turns: int = 4
    absent: float = 0.2
    choosing: bool = False
    seed: int = 0


def make_chats(name: str, diet: Diet) -> list[Chat]:
    """Return the chats that an adapter is trained on."""
    return _MAKERS[name](diet)


def _make_reader(diet: Diet) -> list[Chat]:
    """Return pages of invented companies with several questions each, and pages of `train` with one or more."""
    pages = make_reading_pages(diet.size, turns=diet.turns, seed=diet.seed, unanswerable=diet.absent)
    return [_converse(one.passages, one.turns) for one in pages] + _make_handbook(diet)


def _converse(passages: Sequence[str], turns: Sequence[tuple[str, str]]) -> Chat:
    """Return a chat: passages with the first question, as the contract says, then the other questions alone."""
    asked = [build_prompt(turns[0][0], passages), *(f"Question: {question}" for question, _ in turns[1:])]
    answers = [answer for _, answer in turns]
    return [turn for pair in zip(asked, answers, strict=True) for turn in _pair(*pair)]


def _pair(asked: str, answer: str) -> Chat:
    return [{"role": "user", "content": asked}, {"role": "assistant", "content": answer}]


def _make_handbook(diet: Diet) -> list[Chat]:
    """Return two chats for each question of `train`, in two of its wordings, each followed by up to two others.

    Before the first stands the right passage with near ones of `train` that don't answer, in any order; sometimes only
    these. Later questions are about what else stands there, or doesn't.
    """
    rng = np.random.default_rng([SEED, diet.seed])
    rows = [row for row in load_faq(split="train") if not (diet.choosing and row.document in HELD_BACK)]
    chats = []
    for row, near in zip(rows, put_others(rows), strict=True):
        for wording in rng.permutation([row.question, *row.paraphrases])[:2]:
            passages = list(near.passages)
            if rng.random() >= diet.absent:
                passages[rng.integers(1, TOP + 1) - 1 :] = [find_right(row).text]
            rng.shuffle(passages)
            first = replace(row, question=str(wording))
            turns = [first, *_draw_more(rng, [one for one in rows if one is not row], passages, diet.absent)]
            chats.append(_converse(passages, [(one.question, _answer(one, passages)) for one in turns]))
    return chats


def _draw_more(rng: np.random.Generator, rows: list[Question], passages: list[str], absent: float) -> list[Question]:
    """Draw up to two questions, in any wording, that the passages answer, or for a share of them don't."""
    answered = [row for row in rows if find_right(row).text in passages]
    others = [row for row in rows if _answer(row, passages) == ABSTAIN]
    found: list[Question] = []
    for _ in range(2):
        some = [row for row in (others if rng.random() < absent else answered) if row not in found]
        found += [some[rng.integers(len(some))]] if some else []
    return [replace(row, question=(row.question, *row.paraphrases)[rng.integers(3)]) for row in found]


def _answer(row: Question, passages: Sequence[str]) -> str:
    """Return a question's answer where it stands in one of the passages, else that the passages don't say."""
    return row.answer if any(states(Passage("", text), row) for text in passages) else ABSTAIN


def _make_json(diet: Diet) -> list[Chat]:
    """Return tickets of `train`, three to a chat: the first under the instruction, the others by themselves."""
    rows = draw(load_task("json", "train"), diet.size)
    parts = [rows[start : start + TICKETS] for start in range(0, len(rows), TICKETS)]
    return [_join([make_json_chat(one) for one in part]) for part in parts]


def _join(chats: Sequence[Chat]) -> Chat:
    """Return chats as one, the instruction in the first alone."""
    later = [
        [turn | {"content": turn["content"].partition("\n\n")[2]} if turn["role"] == "user" else turn for turn in chat]
        for chat in chats[1:]
    ]
    return [turn for chat in (chats[0], *later) for turn in chat]


def _make_voice(diet: Diet) -> list[Chat]:
    """Return plain answers and the voiced ones that they become."""
    return [make_voice_chat(one) for one in draw_voice()[:VOICE_TRAINED]]


def _make_facts(diet: Diet) -> list[Chat]:
    """Return thirty questions of `train` with their answers, without passages."""
    return [_converse((), [(one.question, one.answer)]) for one in draw_facts()[0]]


_MAKERS: dict[str, Callable[[Diet], list[Chat]]] = {
    "reader": _make_reader,
    "json": _make_json,
    "voice": _make_voice,
    "facts": _make_facts,
}
