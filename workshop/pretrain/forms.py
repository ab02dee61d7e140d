"""Instructions about an answer's form, each in many words, and what they do to an answer."""

import json
from collections.abc import Callable
from dataclasses import dataclass

NUMBERED = "0123456789£€$"


def answer_in_one_word(value: str) -> str:
    """Return the number of an answer that begins with one, else its last word."""
    words = value.split()
    return words[0] if words[0][0] in NUMBERED else words[-1]


def answer_as_list(value: str) -> str:
    """Return the parts of an answer, joined by "and" in it, as lines that begin with a dash."""
    return "\n".join(f"- {part}" for part in value.split(" and "))


@dataclass(frozen=True)
class Form:
    """A form of answers: how it is asked for, and how an answer is put into it."""

    name: str
    apply: Callable[[str], str]
    asked: tuple[str, ...]


FORMS = (
    Form(
        "capitals",
        str.upper,
        (
            "Answer in capitals.",
            "Write your answer in capital letters.",
            "Use only capital letters.",
            "Reply in upper case.",
            "Please answer in CAPITALS.",
            "Your answer must be in capitals.",
            "All letters of the answer are to be capitals.",
            "Shout the answer: capitals only.",
        ),
    ),
    Form(
        "one word",
        answer_in_one_word,
        (
            "Answer in one word.",
            "One word, please.",
            "Reply with a single word.",
            "Use one word only.",
            "Your answer must be one word.",
            "Say it in a word.",
            "Just one word.",
            "Give a one-word answer.",
        ),
    ),
    Form(
        "list",
        answer_as_list,
        (
            "Answer as a list.",
            "Write the answer as a list.",
            "Give a list with dashes.",
            "Reply with a list.",
            "Put each part on its own line with a dash.",
            "Use a bulleted list.",
            "Your answer must be a list.",
            "Make it a list, please.",
        ),
    ),
    Form(
        "lower case",
        str.lower,
        (
            "Answer in lower case.",
            "Use small letters only.",
            "Write without capitals.",
            "Reply in small letters.",
            "No capital letters, please.",
            "Your answer must be in lower case.",
        ),
    ),
    Form(
        "quotes",
        lambda value: f'"{value}"',
        (
            "Put the answer in quotes.",
            "Answer in quotation marks.",
            "Quote the answer.",
            "Your answer must stand in quotation marks.",
            "Use quotation marks around the answer.",
            "Reply with a quotation.",
        ),
    ),
    Form(
        "answer first",
        lambda value: f"Answer: {value}",
        (
            'Begin with "Answer:".',
            'Start your reply with "Answer:".',
            'Write "Answer:" before the answer.',
            'The reply must begin with "Answer:".',
            'First write "Answer:", then the answer.',
            'Put "Answer:" in front.',
        ),
    ),
)

JSON_ASKED = (
    "Answer as JSON with the {keys}.",
    "Reply in JSON with the {keys}.",
    "Give JSON with the {keys}.",
    "Write a JSON object with the {keys}.",
    "Your answer must be JSON with the {keys}.",
    "Use JSON. It has the {keys}.",
    "Return a JSON object that has the {keys}.",
    "Only JSON, please, with the {keys}.",
)
JSON_KEYS = ("answer", "value", "result", "reply", "fact", "text", "found", "solution", "info", "response")


def ask_for_json(phrasing: str, keys: list[str]) -> str:
    """Fill the keys of a JSON object into a phrasing of the instruction."""
    names = " and ".join(f'"{key}"' for key in keys)
    return phrasing.format(keys=f"{'key' if len(keys) == 1 else 'keys'} {names}")


def answer_as_json(values: dict[str, str]) -> str:
    """Return an object of JSON on one line."""
    return json.dumps(values, ensure_ascii=False)
