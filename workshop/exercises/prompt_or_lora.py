"""Lesson 04: scoring answers, prompts with examples, data for tuning, low-rank updates, perplexity and sampling."""

import itertools
import json
import re
import string
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from workshop.checks.kinds import Case, Kind, Named
from workshop.checks.numbers import say_factor, tell_factor
from workshop.checks.protocol import name_kind
from workshop.checks.registry import exercise, lesson
from workshop.checks.slips import ARRAY, BAG, CHOICE, LABELS, MESSAGES, SCALAR, parts
from workshop.score import exact_match

lesson(
    "04_prompt_or_lora",
    title="Prompt it, or tune it with LoRA",
    minutes=85,
    seconds=200,
    extra="tune",
    libraries=("scipy.special", "torch"),
    causes={
        "below": "fewer examples or steps, a rate far from the recipe's, or labels that slipped against the tokens.",
        "above": "test messages among the training messages, or another adapter than the one the cell names.",
    },
)
IGNORED = -100
RANK = "r is how many rows A has: len(A), or A.shape[0]."
BY_HAND = "do the card's example by hand, and print the values in between."
AFTER_LOOP = "move `return` to the left, so that it comes after the loop."


def told(kind: Kind, tell: Callable[[Case], Named | None]) -> Kind:
    """Return a kind of answer with one more way to say how a wrong answer stands to the right one."""
    return replace(kind, relations=(*kind.relations, tell))


MARKS = r"(?<!\d)[^\w\s]|[^\w\s](?!\d)"
ARTICLES = r"\b(a|an|the)\b"


def matcher(
    *,
    lower: bool = True,
    hyphen: str = " ",
    marks: str = MARKS,
    articles: str = ARTICLES,
    one: Callable[[str], Any] = str.split,
) -> Callable[[str, str], bool]:
    """Return exact_match with some of its steps done otherwise.

    hyphen: what stands in its place. marks, articles: patterns of what is taken off. one: what is compared of a text.
    """

    def clean(text: str) -> Any:
        text = (text.lower() if lower else text).replace("-", hyphen)
        return one(re.sub(articles, "", re.sub(marks, "", text)))

    return lambda answer, truth: clean(answer) == clean(truth)


STEPS = {
    "lower case": matcher(lower=False),
    "hyphens": matcher(hyphen=""),
    "punctuation": matcher(marks="-"),
    "articles": matcher(articles="-"),
    "blanks": matcher(one=str),
}


def tell_match(case: Case) -> Named | None:
    """Tell which steps make the difference between two texts."""
    if case.got is None:
        return None
    if case.got not in (False, True):
        return f"{name_kind(case.got)} is returned where True or False is expected.", "return what a == b gives."
    if case.want:
        left = [name for name, way in STEPS.items() if not way(*case.arguments)] or ["words"]
        return (
            f"two texts that say the same count as different; what matters here: {', '.join(left)}.",
            "print both texts after each of your steps.",
        )
    if matcher(marks=r"[^\w\s]")(*case.arguments):
        return "a mark between two digits is lost, or not looked at.", "keep it where a digit stands on both sides."
    return "two different texts count as the same.", "compare the whole lists of words, in their order."


exact_match = exercise(
    "4.1",
    exact_match,
    title="score an answer",
    points=2,
    minutes=6,
    stars=2,
    room=True,
    answer=told(CHOICE, tell_match),
)
exact_match.tries(
    ("The 7:35 boat.", "7:35 boat"), ("OTTERMAY", "Ottermay"), ("Tarve", "tarve"), ("it leaves at 7:35", "7:35"),
    ("735", "7:35"),
    ("at 195 crowns", "at 1.95 crowns"), ("38500", "38,500"), ("at 7:35 from Tarve", "at 7:35 from Tarve!"),
    ("wear", "weather"),
    ("sefront", "sea front"), ("banow", "bathe now"), ("an hour", "hour"), ('"The boat"', "boat"), ("7:35", "7:35"),
    ("A boat", "the boat"),
    ("non-refundable", "non refundable"), ("nonrefundable", "non-refundable"), ("10-15 minutes", "10 15 minutes"),
    ("1015 minutes", "10-15 minutes"), ("at 7:35 a.m.", "at 7:35 am"), ("It costs 19.", "it costs 19"),
    ('("19")', "19"),
    ("pier b.2", "pier b2"), ("2.b", "2b"), ("Tarve to Ottermay", "Ottermay to Tarve"), ("quay  two \n", "quay two"),
    ("two two", "two"), ("don't know", "dont know"), ("no", "not"), ("7:35", "7:35 or 8:05"),
    ("bicycle", "the bicycles"),
    ("quay two?", "quay two"), ("quaytwo", "quay two"),
)  # fmt: skip
PHRASES = (
    "the 7:35 boat",
    "1.95 crowns",
    "Ottermay pier",
    "a check-in",
    "38,500 crowns",
    "an Easy Rider",
    "at 10-15 kg",
)
exact_match.draws(
    lambda rng: (rng.choice([str.upper, "The {}!".format, '"{}"'.format, " {}. ".format,
                             str.title])(one := rng.choice(PHRASES)),
                 one if rng.random() < 0.7 else rng.choice(PHRASES)), times=6
)  # fmt: skip


def clean_text(text: str) -> str:
    """Return a text's words, cleaned as they should be, with blanks between."""
    return " ".join(re.sub(ARTICLES, "", re.sub(MARKS, "", text.lower().replace("-", " "))).split())


def clean_late(text: str) -> str:
    """Stand for the mistake of leaving articles out before punctuation is gone."""
    words = text.lower().replace("-", " ").split()
    return re.sub(MARKS, "", " ".join(word for word in words if word not in ("a", "an", "the")))


def strip_words(text: str) -> list[str]:
    """Stand for the mistake of taking punctuation off at the ends of words alone."""
    words = [word.strip(string.punctuation) for word in text.lower().replace("-", " ").split()]
    return [word for word in words if word not in ("a", "an", "the")]


exact_match.mistakes(
    ([lambda answer, truth: truth in answer, lambda answer, truth: truth.lower() in answer.lower(),
      lambda answer, truth: clean_text(truth) in clean_text(answer),
      lambda answer, truth: " ".join(clean_text(truth)) in " ".join(clean_text(answer))],
     "the truth is looked for within the answer: a longer answer, and one that guesses twice, would count as right.",
     "clean both texts in the same way, and ask whether they are equal."),
    ([matcher(marks=r"[^\w\s]"), matcher(hyphen="", marks=r"[^\w\s]")],
     "all punctuation is taken off, also between digits: 7:35 becomes 735, and 1.95 becomes 195.",
     "keep a mark that has a digit on its left and a digit on its right."),
    ([matcher(articles="the|an|a"), matcher(articles="the|a"), matcher(articles="the"), matcher(articles="(the|an|a) "),
      matcher(articles="a|an|the"), matcher(articles="(a|an|the) ")],
     'articles are cut out of longer words: "the" stands in "weather", "a " at the end of "sea ".',
     "split the text into words first, then leave out the words that are articles."),
    ([matcher(articles=r"\bthe\b"), matcher(articles=r"\b(a|the)\b"), matcher(articles=r"^(a|an|the)\b")],
     "some articles stay: not all of a, an and the are left out, or not everywhere.",
     "leave out all three, wherever they stand."),
    ([matcher(articles="-"), lambda a, t: re.sub(MARKS, "", a.lower()) == re.sub(MARKS, "", t.lower())],
     "articles stay: “the boat” and “boat” count as different.", "leave out the words a, an and the."),
    (matcher(lower=False), "upper-case and lower-case letters differ.", "turn both texts to lower case first."),
    (lambda answer, truth: False, "it is False whatever is asked.", "print the two lists that you compare."),
    (lambda answer, truth: True, "it is True whatever is asked.", "print the two lists that you compare."),
    (lambda answer, truth: answer == truth, "the texts are compared as they came: nothing is taken off.",
     "turn each into its list of words first."),
    ([lambda answer, truth, first=one, second=other: first(answer) == second(truth)
      for one, other in ((clean_text, str), (str, clean_text), (clean_text, str.lower), (str.lower, clean_text))],
     "only one of the two texts is cleaned.", "do the same to both: call one function twice."),
    ([lambda answer, truth: clean_late(answer) == clean_late(truth),
      lambda answer, truth: clean_late(answer).split() == clean_late(truth).split()],
     "articles are left out before punctuation: a quotation mark may still stick to the word.",
     "take punctuation off first, then look for the words a, an and the."),
    ([matcher(marks="-"), lambda answer, truth: answer.lower() == truth.lower()],
     "punctuation stays: a full stop at the end makes a right answer wrong.",
     "take marks off, but for those between two digits."),
    ([matcher(marks=r"(?<!\S)[^\w\s]+|[^\w\s]+(?!\S)"),
      lambda answer, truth: strip_words(answer) == strip_words(truth)],
     "punctuation is taken off at the ends of words alone: within a.m. or don't it stays.",
     "look at every character, not at the ends alone."),
    ([matcher(marks=r"(?<!\d)[^\w\s](?!\d)"), matcher(marks=r"(?<!\d)[^\w\s]"), matcher(marks=r"[^\w\s](?!\d)")],
     "a mark next to one digit is kept, or lost: the full stop after “It costs 19.” isn't part of the number.",
     "ask for a digit on both sides: left and right."),
    ([matcher(hyphen=""), matcher(hyphen="-")],
     "a hyphen is taken off like other marks, or kept: it must count as a blank.",
     'replace "-" by " " before you take punctuation off.'),
    ([matcher(marks=f"(?<!\\d)[{some}]|[{some}](?!\\d)") for some in (".", ".,", ".,!?", ".,!?;:", ".,!?:")]
     + [matcher(marks=f"[{some}]") for some in (".", ".,", ".,!?", "!?", ".,!?;")],
     "some marks are listed, and others are forgotten: quotes, brackets, the apostrophe.",
     "take off every character that is neither letter, digit nor blank."),
    ([matcher(one=str), matcher(one=str.strip), matcher(one=lambda text: text.split(" "))],
     "blanks are compared: a double one, a new line, or one that an article leaves behind.",
     "compare lists of words, as split() gives them."),
    (matcher(one=lambda text: "".join(text.split())), "the words are glued together, so their borders are lost.",
     "compare lists of words, as split() gives them."),
    ([matcher(one=lambda text: {*text.split()}), matcher(one=lambda text: sorted(text.split()))],
     "the order of the words, or how often one comes, isn't looked at: a set or a sorted list is compared.",
     "compare the lists of words as they are."),
)  # fmt: skip


def tell_chat(case: Case) -> Named | None:
    """Tell how a chat stands to the right one: its keys, its roles, its turns, its texts."""
    if not isinstance(case.got, list):
        return None
    if all(isinstance(each, list) for each in case.got):
        return "pairs are returned, not dicts.", 'write each message as {"role": …, "content": …}.'
    if not all(isinstance(each, dict) for each in case.got):
        return "not every item is a dict: extend() and += add the keys of one alone.", "append each message as a whole."
    if any({*each} != {"role", "content"} for each in case.got):
        return "a message has other keys than role and content.", 'write each one as {"role": …, "content": …}.'
    got, want = ([each["role"] for each in chat] for chat in (case.got, case.want))
    if not {*got} <= {"system", "user", "assistant"}:
        return (
            "a role is called otherwise than system, user or assistant.",
            "the chat template knows these three alone.",
        )
    if got == want:
        return (
            "the turns are right, but a text isn't as it was given.",
            "put every text in as it is, with nothing around.",
        )
    if len(got) == len(want) and any(one == other for one, other in itertools.pairwise(case.got)):
        return (
            "one dict is appended twice, and changed in between: both are the same one.",
            "make a new dict each time.",
        )
    if len(got) - got.count("system") <= 1 and len(want) > 3:
        return (
            "everything is written into one user turn: the model reads it as one long question.",
            "make two turns of each example: its question from the user, its answer from the assistant.",
        )
    if "system" in want and "system" not in got:
        return "the instruction has no turn of its own.", "begin with a system turn, where there is an instruction."
    return f"the roles come as {', '.join(got) or 'nothing'}.", "do the card's example by hand, turn by turn."


@exercise("4.2", title="show it examples", points=2, minutes=5, stars=1, room=True, answer=told(MESSAGES, tell_chat))
def few_shot_messages(instruction: str, examples: list[tuple[str, str]], question: str) -> list[dict[str, str]]:
    """Return a chat: the instruction, if there is one, each example as two turns, and last the question."""
    messages = [{"role": "system", "content": instruction}] if instruction else []
    for asked, answered in examples:
        messages.append({"role": "user", "content": asked})
        messages.append({"role": "assistant", "content": answered})
    messages.append({"role": "user", "content": question})
    return messages


few_shot_messages.tries(
    ("Name the tone.", [("Where is my bag?!", "angry")], "Thank you!"),
    ("", [("Where is my bag?!", "angry"), ("Lovely crew.", "grateful")], "Is it late?"),
    ("Name the tone.", [], "Thank you!"),
    ("", [], "Is it late?"), ("Say one word.", [("a", "b"), ("c", "d"), ("a", "b")], "a"),
)  # fmt: skip
TEXTS = ["Where is my bag?!", "Lovely crew.", "Is it late?", "Thank you!", "calm", "angry", "grateful"]
few_shot_messages.draws(
    lambda rng: (("", "Name the tone.")[rng.integers(2)],
                 [tuple(rng.choice(TEXTS, 2)) for _ in range(rng.integers(1, 4))], str(rng.choice(TEXTS)))
)  # fmt: skip
SYSTEM, ASKED = (
    '{"role": "system", "content": instruction}',
    '        messages.append({"role": "user", "content": asked})\n',
)
REPLIED = '        messages.append({"role": "assistant", "content": answered})\n'
LAST = '    messages.append({"role": "user", "content": question})\n'
few_shot_messages.mistakes(
    ([(" if instruction else []", ""),
      (SYSTEM, '{"role": "system", "content": instruction or " "}', " if instruction else []", "")],
     "an empty instruction becomes a system turn: the model then reads an empty block.",
     "write a system turn only where there is an instruction."),
    ([('"assistant"', '"user"'), ('"assistant"', '"system"')],
     "the examples' answers come from another role: the model must see them as its own.",
     'an answer has the role "assistant".'),
    ([(LAST, "", "    for asked", LAST + "    for asked"), (f"[{SYSTEM}] if instruction else []",
       f'([{SYSTEM}] if instruction else []) + [{{"role": "user", "content": question}}]', LAST, "")],
     "the question stands before the examples, so the chat ends with an answer.", "put the question last."),
    ([(SYSTEM, '{"role": "user", "content": instruction}'), ('"system"', '"assistant"')],
     "the instruction has another role than system.", 'give it the role "system".'),
    ((f"[{SYSTEM}] if instruction else []", "[]", LAST,
      f"    if instruction:\n        messages.append({SYSTEM})\n{LAST}"),
     "the instruction stands after the examples.", "begin with it."),
    ((f"[{SYSTEM}] if instruction else []", "[]", '"content": question',
      '"content": f"{instruction} {question}".strip()'),
     "the instruction is glued to the question.", "give it a turn of its own, the first one."),
    ("in examples:", "in examples[::-1]:", "the examples come in the reverse order.", "keep their order."),
    ("in examples:", "in examples[:1]:", "only the first example is there.", "go through all of them."),
    ((REPLIED, f"{REPLIED}    {LAST}", LAST, "") , "the question comes after each example.",
     "write it once, after the loop."),
    ([(ASKED, f'{ASKED}    for asked, answered in examples:\n'),
      (ASKED, "", REPLIED, f"{REPLIED}    for asked, answered in examples:\n{ASKED}")],
     "all questions stand together, and all answers.",
     "write an example's question, then its answer, then the next one."),
    ([(ASKED, ""), (REPLIED, ""), ("in examples:", "in []:")],
     "the examples, or one half of each, are missing.", "an example is two turns: question and answer."),
    ((ASKED, ASKED.replace("asked}", "answered}"), REPLIED, REPLIED.replace("answered}", "asked}")),
     "question and answer of an example are exchanged.", "the first text of a pair is the user's."),
    (("    return", "        return", LAST, f"    {LAST}"),
     "`return` stands inside the loop: one example at most, and nothing at all without any.", AFTER_LOOP),
    (LAST, "", "the question is missing.", "end with it, as a user turn."),
)  # fmt: skip


def tell_faults(case: Case) -> Named | None:
    """Tell what is wrong with a list of faults: its form, its numbers, or which lines it holds."""
    got, want = case.got, dict(case.want)
    if not isinstance(got, list):
        return None
    if got and all(isinstance(each, str) for each in got):
        return "the codes stand there without the numbers of their lines.", "append pairs: (number, code)."
    if not all(isinstance(each, list) and len(each) == 2 for each in got):
        return (
            "not every item is a pair: extend() and += add the two parts one by one.",
            "append (number, code) as a whole.",
        )
    if not {code for _, code in got} <= {"not json", "no messages", "no answer"}:
        return "a code is another text than the card's three.", "copy them: not json, no messages, no answer."
    if [code for _, code in got] == [*want.values()] and len(
        {number - line for (number, _), line in zip(got, want, strict=True)}
    ) == 1:
        return "the codes are right, the numbers are shifted.", "the first line has the number 1."
    found = dict(got)
    for number, code in want.items():
        if found.get(number) != code:
            name = "isn't reported" if number not in found else f"is reported as {found[number]!r}"
            return (
                f"a line that is {code!r} {name}.",
                f"line {number} of that call is one: print what your code makes of it.",
            )
    extra = next((number for number in found if number not in want), None)
    return (f"line {extra} is reported, and nothing is wrong with it.", BY_HAND) if extra else None


FAULTS = replace(BAG, relations=(tell_faults,))


@exercise("4.3", title="find faults in a training file", points=2, minutes=8, stars=2, answer=FAULTS)
def find_problems(lines: list[str]) -> list[tuple[int, str]]:
    """Return the number of each faulty line, from 1, with its first fault: not json, no messages or no answer."""
    problems = []
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            problems.append((number, "not json"))
            continue
        messages = row.get("messages") if isinstance(row, dict) else None
        if not messages:
            problems.append((number, "no messages"))
        elif "assistant" not in [message["role"] for message in messages]:
            problems.append((number, "no answer"))
    return problems


def write_line(*roles: str, content: str = "Ahoy") -> str:
    """Return a line of a training file with these roles."""
    return json.dumps({"messages": [{"role": role, "content": content} for role in roles]})


GOOD = [
    write_line("user", "assistant"),
    write_line("system", "user", "assistant", content="user"),
    write_line("assistant"),
]
NOT_JSON = ["{'messages': []}", '{"messages": [', "", "Ahoy", write_line("user", "assistant")[:-1]]
NO_MESSAGES = ['{"text": "my messages"}', '{"messages": []}', '[{"role": "user", "content": "assistant"}]', "{}"]
NO_ANSWER = [write_line("user"), write_line("system", "user", content="assistant"), write_line("user", "user")]
EVERY = [*GOOD, *NOT_JSON, *NO_MESSAGES, *NO_ANSWER]
find_problems.tries(
    ([write_line("user"), write_line("user", "assistant"), "Ahoy"],), (NO_MESSAGES[:2],), (NOT_JSON,), (NO_ANSWER,),
    (GOOD,), ([],),
    ([GOOD[0], NO_MESSAGES[2], GOOD[1]],), (["{}", "", *GOOD, "Ahoy", *NO_ANSWER],), (["Ahoy", GOOD[0], "Ahoy"],),
)  # fmt: skip
find_problems.draws(lambda rng: ([EVERY[i] for i in rng.integers(0, len(EVERY), 6)],))
OBJECT, ROLES = 'row.get("messages") if isinstance(row, dict) else None', '[message["role"] for message in messages]'
find_problems.mistakes(
    ("        try:\n", "        number = lines.index(line) + 1\n        try:\n",
     "index() finds the first line of that text: two lines may be the same.", "count along with enumerate()."),
    (", start=1", "", "lines are counted from 0, as places in a list are.",
     "people count lines from 1: enumerate(lines, start=1)."),
    ([("    return", "        return"), ("continue", "break"), ("continue", "return problems")],
     "it stops at the first line, or at the first that is no JSON.", "look at every line, and return after the loop."),
    ("json.JSONDecodeError", "KeyError", "the error of json.loads() escapes: one broken line ends the whole check.",
     "catch json.JSONDecodeError around json.loads(), and go on with the next line."),
    (" if isinstance(row, dict) else None", "", "a line may be JSON and no object: a list has no get().",
     "ask isinstance(row, dict) first; what is no dict has no messages."),
    ([(OBJECT, 'row["messages"]'), (OBJECT, 'row["messages"] if isinstance(row, dict) else None')],
     'row["messages"] fails where the key is missing.', 'row.get("messages") gives None there.'),
    ([("not messages", "messages is None"), ("not messages", 'messages is None or "messages" not in line')],
     "an empty list of messages passes, or has no answer: nothing is in it.",
     "a list without a message counts as no messages."),
    ([(f'"assistant" not in {ROLES}', '"assistant" not in line'),
      (f'"assistant" not in {ROLES}', '"assistant" not in str(messages)'),
      (ROLES, '[each for message in messages for each in message.values()]')],
     "the word assistant is looked for in the text of the line: a message may speak of one.",
     "look at the roles alone."),
    ([(OBJECT, '(row if "messages" in line else None)'),
      (OBJECT, '(row.get("messages", [{"role": "user"}]) if "messages" in line else None)')],
     "the word messages is looked for in the text of the line.", "look for the key in what json.loads() returns."),
    ((f'"assistant" not in {ROLES}', 'messages[0]["role"] != "user"'), "the first message's role is looked at.",
     "look for a role assistant in all of them."),
    ((f'"assistant" not in {ROLES}', 'len(messages) < 2'), "messages are counted: two of them may both be the user's.",
     "look for a role assistant in all of them."),
    ([(f'"assistant" not in {ROLES}', 'any(message["role"] != "assistant" for message in messages)'),
      (ROLES, f"{ROLES}[:1]")],
     "one message decides: the first one, or any that isn't the assistant's.",
     "a line has an answer where at least one role is assistant: look at them all before you decide."),
    ("(line)", "(line or '{\"messages\": [{\"role\": \"assistant\"}]}')", "empty lines are skipped.",
     "an empty line is no JSON, and is reported."),
    (("            continue\n", "            row = None\n"), "a line that is no JSON is entered twice.",
     "enter the first fault of a line, and go on to the next."),
    ([("problems.append((number, \"not json\"))\n            ", ""),
      ("problems.append((number, \"not json\"))", "pass")],
     "lines that are no JSON are left out.", 'enter them with the code "not json".'),
    ([("(number, \"no messages\")", "(number, \"no answer\")"),
      ("(number, \"no answer\")", "(number, \"no messages\")"),
      ("(number, \"not json\")", "(number, \"no messages\")")], "one code stands for two faults.",
      "use all three, as the card writes them."),
    ((f'"assistant" not in {ROLES}', "False"), "a chat without an answer passes.",
     "look for a role assistant in all messages."),
)  # fmt: skip


def mask_in_loop(ids: list[int], prompt_length: int) -> list[int]:
    """Stand for the mistake of a loop that runs past the end."""
    labels = list(ids)
    for place in range(prompt_length):
        labels[place] = IGNORED
    return labels


def tell_labels(case: Case) -> Named | None:
    """Tell whether the prompt's labels are wrong, the answer's, or how many there are."""
    length = case.arguments[1]
    if len(case.got) != len(case.want):
        side = "fewer" if len(case.got) < len(case.want) else "more"
        return f"there are {side} labels than tokens.", "one label for each id: count them for the card's example."
    if [*case.got[:length]] != [*case.want[:length]]:
        return "the prompt's labels are wrong: each must be -100.", "look at the first `prompt_length` places."
    return "the answer's labels are wrong: each must be the id itself.", "look at the places from `prompt_length` on."


@exercise("4.4", title="mask the prompt", points=2, minutes=5, stars=1, room=True, answer=told(LABELS, tell_labels))
def mask_prompt(ids: list[int], prompt_length: int) -> list[int]:
    """Return the labels of T token ids: -100 for the prompt's, the ids themselves for the answer's."""
    return [IGNORED if place < prompt_length else token for place, token in enumerate(ids)]


mask_prompt.tries(
    ([1, 520, 2, 87, 33, 2], 3), ([5, 6, 7, 8, 2], 2), ([1, 9, 2, 9, 1, 2], 3), ([4, 0, 7, 0, 2], 2), ([3, 4, 5], 0),
    ([3, 4, 2], 3),
    ([3, 4, 2], 5), ([8, 8, 8, 8, 2], 1), ([7, 2, 6, 2, 5, 2], 4),
)  # fmt: skip
mask_prompt.draws(lambda rng: ([*rng.integers(0, 12, 7).tolist(), 2], rng.integers(1, 7)))
HIDDEN, WHOLE = (
    "IGNORED if place < prompt_length else token",
    "[IGNORED if place < prompt_length else token for place, token in enumerate(ids)]",
)
mask_prompt.mistakes(
    (mask_in_loop, "the loop runs past the end: a prompt may be longer than the list.",
     "go no further than the list: range(min(prompt_length, len(ids)))."),
    ((WHOLE, "[IGNORED] * (len(ids) - 1) + ids[-1:]"), "only the last token is learnt.", BY_HAND),
    ((WHOLE, "[IGNORED] * prompt_length + ids[-(len(ids) - prompt_length) :]"),
     "counted from the end, nothing is everything: ids[-0:] is the whole list.",
     "count from the front: ids[prompt_length:]."),
    ((HIDDEN, "IGNORED if 2 in ids and place <= ids.index(2) else token"),
     "the prompt is taken to end at the first 2: it has ends of turns too.", "use `prompt_length`."),
    ([(HIDDEN, "0 if place < prompt_length else 1"), (HIDDEN, "1 if place < prompt_length else 0"),
      (HIDDEN, "place >= prompt_length")],
     "a mask is returned, not labels.", "a label is -100, or the token's own id."),
    ([(HIDDEN, "IGNORED if place < prompt_length else [*ids, IGNORED][place + 1]"),
      (HIDDEN, "IGNORED if place < prompt_length - 1 else [*ids, IGNORED][place + 1]"),
      (WHOLE, f"{WHOLE}[1:] + [IGNORED]"), (WHOLE, f"{WHOLE}[1:]"), (WHOLE, f"[IGNORED] + {WHOLE}[:-1]"),
      (HIDDEN, "IGNORED if place < prompt_length else ids[place - 1]")],
     "the labels are shifted by one: the loss does that itself.", "let each label stand at its token's own place."),
    ([(HIDDEN, f"{other} if place < prompt_length else token")
      for other in ("0", "-1", "None", "100", "1", "2", "False")],
     "another number than -100 stands where nothing is to be learnt: 0 is a token like any other.",
     "write -100 there."),
    ([(WHOLE, "ids[prompt_length:]"), (WHOLE, "[token for place, token in enumerate(ids) if place >= prompt_length]")],
     "the prompt is dropped: there must be a label for each token.", "put -100 in the place of each of its tokens."),
    ([(HIDDEN, f"IGNORED if place < prompt_length or token == {end} else token") for end in (2, 0)],
     "tokens of the answer are masked by their value: the one that ends the turn (2) must be learnt.",
     "mask by place alone: the first `prompt_length`."),
    ([(HIDDEN, "IGNORED if place < prompt_length or place == len(ids) - 1 else token"),
      (WHOLE, f"{WHOLE}[:-1] + [IGNORED]"), (WHOLE, f"{WHOLE}[:-1]")],
     "the last token is masked or gone: it ends the turn, and must be learnt.",
     "let every token of the answer keep its label."),
    ([(HIDDEN, "IGNORED if token in ids[:prompt_length] else token"),
      (HIDDEN, "IGNORED if ids.index(token) < prompt_length else token")],
     "tokens that occur in the prompt are masked in the answer too.", "go by the place of a token, not by its value."),
    ([(WHOLE, "[IGNORED] * prompt_length + ids[prompt_length:]"),
      (WHOLE, "[IGNORED] * prompt_length + ids[prompt_length:len(ids)]")],
     "a prompt as long as all the ids, or longer, gives more labels than tokens.",
     "there are never more labels than ids: min() helps."),
    ("<", "<=", "one token too many is masked: the answer's first.", BY_HAND),
    ("< prompt_length", "< prompt_length - 1", "one token too few is masked: the prompt's last.", BY_HAND),
    ("<", ">=", "the answer is masked, and the prompt is learnt.", "exchange the two."),
    ((WHOLE, "[IGNORED] * prompt_length + ids"), "the prompt is there twice: masked, and then as it is.",
     "go on after the prompt: ids[prompt_length:]."),
    ([("<", "=="), ("< prompt_length", "== 0")], "a single token is masked.", "mask all of the first `prompt_length`."),
    ((HIDDEN, "IGNORED"), "everything is masked: nothing is left to be learnt.",
     "let the answer's tokens keep their ids."),
)  # fmt: skip


def tell_paths(case: Case) -> Named | None:
    """Tell which of the two paths is right."""
    x, W = case.arguments[:2]
    got, want, base = np.asarray(case.got, dtype=float), np.asarray(case.want), x @ W.T
    if got.shape != want.shape or not np.isfinite(got).all():
        return None
    factor = tell_factor(got - base, want - base)
    if factor is not None:
        return (
            f"x @ W.T is right, the update is {say_factor(factor)} what it should be.",
            f"scale it by alpha / r; {RANK}",
        )
    if tell_factor(got - (want - base), base) is not None:
        return "the update is right; x @ W.T is scaled, or missing.", "add the base as it is."
    return "neither path alone is off by a factor: a product is another one than on the card.", BY_HAND


@exercise("4.5", title="add the low-rank path", points=3, minutes=9, stars=2, room=True, answer=told(ARRAY, tell_paths))
def low_rank_forward(x: np.ndarray, W: np.ndarray, A: np.ndarray, B: np.ndarray, alpha: float) -> np.ndarray:
    """Return x (N, in) through W (out, in) plus alpha / r times x through A (r, in), then B (out, r); (N, out)."""
    base = x @ W.T  # (N, out)
    update = x @ A.T @ B.T  # (N, out)
    return base + alpha / len(A) * update


def draw_lora(rng: np.random.Generator, rank: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, float]:
    """Draw x, W, A, B and alpha, of small whole numbers; W isn't square."""
    r, size, out = rank or int(rng.integers(1, 4)), *[(4, 2), (3, 5), (5, 4)][rng.integers(3)]
    x, W, A, B = (rng.integers(-3, 4, shape).astype(float) for shape in ((2, size), (out, size), (r, size), (out, r)))
    return x, W, A, B, float(rng.choice([1, 2, 8, 16]))


ONE = np.array([[1.0, 2]]), np.array([[1.0, 0], [0, 1], [1, 1]]), np.array([[1.0, 1]]), np.array([[1.0], [0], [2]])
PLAIN = [
    (*ONE, 2.0), (np.array([[1.0, 2], [0, 1]]), *ONE[1:3], np.zeros((3, 1)), 2.0), (*ONE, 0.0),
    (*ONE[:1], 0 * ONE[1], *ONE[2:], 1.0),
    (np.array([[1.0, 0, 2]]), np.array([[1.0, 2, 0], [0, 1, 3]]), np.array([[1.0, 0, 1], [0, 2, 0]]),
     np.array([[1.0, 0], [2, 1]]), 8.0),
    (np.array([[1.0, 0], [0, 1]]), np.array([[1.0, 2], [3, 4]]), np.array([[1.0, 2]]), np.array([[3.0], [5]]), 1.0),
    draw_lora(np.random.default_rng(3), 3), draw_lora(np.random.default_rng(4), 2), ]  # fmt: skip
low_rank_forward.tries(*PLAIN)
low_rank_forward.draws(draw_lora, times=3)
SCALE, SUM = "alpha / len(A) * ", "base + alpha / len(A) * update"
low_rank_forward.mistakes(
    ("alpha / len(A)", "alpha", "the update is scaled by alpha alone.", f"divide alpha by r; {RANK}"),
    ([(SUM, "update"), (SUM, f"{SCALE}update")], "the update alone is returned: the frozen W is left out.",
     "add x @ W.T."),
    ([("len(A)", f"{number}") for number in (1, 2, 4, 8, 16)], "r is a fixed number, whatever A is.", RANK),
    ([("len(A)", "A.shape[1]"), ("len(A)", "len(B)"), ("len(A)", "len(W)"), ("len(A)", "len(x)")],
     "it is divided by another length than r: by that of the input, the output or the batch.", RANK),
    ([(SCALE, ""), (SCALE, "1 / len(A) * ")], "alpha isn't used, or the whole factor is missing.",
     "scale the update by alpha / r."),
    ([("alpha / len(A)", "alpha * len(A)"), ("alpha / len(A)", "len(A) / alpha"), ("alpha / len(A)", "len(A)")],
     "alpha and r are put together otherwise than alpha / r.", "divide alpha by r."),
    (SUM, "alpha / len(A) * (base + update)", "the base is scaled too: brackets around too much.",
     "scale the update alone."),
    (SUM, "base", "the update is left out: W's output alone is returned.", "add the path through A and B."),
    (SUM, f"base - {SCALE}update", "the update is subtracted.", "add it."),
    ([("B.T", "np.maximum(B.T, 0)"), ("x @ A.T", "np.maximum(x @ A.T, 0)")],
     "negative numbers are cut off between A and B: there is no ReLU.", "two multiplications, nothing between them."),
    ([("W.T", "W"), ("A.T", "A"), ("B.T", "B"), ("W.T", "W", "A.T", "A", "B.T", "B")],
     "a matrix isn't turned: W, A and B have their outputs as rows, as in torch.",
     "x @ W.T fits: (N, in) @ (in, out)."),
    ("x @ A.T @ B.T", "x @ (B @ A)", "B @ A isn't turned: it has the shape of W, (out, in).",
     "multiply x by its transpose."),
    ([(SUM, f"base @ ({SCALE}(B @ A)).T"), (SUM, f"base * ({SCALE}update)")],
     "base and update are multiplied: they are two paths side by side.", "add them."),
    ("alpha / len(A)", "alpha // len(A)", "// cuts the fraction off: 1 // 2 is 0.", "divide by /."),
    ("len(A)", "np.sqrt(len(A))", "it is divided by the root of r.", "divide by r itself."),
    (SUM, f"{SCALE}base + update", "the base is scaled, and not the update.", "the factor belongs to the update."),
    (SUM, "base + alpha / (len(A) * update)", "the update stands below the line: brackets around too much.",
     "write (alpha / r) * update."),
    ("x @ A.T @ B.T", "base @ A.T @ B.T", "the update is made from W's output.", "send x itself through A, then B."),
)  # fmt: skip


@exercise("4.6", title="merge the update", points=1, minutes=3, stars=1, answer=ARRAY)
def merge(W: np.ndarray, A: np.ndarray, B: np.ndarray, alpha: float) -> np.ndarray:
    """Return W (out, in) plus alpha / r times B (out, r) @ A (r, in)."""
    return W + alpha / len(A) * (B @ A)


merge.tries(*(given[1:] for given in PLAIN))
merge.draws(lambda rng: draw_lora(rng)[1:], times=3)
ADDED = "W + alpha / len(A) * (B @ A)"
merge.mistakes(
    ([("alpha / len(A)", "alpha"), ("alpha / len(A) * ", "")], "r isn't divided by, or the factor is missing.",
     f"scale by alpha / r; {RANK}"),
    ("alpha / len(A) * ", "1 / len(A) * ", "alpha isn't used.", "scale by alpha / r."),
    ([("alpha / len(A)", "alpha * len(A)"), ("alpha / len(A)", "len(A) / alpha"), ("alpha / len(A)", "len(A)")],
     "alpha and r are put together otherwise than alpha / r.", "divide alpha by r."),
    ([("len(A)", each) for each in ("A.shape[1]", "len(B)", "len(W)")], "it is divided by another length than r.",
     RANK),
    ([("len(A)", f"{number}") for number in (1, 2, 4, 8, 16)], "r is a fixed number, whatever A is.", RANK),
    ([(ADDED, f"({ADDED}).T"), ("(B @ A)", "(A.T @ B.T)"), ("(B @ A)", "(B @ A).T")],
     "a matrix is turned: the sum must have W's shape, (out, in).", "B @ A has that shape already."),
    ([("B @ A", "A @ B"), ("B @ A", "np.dot(A, B)")], "A and B are multiplied in the wrong order.",
     "(out, r) @ (r, in) gives (out, in)."),
    ("B @ A", "B * A", "A and B are multiplied number by number.", "use @."),
    ("W + ", "", "the update alone is returned.", "add W."),
    (" + alpha / len(A) * (B @ A)", "", "W is returned as it was.", "add the update to it, and return the sum."),
    ("W + ", "W - ", "the update is subtracted.", "add it."),
    (ADDED, "alpha / len(A) * (W + B @ A)", "W is scaled too.", "scale the update alone."),
    ("W + ", "W @ W.T @ ", "W is multiplied.", "add W."),
    ("(B @ A)", "(B[:, :1] @ A[:1])", "only the first row of A is used: `return` stands inside the loop.", AFTER_LOOP),
    ("alpha / len(A)", "alpha // len(A)", "// cuts the fraction off: 1 // 2 is 0.", "divide by /."),
)  # fmt: skip


def tell_count(case: Case) -> Named | None:
    """Tell that a count is too small or too large."""
    if not isinstance(case.got, int | float):
        return "one count for each matrix is returned.", "add them up to one number."
    if case.got % 1:
        return "it is no whole number.", "leave out divisions."
    side, step = (
        ("small", "A has r rows and B has r columns") if case.got < case.want else ("large", "count A and B alone")
    )
    return f"the count is too {side}.", f"{step}: write the shapes of both on paper for the card's example."


@exercise("4.7", title="count what is trained", points=1, minutes=5, stars=1, answer=told(SCALAR, tell_count))
def count_trainable(shapes: list[tuple[int, int]], rank: int) -> int:
    """Return how many numbers A (rank, in) and B (out, rank) hold together, over all matrices (out, in)."""
    return sum(rank * (out + size) for out, size in shapes)


count_trainable.tries(
    ([(4, 3), (2, 3)], 2), ([(5, 3)], 1), ([(576, 576), (192, 576)] * 30, 8), ([], 4), ([(3, 3)], 3), ([(2, 3)], 5),
    ([(2, 7), (7, 2), (2, 7)], 3),
)  # fmt: skip
count_trainable.draws(
    lambda rng: ([tuple(rng.integers(2, 9, 2).tolist()) for _ in range(rng.integers(2, 5))], rng.integers(1, 6))
)
PAIR = "rank * (out + size)"
count_trainable.mistakes(
    ([("(out + size)", "out * size"), ("(out + size)", "(out * size)")],
     "rows and columns are multiplied: that is r times the whole W.", "count A's numbers, then B's, then add."),
    ([(PAIR, "rank * size"), (PAIR, "rank * out")], "only A, or only B, is counted.", "both are trained: add the two."),
    (PAIR, f"{PAIR} + out * size", "W is counted too: it is frozen.", "count A and B alone."),
    (PAIR, "out * size", "W is counted: it is frozen, A and B are trained.", "count A (rank, in) and B (out, rank)."),
    ([(PAIR, "(out + size)"), (PAIR, "rank + out + size"), (PAIR, "rank * out + size"), (PAIR, "out + rank * size")],
     "rank isn't a factor of both parts: brackets may be missing.", "A has rank · in numbers, B has out · rank."),
    ([(PAIR, f"{PAIR} {more}") for more in ("+ rank", "+ out", "+ size", "+ rank * rank", "+ 2 * rank")],
     "more is counted than A and B: neither has a bias, and nothing stands between them.", "count A and B alone."),
    ([(PAIR, "rank * rank * (out + size)"), (PAIR, "(rank * out) * (rank * size)"), (PAIR, "rank * out * size * rank")],
     "rank is multiplied in twice.", "count A's numbers, then B's, then add."),
    ([(PAIR, "rank * 2 * out"), (PAIR, "rank * 2 * size"), (PAIR, "2 * rank * max(out, size)"),
      (PAIR, "2 * rank * min(out, size)")],
     "A and B are taken as equally large: that holds for a square W alone.", "A goes by the inputs, B by the outputs."),
    ([("in shapes", "in shapes[:1]"), ("in shapes", "in shapes[-1:]")], "only one matrix is counted.",
     "add up over all of them."),
    ("in shapes", "in {*map(tuple, shapes)}", "equal shapes are counted once, as in a set.",
     "every matrix has an A and a B of its own."),
    ("rank * (out + size)", "8 * (out + size)", "the rank is fixed at 8.", "use `rank`."),
    (PAIR, f"2 * {PAIR}", "everything is counted twice.", "an A and a B for each matrix."),
)  # fmt: skip


def tell_perplexity(case: Case) -> Named | None:
    """Tell how a perplexity stands to what it can be."""
    if not case.got >= 1:
        return (
            "it is below 1: no model chooses among less than one token.",
            "is every loss at least 0, and exp() the last step?",
        )
    if case.got == np.inf:
        return "it is infinite: exp() of a large number, or the log of 0.", "print the shifted logits and the losses."
    return None


@exercise("4.8", title="measure perplexity", points=3, minutes=10, stars=3, answer=told(SCALAR, tell_perplexity))
def perplexity(logits: np.ndarray, labels: np.ndarray) -> float:
    """Return exp of the mean cross-entropy of the next tokens; logits (T, V), labels (T,), -100 left out."""
    predicted, targets = logits[:-1], labels[1:]  # (T - 1, V), (T - 1,)
    counted = targets != IGNORED
    predicted, targets = predicted[counted], targets[counted]  # (M, V), (M,)
    shifted = predicted - predicted.max(axis=1, keepdims=True)
    probabilities = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    losses = -np.log(probabilities[np.arange(len(targets)), targets])  # (M,)
    return float(np.exp(losses.mean()))


def draw_tokens(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw logits of six places over four tokens, and labels of which the first two, and one more, may be left out."""
    labels = rng.integers(0, 4, 6)
    labels[: rng.integers(0, 3)] = IGNORED
    labels[4] = rng.choice([IGNORED, 1])
    return rng.integers(-2, 3, (6, 4)).astype(float), labels


perplexity.tries(
    (np.array([[0.0, 0], [5, 1], [0, 0]]), np.array([-100, 1, -100])), (np.zeros((4, 4)), np.array([-100, 3, 0, 2])),
    (np.array([[0.0, 2, 1], [1, 0, 3], [2, 2, 0], [0, 1, 1]]), np.array([-100, -100, 2, 0])),
    (np.array([[1.0, 0, 2], [0, 3, 1], [2, 0, 0]]), np.array([0, 2, 1])),
    (np.array([[3.0, 0], [0, 0]]), np.array([1, 0])),
    (np.array([[1000.0, 0], [0, 1000], [0, 0]]), np.array([-100, 0, 1])),
    (np.array([[900.0, 902, 900], [0, 0, 0]]), np.array([2, 0])),
    (np.array([[2.0, 0], [0, 1], [1, 1], [0, 2], [3, 0]]), np.array([1, -100, 0, -100, 1])),
)  # fmt: skip
perplexity.draws(draw_tokens, times=3)
SHIFTED, TRUE_ONES = (
    "predicted - predicted.max(axis=1, keepdims=True)",
    "probabilities[np.arange(len(targets)), targets]",
)
SOFTMAX = "np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)"
BOTH, KEEP = "logits[:-1], labels[1:]", "targets != IGNORED"
perplexity.mistakes(
    ([(BOTH, "logits, labels"), (BOTH, "logits[1:], labels[1:]"), (BOTH, "logits[:-1], labels[:-1]")],
     "nothing is shifted: place t predicts the token at t + 1, so each is scored against the wrong one.",
     "leave out the last row of logits and the first label."),
    (BOTH, "logits[1:], labels[:-1]", "it is shifted the wrong way: a token is predicted after it was read.",
     "leave out the last row of logits and the first label."),
    (KEEP, "targets == targets", "-100 is used as a place: no token has that id.",
     "keep the rows whose label isn't -100."),
    (BOTH, "logits[labels != IGNORED][:-1], labels[labels != IGNORED][1:]",
     "ignored places are taken out before the shift: each answer's first token is lost, or paired wrongly.",
     "shift first, then leave out what has the label -100."),
    ("np.exp(losses.mean())", "np.exp(losses).mean()", "the exponentials are averaged.",
     "take the mean of the losses first, then exp() of it."),
    ("np.exp(losses.mean())", "losses.mean()", "the mean loss is returned.", "perplexity is exp() of it."),
    (BOTH, "logits[:-1], np.where(labels == IGNORED, 0, labels)[1:]",
     "-100 is replaced by 0, and scored as if it were a token.",
     "leave those places out."),
    ([(SOFTMAX, "np.exp(shifted)"), (SOFTMAX, "np.exp(predicted)")],
     "logits are taken for logs of probabilities: the softmax is missing.", "divide exp() by the row's sum."),
    ("losses.mean()", "losses.sum()", "the losses are added up: a long text would be bad for being long.",
     "take their mean."),
    ([("losses.mean()", "losses.sum() / len(labels)"), ("losses.mean()", "losses.sum() / (len(labels) - 1)")],
     "it is divided by all places: those with -100 count as losses of 0.", "divide by how many labels count."),
    ("-np.log", "np.log", "the minus is missing: a loss is minus the log of a probability.",
     "put it in front of the log."),
    ([("np.exp(losses.mean())", "2 ** losses.mean()"), ("np.log(", "np.log2("),
      ("np.exp(losses.mean())", "10 ** losses.mean()")],
     "log and power have different bases.", "np.log and np.exp belong together."),
    ("losses.mean()", f"-np.log({TRUE_ONES}.mean())", "the probabilities are averaged, before the log.",
     "take the log of each one first, then the mean."),
    ([(KEEP, "targets > 0"), (KEEP, "targets < 0"), (KEEP, "targets != 0"), (KEEP, "targets > IGNORED + 100")],
     "other labels than -100 are left out: 0 is a token like any other.", "leave out -100 alone."),
    (SHIFTED, "predicted", "exp() of a large logit is infinite: beyond about 700, no float holds it.",
     "subtract each row's largest logit first: the probabilities stay the same."),
    ([(SOFTMAX, "np.exp(shifted) / np.exp(shifted).sum(axis=0)"), (SOFTMAX, "np.exp(shifted) / np.exp(shifted).sum()"),
      (SHIFTED, "predicted - predicted.max(axis=0)", SOFTMAX, "np.exp(shifted) / np.exp(shifted).sum(axis=0)"),
      (SHIFTED, "predicted - predicted.max()", SOFTMAX, "np.exp(shifted) / np.exp(shifted).sum()"),
      (BOTH, "(each := logits[:-1] - logits[:-1].max(axis=0)) - np.log(np.exp(each).sum(axis=0)), labels[1:]", SOFTMAX,
       "np.exp(predicted)")],
     "the softmax doesn't run along the rows.", "each row's probabilities must add up to 1: axis=1, keepdims=True."),
    ([(TRUE_ONES, "probabilities[:, targets]"), (TRUE_ONES, "probabilities[targets]"), (TRUE_ONES, "probabilities")],
     "whole columns, rows or everything is taken.", "pick one number a row: give np.arange(M) for the rows."),
    (TRUE_ONES, "probabilities.max(axis=1)", "the likeliest token is scored, not the one that came.",
     "pick the place that the label names."),
)  # fmt: skip


def write_json(topic: str, tone: str) -> str:
    """Return a right answer's text."""
    return json.dumps({"topic": topic, "tone": tone})


def tell_shares(case: Case) -> Named | None:
    """Tell which of the two shares is wrong, and how."""
    if not (
        isinstance(case.got, list) and len(case.got) == 2 and all(isinstance(each, int | float) for each in case.got)
    ):
        return None
    if max(case.got) > 1:
        return (
            "a share is above 1: answers are counted, not divided by how many there are.",
            "divide both by the number of answers.",
        )
    place = 0 if abs(case.got[0] - case.want[0]) > 1e-6 else 1
    side = "many" if case.got[place] > case.want[place] else "few"
    return f"{('valid', 'right')[place]}: too {side} answers count.", "print each answer with what you make of it."


@exercise("4.9", title="score JSON answers", points=2, minutes=6, stars=2,
          answer=replace(parts("valid", "right"), relations=(tell_shares,)))  # fmt: skip
def json_scores(answers: list[str], truths: list[dict[str, str]]) -> tuple[float, float]:
    """Return the shares of answers that are an object with exactly the truth's keys, and that equal the truth."""
    valid = right = 0
    for answer, truth in zip(answers, truths, strict=True):
        try:
            found = json.loads(answer)
        except json.JSONDecodeError:
            continue
        if isinstance(found, dict) and found.keys() == truth.keys():
            valid += 1
            right += found == truth
    return valid / max(1, len(answers)), right / max(1, len(answers))


REFUND, APP = {"topic": "refund", "tone": "calm"}, {"topic": "app", "tone": "angry"}
RIGHT = write_json("refund", "calm")
INVALID = [f"```json\n{RIGHT}\n```", f"Here it is: {RIGHT}", '{"topic": "refund"}',
           '{"topic": "refund", "tone": "calm", "island": "Tarve"}',
           "[1, 2]", '["topic", "tone"]', "topic: refund, tone: calm", "", "{'topic': 'refund', 'tone': 'calm'}",
           f"[{RIGHT}]", f"{RIGHT} {RIGHT}",
           '{"note": {"topic": "refund", "tone": "calm"}}', '{"Topic": "refund", "Tone": "calm"}']  # fmt: skip
VALID = [RIGHT, '{"tone": "calm", "topic": "refund"}', f"\n {RIGHT}\n", write_json("refund", "angry"),
         write_json("app", "calm"), write_json("Refund", "calm"),
         write_json("refunds", "calm"), write_json("calm", "refund")]  # fmt: skip
json_scores.tries(
    (['{"tone": "angry"}', "calm"], [{"tone": "calm"}, {"tone": "calm"}]),
    ([RIGHT, write_json("app", "calm"), "It is angry."], [REFUND, APP, APP]), ([], []),
    ([RIGHT, "[1, 2]"], [REFUND, APP]),
    *(([RIGHT, each], [REFUND, REFUND]) for each in INVALID[:4]), (VALID[:3], [REFUND] * 3), (VALID[3:], [REFUND] * 5),
    (INVALID, [REFUND] * len(INVALID)), (["", "no"], [APP, REFUND]),
    (['{"name": "Tarve"}', RIGHT], [{"name": "Tarve"}, {"name": "Tarve"}]),
)  # fmt: skip
json_scores.draws(
    lambda rng: ([(*INVALID, *VALID, *VALID)[i] for i in rng.integers(0, len(INVALID) + 2 * len(VALID), 5)],
                 [REFUND, APP, *[REFUND] * 3]), times=4
)  # fmt: skip


def look_in_text(answers: list[str], truths: list[dict[str, str]]) -> tuple[float, float]:
    """Stand for the mistake of looking for keys and values in an answer's text."""
    pairs = list(zip(answers, truths, strict=True))
    valid = [all(key in answer for key in truth) for answer, truth in pairs]
    right = [all(key in answer and truth[key] in answer for key in truth) for answer, truth in pairs]
    return sum(valid) / max(1, len(pairs)), sum(right) / max(1, len(pairs))


KEYS, COUNTED = "found.keys() == truth.keys()", "isinstance(found, dict) and found.keys() == truth.keys()"
SHARES = "valid / max(1, len(answers)), right / max(1, len(answers))"
json_scores.mistakes(
    ([(KEYS, "truth.keys() <= found.keys()"), (KEYS, "all(key in found for key in truth)")],
     "additional keys pass: the answer must have the truth's keys and no other.",
     "compare the two sets of keys as a whole: ==."),
    ([(KEYS, "found.keys() <= truth.keys()"), (KEYS, "any(key in truth for key in found)")],
     "missing keys pass.", "compare the two sets of keys as a whole: ==."),
    ([(COUNTED, 'all(f\'"{key}"\' in answer for key in truth)'), (COUNTED, "all(key in answer for key in truth)"),
      look_in_text], "keys are looked for in the text of the answer: they may stand anywhere in it.",
     "look at the keys of what json.loads() returns."),
    ([(KEYS, 'found.keys() == {"topic", "tone"}'), (COUNTED, '"topic" in found and "tone" in found'),
      (COUNTED, 'isinstance(found, dict) and "topic" in found and "tone" in found')],
     "the keys topic and tone are written into the function.", "use the keys of the truth."),
    (KEYS, "len(found) == len(truth)", "keys are counted, not compared.", "compare the two sets of keys: ==."),
    (COUNTED, KEYS, "JSON may be a list or a number, which has no keys.", "ask isinstance(found, dict) first."),
    ([(COUNTED, "isinstance(found, dict)"), (COUNTED, "True")],
     "all that is JSON, or any object, counts as valid: the keys aren't looked at.",
     "an answer is valid with exactly the truth's keys."),
    ([("json.loads(answer)", one) for one in (
        'json.loads(answer.strip().strip("`").removeprefix("json"))',
        'json.loads(answer.replace("```json", "").replace("```", ""))',
        'json.loads(answer[answer.find("{") : answer.rfind("}") + 1])',
        r'json.loads(re.search(r"\{.*\}", answer, re.DOTALL)[0] if "{" in answer else "")')],
     "what stands around the object is taken off, a fence or a sentence: a program that reads the answer wouldn't.",
     "give json.loads() the answer as it is."),
    ([("json.loads(answer)", "__import__('ast').literal_eval(answer)", "json.JSONDecodeError",
       "(ValueError, SyntaxError)"), ("json.loads(answer)", """json.loads(answer.replace("'", '"'))""")],
     "single quotes pass: that is Python, and no JSON.", "read the answer by json.loads(), as it is."),
    (SHARES, "valid / max(1, len(answers)), right / max(1, valid)",
     "right is the share of the valid ones, not of all answers.", "divide both by the number of answers."),
    (SHARES, "valid, right", "answers are counted, not divided by how many there are.",
     "divide both by the number of answers."),
    ([(SHARES, "valid / len(answers), right / len(answers)")], "a division by zero: there may be no answers at all.",
     "return (0, 0) then."),
    ("valid += 1", "valid += found == truth",
     "valid counts right answers: a wrong topic in the right form is valid.", "look at the form alone."),
    ([("right += found == truth", "right += 1"), ("right += found == truth", "right += found.keys() == truth.keys()")],
     "right counts valid answers: right form, whatever it says.", "compare the whole dict with the truth."),
    ([("right += found == truth", "right += any(found[key] == truth[key] for key in truth)"),
      ("right += found == truth", "right += sum(found[key] == truth[key] for key in truth) / len(truth)"),
      ("right += found == truth", 'right += found.get("topic") == truth.get("topic")')],
     "one right value is enough, or counts half: an answer is right as a whole.",
     "compare the whole dict with the truth."),
    ("json.JSONDecodeError", "KeyError", "the error of json.loads() escapes: one broken answer ends the scoring.",
     "catch json.JSONDecodeError, and go on with the next answer."),
    ([("found == truth", "str(found).lower() == str(truth).lower()"),
      ("found == truth", "{str(v).lower() for v in found.values()} == {*truth.values()}")],
     "other texts than the truth count as right: case or order is lost.", "compare the dict as it is."),
    ([(KEYS, "list(found) == list(truth)"), ("found == truth", "answer == json.dumps(truth)"),
      ("found == truth", "answer.strip() == json.dumps(truth)"),
      ("found == truth", "str(found) == str(truth)"), ("found == truth", "[*found.values()] == [*truth.values()]")],
     "the order of the keys, or the blanks between them, counts.", "compare dicts: they have no order."),
    ([("continue", "break"), ("continue", "return 0.0, 0.0")], "it stops at the first answer that is no JSON.",
     "go on with the next one."),
)  # fmt: skip


def tell_probabilities(case: Case) -> Named | None:
    """Tell whether the numbers are probabilities, and which tokens are kept."""
    got, want = np.asarray(case.got, dtype=float), np.asarray(case.want, dtype=float)
    if got.shape != want.shape or not np.isfinite(got).all():
        return None
    if abs(got.sum() - 1) > 1e-4:
        return "the numbers don't add up to 1.", "divide what is kept by its sum, as the last step."
    if (got > 0).sum() != (want > 0).sum():
        many = (got > 0).sum() > (want > 0).sum()
        return (
            f"too {'many' if many else 'few'} tokens are kept.",
            "add the likeliest up, one by one, until they reach top_p.",
        )
    if ((got > 0) != (want > 0)).any():
        return "the right number of tokens is kept, but not the likeliest ones, or at other places.", BY_HAND
    return "the right tokens are kept, with other probabilities.", "print softmax(logits / T) for the card's example."


@exercise("4.10", title="draw the next token", points=2, minutes=10, stars=3,
          answer=told(ARRAY, tell_probabilities))  # fmt: skip
def sample_probabilities(logits: np.ndarray, temperature: float, top_p: float) -> np.ndarray:
    """Return what the next token is drawn from, (V,): 0 outside of the smallest set that reaches top_p."""
    if temperature == 0:
        return np.eye(len(logits))[logits.argmax()]
    weights = np.exp(logits / temperature - (logits / temperature).max())
    probabilities = weights / weights.sum()
    order = np.argsort(-probabilities)
    before = np.cumsum(probabilities[order]) - probabilities[order]
    kept = np.zeros(len(logits))
    kept[order[before < top_p]] = probabilities[order[before < top_p]]
    return kept / kept.sum()


def draw_logits(rng: np.random.Generator) -> tuple[np.ndarray, float, float]:
    """Draw five different logits, a temperature and a top_p, that isn't about reached exactly."""
    while True:
        logits, temperature, top_p = (
            rng.permutation(9)[:5] / 2 - 1,
            rng.choice([0.5, 1, 2]),
            rng.choice([0.4, 0.6, 0.8, 0.9]),
        )
        sums = np.cumsum(np.sort(np.exp(logits / temperature) / np.exp(logits / temperature).sum())[::-1])
        if np.abs(sums - top_p).min() > 0.01:
            return logits, float(temperature), float(top_p)


sample_probabilities.tries(
    (np.log([1.0, 6, 3]), 1.0, 0.7), (np.log([1.0, 6, 3]), 1.0, 1.0), (np.array([1.0, 3, 2]), 0.0, 0.5),
    (np.log([1.0, 6, 3]), 1.0, 0.3),
    (np.array([0.0, 2, 1, -1]), 2.0, 1.0), (np.array([2.0, 0, 1]), 0.5, 1.0), (np.array([1000.0, 999, 0]), 1.0, 0.99),
    (np.array([0.0, 3, 1, 2]), 2.0, 0.8), (np.array([30.0, 20, 29.9]), 0.02, 1.0), (np.array([-5.0, -4]), 0.0, 1.0),
    (np.log([4.0, 2, 1, 1, 2]), 1.0, 0.95), (np.array([1.0, 0, 3, 2]), 0.5, 0.9),
)  # fmt: skip
sample_probabilities.draws(draw_logits, times=3)
COLD, WEIGHTS = "np.eye(len(logits))[logits.argmax()]", "np.exp(logits / temperature - (logits / temperature).max())"
FILLED, SET, SHARED = (
    "kept[order[before < top_p]] = probabilities[order[before < top_p]]",
    "before < top_p",
    "kept / kept.sum()",
)
CUT = "kept[order[{0}]] = probabilities[order[{0}]]"
SUMS = "np.cumsum(probabilities[order])"
sample_probabilities.mistakes(
    ([(FILLED, CUT.format(f"{SUMS} <= top_p")), (FILLED, CUT.format(f"{SUMS} < top_p")),
      (FILLED, CUT.format(f"({SUMS} < top_p) | (np.arange(len(order)) == 0)"))],
     "the token that crosses top_p is dropped: the kept ones don't reach it.",
     "keep it: the set must sum to top_p or more."),
    ([(FILLED, "kept = probabilities[order] * (before < top_p)"),
      (FILLED, "kept = probabilities[order][before < top_p]"),
      (FILLED, "kept = np.sort(probabilities)[::-1] * (before < top_p)")],
     "the probabilities come back sorted, or some are gone: each must stand at its token's own place.",
     "sort to find out which ones to keep, and leave the array itself in its order."),
    (SHARED, "kept", "what is left isn't divided by its sum: it adds up to less than 1.",
     "divide by the sum of what is kept."),
    (("logits / temperature - (logits / temperature).max()", "logits * temperature - (logits * temperature).max()"),
     "the logits are multiplied by the temperature: a high one makes the choice sharper.", "divide by it."),
    (WEIGHTS, "np.exp(logits - logits.max())", "the temperature isn't used.",
     "divide the logits by it, before the softmax."),
    ((WEIGHTS, "np.exp(logits - logits.max())", SHARED,
      "kept ** (1 / temperature) / (kept ** (1 / temperature)).sum()"),
     "the temperature comes after the cut: what is kept is decided without it.",
     "divide the logits first, then softmax, then cut."),
    ((WEIGHTS, "np.exp(logits - logits.max())", "weights / weights.sum()", "weights / weights.sum() / temperature"),
     "the probabilities are divided by the temperature, not the logits.", "divide before the softmax."),
    (f"    if temperature == 0:\n        return {COLD}\n", "", "with temperature 0 it divides by 0.",
     "give 0 its own answer first: all on the largest."),
    ([(COLD, "logits.argmax()"), (COLD, "np.eye(len(logits))"), (COLD, "np.zeros(len(logits))"),
      (COLD, "np.eye(len(logits))[0]"),
      (COLD, "np.ones(len(logits)) / len(logits)"), (COLD, "logits"), (COLD, "np.exp(logits) / np.exp(logits).sum()")],
     "temperature 0 gives something else than a 1 for the largest logit and 0 for all others.",
     "make zeros, and write a 1 at the place of the largest."),
    (WEIGHTS, "np.exp(logits / temperature)",
     "exp() of a large number is infinite: beyond about 700, no float holds it.",
     "subtract the largest one first: the probabilities stay the same."),
    (FILLED, "kept = probabilities * (before < top_p)",
     "the sums stand in sorted order, and are laid upon tokens in their own.",
     "order[…] says which token a sum belongs to."),
    (SHARED, "order[before < top_p]", "the places of the kept tokens are returned.",
     "return a probability for each of the V."),
    (FILLED, "kept = probabilities", "top_p isn't used: every token stays.",
     "keep the likeliest until they reach top_p."),
    ([(FILLED, CUT.format(form)) for form in ("probabilities[order] >= top_p", "probabilities[order] >= 1 - top_p",
                                              "probabilities[order] >= top_p * probabilities.max()",
                                              "np.arange(len(order)) < round(top_p * len(order))",
                                              "np.arange(len(order)) < top_p * len(order)")],
     "top_p is compared with single probabilities, or taken as a share of the tokens.",
     "add the probabilities up, from the largest on."),
    ("np.argsort(-probabilities)", "np.argsort(probabilities)",
     "the unlikeliest tokens are kept: argsort() sorts upwards.", "begin with the largest."),
    ("np.argsort(-probabilities)", "np.arange(len(logits))", "the tokens are added up in the order they stand in.",
     "sort them first, the likeliest in front."),
    (FILLED, CUT.format("np.r_[0, before[:-1]] < top_p"),
     "one token too many is kept.", "stop as soon as the sum reaches top_p."),
    (SHARED, "np.eye(len(kept))[kept.argmax()]", "only the likeliest token is left, at every temperature.",
     "return the probabilities of all that are kept."),
    (SHARED, "np.exp(kept) / np.exp(kept).sum()", "a second softmax is taken over what is kept.", "divide by the sum."),
)  # fmt: skip
