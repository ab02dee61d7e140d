"""Other ways to put a question on passages than the prompt's contract, tried on `train` before it was frozen."""

from collections.abc import Callable

from studies.adapters.questions import Asked
from workshop.bot import build_prompt

Chat = list[dict[str, str]]
SHORT = "Answer the question from the passages, in as few words as possible."
ABSTAIN = f"{SHORT} If the passages don't say, answer: I don't know: the passages don't say."


def _user(text: str) -> Chat:
    return [{"role": "user", "content": text}]


def _system(line: str, one: Asked) -> Chat:
    return [{"role": "system", "content": line}, *_user(build_prompt(one.question.question, one.passages))]


def _joined(one: Asked) -> str:
    return "\n".join(one.passages)


def _number(one: Asked) -> Chat:
    numbered = "\n".join(f"Passage {place}: {text}" for place, text in enumerate(one.passages, start=1))
    return _user(f"{numbered}\n\nQuestion: {one.question.question}")


def put_contract(one: Asked) -> Chat:
    """Put a question as bot, lessons and adapters do."""
    return _user(build_prompt(one.question.question, one.passages))


WORDINGS: dict[str, Callable[[Asked], Chat]] = {
    "the contract: passages, then the question; the template's own system line": put_contract,
    "the same with an empty system line": lambda one: _system("", one),
    f"the same with the system line “{SHORT}”": lambda one: _system(SHORT, one),
    "the same with a system line that also tells how to abstain": lambda one: _system(ABSTAIN, one),
    "the question, then the passages": lambda one: _user(
        f"Question: {one.question.question}\n\nPassages:\n{_joined(one)}"
    ),
    "each passage numbered": _number,
    "the best passage last": lambda one: _user(build_prompt(one.question.question, one.passages[::-1])),
    "after the question: “Answer in a few words from the passages.”": lambda one: _user(
        f"{build_prompt(one.question.question, one.passages)}\nAnswer in a few words from the passages."
    ),
}
