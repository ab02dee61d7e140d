"""Lesson 04: scoring answers, prompts with examples, data for tuning, low-rank updates, perplexity and sampling."""

import json
import re
import string
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from workshop.checks.kinds import Case, Kind, Named
from workshop.checks.numbers import say_factor, tell_factor
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
BY_HAND = "do the card's example by hand, and print the values in between."
AFTER_LOOP = "move `return` to the left, so that it comes after the loop."
MARKS, ARTICLES = r"(?<!\d)[^\w\s]|[^\w\s](?!\d)", r"\b(a|an|the)\b"


def told(kind: Kind, tell: Callable[[Case], Named | None]) -> Kind:
    """Return a kind of answer with one more way to say how a wrong answer stands to the right one."""
    return replace(kind, relations=(*kind.relations, tell))


def clean(text: str, hyphen: str = " ", marks: str = MARKS, articles: str = ARTICLES) -> str:
    """Return a text in lower case, with something in a hyphen's place, and without what the patterns find."""
    return re.sub(articles, "", re.sub(marks, "", text.lower().replace("-", hyphen)))


def matcher(one: Callable[[str], Any] = str.split, **how: str) -> Callable[[str, str], bool]:
    """Return exact_match with a step done otherwise. one: what is compared of a text; how: as `clean` takes it."""
    return lambda answer, truth: one(clean(answer, **how)) == one(clean(truth, **how))


def by_words(change: Callable[[str], str], marks: str = "$^") -> Callable[[str, str], bool]:
    """Return exact_match that changes word by word, leaves articles out, and only then takes marks off."""

    def split(text: str) -> list[str]:
        words = [change(word) for word in text.lower().replace("-", " ").split()]
        return [re.sub(marks, "", word) for word in words if word not in ("a", "an", "the")]

    return lambda answer, truth: split(answer) == split(truth)


def tell_match(case: Case) -> Named | None:
    """Tell in which way two texts are taken for the same, or not."""
    if type(case.got) is not bool:
        return None if case.got is None else ("True or False is expected.", "return what a == b gives.")
    if case.want:
        return "two texts that say the same count as different.", "print both texts after each of your steps."
    if matcher(marks=r"[^\w\s]")(*case.arguments):
        return "a mark between two digits is lost, or not looked at.", "keep it where a digit stands on both sides."
    return "two different texts count as the same.", "compare the whole lists of words, in their order."


exact_match = exercise("4.1", exact_match, title="score an answer", points=2, minutes=6, stars=2, room=True,
                       answer=told(CHOICE, tell_match))  # fmt: skip
exact_match.tries(
    ("The 7:35 boat.", "7:35 boat"), ("OTTERMAY", "Ottermay"), ("Tarve", "tarve"), ("it leaves at 7:35", "7:35"),
    ("735", "7:35"), ("at 195 crowns", "at 1.95 crowns"), ("38500", "38,500"),
    ("at 7:35 from Tarve", "at 7:35 from Tarve!"), ("wear", "weather"), ("sefront", "sea front"),
    ("banow", "bathe now"), ("an hour", "hour"), ('"The boat"', "boat"), ("7:35", "7:35"), ("A boat", "the boat"),
    ("non-refundable", "non refundable"), ("nonrefundable", "non-refundable"), ("10-15 minutes", "10 15 minutes"),
    ("1015 minutes", "10-15 minutes"), ("at 7:35 a.m.", "at 7:35 am"), ("It costs 19.", "it costs 19"),
    ('("19")', "19"), ("pier b.2", "pier b2"), ("2.b", "2b"), ("quay  two \n", "quay two"),
    ("Tarve to Ottermay", "Ottermay to Tarve"), ("two two", "two"), ("don't know", "dont know"), ("no", "not"),
    ("7:35", "7:35 or 8:05"), ("bicycle", "the bicycles"), ("quay two?", "quay two"), ("quaytwo", "quay two"),
)  # fmt: skip
PHRASES = [
    "the 7:35 boat",
    "1.95 crowns",
    "Ottermay pier",
    "a check-in",
    "38,500 crowns",
    "an Easy Rider",
    "at 10-15 kg",
]
WAYS = [str.upper, str.title, "The {}!".format, '"{}"'.format, " {}. ".format]
exact_match.draws(
    lambda rng: (WAYS[rng.integers(5)](one := PHRASES[rng.integers(7)]),
                 one if rng.random() < 0.7 else rng.choice(PHRASES)),
    times=6,
)  # fmt: skip
exact_match.mistakes(
    ([lambda answer, truth: truth in answer, lambda answer, truth: truth.lower() in answer.lower(), lambda answer,
      truth: " ".join(clean(truth).split()) in " ".join(clean(answer).split())],
     "the truth is looked for within the answer: a longer one, or one that guesses twice, would be right.",
     "clean both texts in the same way, and ask whether they are equal."),
    (matcher(marks=r"[^\w\s]"), "all punctuation is taken off, also between digits: 7:35 becomes 735.",
     "keep a mark that has a digit on its left and a digit on its right."),
    ([matcher(articles=form) for form in ("the|an|a", "the|a", "the", "(the|an|a) ", "a|an|the", "(a|an|the) ")],
     'articles are cut out of longer words: "the" stands in "weather", "a " at the end of "sea ".',
     "split the text into words first, then leave out the words that are articles."),
    ([matcher(articles=form) for form in (r"\bthe\b", r"\b(a|the)\b", r"^(a|an|the)\b", "-")],
     "articles stay: not all of a, an and the are left out, or not everywhere.",
     "leave out all three, wherever they stand."),
    (lambda answer, truth: re.sub(ARTICLES, "", re.sub(MARKS, "", answer.replace("-", " "))).split() == re.sub(ARTICLES,
      "", re.sub(MARKS, "", truth.replace("-", " "))).split(), "upper-case and lower-case letters differ.",
     "turn both texts to lower case first."),
    (lambda answer, truth: False, "it is False whatever is asked.", "print the two lists that you compare."),
    (lambda answer, truth: answer == truth, "the texts are compared as they came.", "clean both of them first."),
    ([matcher(marks="-"), lambda answer, truth: answer.lower() == truth.lower()],
     "punctuation stays: a full stop at the end makes a right answer wrong.",
     "take off all but marks between two digits."),
    ([by_words(lambda word: word.strip(string.punctuation)), matcher(marks=r"(?<!\S)[^\w\s]+|[^\w\s]+(?!\S)")],
     "punctuation is taken off at the ends of words alone: within a.m. or don't it stays.",
     "look at every character."),
    (by_words(str, MARKS), "articles are left out before punctuation: a mark may still stick to the word.",
     "take punctuation off first, then look for the words a, an and the."),
    ([matcher(marks=form) for form in (r"(?<!\d)[^\w\s](?!\d)", r"(?<!\d)[^\w\s]", r"[^\w\s](?!\d)")],
     "a mark next to one digit is kept: the full stop of “It costs 19.” isn't part of the number.",
     "ask for a digit on both sides: left and right."),
    ([matcher(hyphen=""), matcher(hyphen="-"), matcher(hyphen="#", marks=r"#|" + MARKS)],
     "a hyphen is taken off like other marks, or kept.", 'replace "-" by a blank before you take punctuation off.'),
    ([matcher(one=str), matcher(one=str.strip)], "blanks are compared: a double one, or one that an article leaves.",
     "compare lists of words, as split() gives them."),
    ([matcher(one=lambda text: {*text.split()}), matcher(one=lambda text: sorted(text.split()))],
     "the order of the words, or how often one comes, isn't looked at.", "compare the lists of words as they are."),
)  # fmt: skip


def tell_chat(case: Case) -> Named | None:
    """Tell how a chat stands to the right one: its form, its roles, its turns, its texts."""
    if not all(isinstance(each, dict) and {*each} == {"role", "content"} for each in case.got):
        return (
            "not every item is a dict with the keys role and content.",
            "append each message as a whole, such a dict.",
        )
    got, want = ([each["role"] for each in chat] for chat in (case.got, case.want))
    if not {*got} <= {"system", "user", "assistant"}:
        return (
            "a role is called otherwise than system, user or assistant.",
            "the chat template knows these three alone.",
        )
    if got == want:
        return "the turns are right, but a text isn't as it was given.", "put every text in with nothing around."
    if len(got) - got.count("system") <= 1 and len(want) > 3:
        return "everything is written into one user turn.", "make two turns of each example: question and answer."
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
    ("Name the tone.", [("Where is my bag?!", "angry")], "Thank you!"), ("Name the tone.", [], "Thank you!"),
    ("", [("Where is my bag?!", "angry"), ("Lovely crew.", "grateful")], "Is it late?"), ("", [], "Is it late?"),
    ("Say one word.", [("a", "b"), ("c", "d"), ("a", "b")], "a"),
)  # fmt: skip
TEXTS = ["Where is my bag?!", "Lovely crew.", "Is it late?", "Thank you!", "calm", "angry", "grateful"]
few_shot_messages.draws(
    lambda rng: (rng.choice(["", *TEXTS]), [(*rng.choice(TEXTS, 2),) for _ in range(rng.integers(1, 4))],
                 rng.choice(TEXTS))
)  # fmt: skip
SYSTEM, ASKED = (
    '{"role": "system", "content": instruction}',
    '        messages.append({"role": "user", "content": asked})\n',
)
REPLIED = '        messages.append({"role": "assistant", "content": answered})\n'
LAST, AGAIN = '    messages.append({"role": "user", "content": question})\n', "    for asked, answered in examples:\n"
few_shot_messages.mistakes(
    (" if instruction else []", "", "an empty instruction becomes a system turn: the model then reads an empty block.",
     "write a system turn only where there is an instruction."),
    ([('"assistant"', '"user"'), ('"assistant"', '"system"')],
     "the examples' answers come from another role: the model must see them as its own.", 'use the role "assistant".'),
    ((LAST, "", AGAIN, LAST + AGAIN), "the question stands before the examples.", "put the question last."),
    (SYSTEM, '{"role": "user", "content": instruction}', "the instruction has another role.",
     'give it the role "system".'),
    ((f"[{SYSTEM}] if instruction else []", "[]", LAST,
      f"    if instruction:\n        messages.append({SYSTEM})\n{LAST}"), "the instruction stands after the examples.",
     "begin with it."),
    ("in examples:", "in examples[::-1]:", "the examples come in the reverse order.", "keep their order."),
    ("in examples:", "in examples[:1]:", "only the first example is there.", "go through all of them."),
    ((REPLIED, f"{REPLIED}    {LAST}", LAST, ""), "the question comes after each example.",
     "write it after the loop."),
    (ASKED, f"{ASKED}{AGAIN}", "all questions stand together, and all answers.", "keep question and answer together."),
    ([(ASKED, ""), (REPLIED, ""), ("in examples:", "in []:")], "examples, or one half of each, are missing.",
     "an example is two turns: question and answer."),
    ((ASKED, ASKED.replace("asked}", "answered}"), REPLIED, REPLIED.replace("answered}", "asked}")),
     "question and answer of an example are exchanged.", "the first text of a pair is the user's."),
    (("    return", "        return", LAST, f"    {LAST}"), "`return` stands inside the loop.", AFTER_LOOP),
)  # fmt: skip


def tell_faults(case: Case) -> Named | None:
    """Tell what is wrong with a list of faults: its form, its codes, or which lines it holds."""
    if not all(isinstance(each, list) and len(each) == 2 for each in case.got):
        return "not every item is a pair.", "append (number, code) as a whole: extend() and += take a pair apart."
    if not {code for _, code in case.got} <= {"not json", "no messages", "no answer"}:
        return "a code is another text than the card's three.", "copy them: not json, no messages, no answer."
    found, want = dict(case.got), dict(case.want)
    for number, code in want.items():
        if found.get(number) != code:
            name = "isn't reported" if number not in found else f"is reported as {found[number]!r}"
            return f"a line that is {code!r} {name}.", f"line {number} of that call is one: print what you make of it."
    return "lines are reported with which nothing is wrong.", "print what your code makes of the card's second line."


@exercise("4.3", title="find faults in a training file", points=2, minutes=8, stars=2,
          answer=replace(BAG, relations=(tell_faults,)))  # fmt: skip
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
    ([write_line("user"), GOOD[0], "Ahoy"],), (NO_MESSAGES[:2],), (NOT_JSON,), (NO_ANSWER,), (GOOD,), ([],),
    ([GOOD[0], NO_MESSAGES[2], GOOD[1]],), (["{}", "", *GOOD, "Ahoy", *NO_ANSWER],), (["Ahoy", GOOD[0], "Ahoy"],),
)  # fmt: skip
find_problems.draws(lambda rng: ([EVERY[i] for i in rng.integers(0, len(EVERY), 6)],))
OBJECT, ROLES = 'row.get("messages") if isinstance(row, dict) else None', '[message["role"] for message in messages]'
NO_ROLE, TRY = f'"assistant" not in {ROLES}', "        try:\n"
find_problems.mistakes(
    (", start=1", "", "lines are counted from 0, as places in a list are.",
     "count from 1: enumerate(lines, start=1)."),
    (TRY, f"        number = lines.index(line) + 1\n{TRY}", "index() finds the first of two equal lines.",
     "count along with enumerate()."),
    ([("    return", "        return"), ("continue", "break"), ("continue", "return problems")],
     "it stops at the first line, or at the first that is no JSON.", "look at every line, and return after the loop."),
    ("json.JSONDecodeError", "KeyError", "the error of json.loads() escapes: one broken line ends the whole check.",
     "catch json.JSONDecodeError around json.loads(), and go on with the next line."),
    (" if isinstance(row, dict) else None", "", "a line may be JSON and no object: a list has no get().",
     "ask isinstance(row, dict) first; what is no dict has no messages."),
    ([(OBJECT, 'row["messages"]'), (OBJECT, 'row["messages"] if isinstance(row, dict) else None')],
     'row["messages"] fails where the key is missing.', 'row.get("messages") gives None there.'),
    ("not messages", "messages is None", "an empty list of messages passes, or counts as no answer.",
     "a list without a message counts as no messages."),
    ([(NO_ROLE, '"assistant" not in line'), (NO_ROLE, '"assistant" not in str(messages)')],
     "the word assistant is looked for in the text of the line: a message may speak of one.",
     "look at the roles alone."),
    ([(NO_ROLE, "len(messages) < 2"), (NO_ROLE, 'any(message["role"] != "assistant" for message in messages)'),
      (ROLES, f"{ROLES}[:1]")], "messages are counted, or one decides: the first, or any that isn't the assistant's.",
     "look at the roles of all."),
    ("(line)", "(line or '{\"messages\": [{\"role\": \"assistant\"}]}')", "empty lines are skipped.", "report them."),
    ("            continue\n", "            row = None\n", "a line that is no JSON is entered twice.",
     "enter the first fault of a line, and go on to the next."),
)  # fmt: skip


def tell_labels(case: Case) -> Named | None:
    """Tell whether the prompt's labels are wrong, the answer's, or how many there are."""
    length = case.arguments[1]
    if len(case.got) != len(case.want):
        return f"there are {len(case.got)} labels for {len(case.want)} tokens.", "one label for each id."
    if [*case.got[:length]] != [*case.want[:length]]:
        return "the prompt's labels are wrong: each must be -100.", "look at the first `prompt_length` places."
    return "the answer's labels are wrong: each must be the id itself.", "look at the places from `prompt_length` on."


@exercise("4.4", title="mask the prompt", points=2, minutes=5, stars=1, room=True, answer=told(LABELS, tell_labels))
def mask_prompt(ids: list[int], prompt_length: int) -> list[int]:
    """Return the labels of T token ids: -100 for the prompt's, the ids themselves for the answer's."""
    return [IGNORED if place < prompt_length else token for place, token in enumerate(ids)]


def mask_in_loop(ids: list[int], prompt_length: int) -> list[int]:
    """Stand for the mistake of a loop that runs past the end."""
    labels = list(ids)
    for place in range(prompt_length):
        labels[place] = IGNORED
    return labels


mask_prompt.tries(
    ([1, 520, 2, 87, 33, 2], 3), ([5, 6, 7, 8, 2], 2), ([1, 9, 2, 9, 1, 2], 3), ([4, 0, 7, 0, 2], 2), ([3, 4, 5], 0),
    ([3, 4, 2], 3), ([3, 4, 2], 5), ([8, 8, 8, 8, 2], 1), ([7, 2, 6, 2, 5, 2], 4),
)  # fmt: skip
mask_prompt.draws(lambda rng: ([*rng.integers(0, 12, 7).tolist(), 2], rng.integers(1, 7)))
HIDDEN, WHOLE = (text := "IGNORED if place < prompt_length else token"), f"[{text} for place, token in enumerate(ids)]"
NEXT = "[*ids, IGNORED][place + 1]"
mask_prompt.mistakes(
    (mask_in_loop, "the loop runs past the end: a prompt may be longer than the list.",
     "min() gives the shorter length."),
    ([(HIDDEN, f"IGNORED if place < prompt_length else {NEXT}"),
      (HIDDEN, f"IGNORED if place < prompt_length - 1 else {NEXT}"), (WHOLE, f"{WHOLE}[1:]"),
      (WHOLE, f"[IGNORED] + {WHOLE}[:-1]")], "the labels are shifted by one: the loss does that itself.",
     "let each label stand at its token's own place."),
    ([(HIDDEN, f"{other} if place < prompt_length else token") for other in ("0", "-1", "None", "100", "1", "2")],
     "another number than -100 stands where nothing is to be learnt: 0 is a token too.", "write -100 there."),
    (WHOLE, "ids[prompt_length:]", "the prompt is dropped.", "put -100 in the place of each of its tokens."),
    ([(HIDDEN, f"IGNORED if place < prompt_length or token == {end} else token") for end in (2, 0)],
     "tokens of the answer are masked by their value: the one that ends the turn (2) must be learnt.",
     "mask by place."),
    ([(HIDDEN, "IGNORED if place < prompt_length or place == len(ids) - 1 else token"), (WHOLE, f"{WHOLE}[:-1]")],
     "the last token is masked or gone: it ends the turn, and must be learnt.", "let it keep its label."),
    ([(HIDDEN, "IGNORED if token in ids[:prompt_length] else token"),
      (HIDDEN, "IGNORED if 2 in ids[:place] else token"),
      (HIDDEN, "IGNORED if 2 in ids and place <= ids.index(2) else token")],
     "the prompt is told by its tokens: they may come again in the answer, and a 2 within the prompt.",
     "go by places."),
    (WHOLE, "[IGNORED] * prompt_length + ids[prompt_length:]",
     "a prompt as long as all the ids, or longer, gives more labels than tokens.", "min() gives the shorter length."),
    (WHOLE, "[IGNORED] * prompt_length + ids[-(len(ids) - prompt_length) :]",
     "counted from the end, nothing is everything: ids[-0:] is the whole list.", "count from the front."),
    ([("<", "<="), ("< prompt_length", "< prompt_length - 1")], "one token too many, or too few, is masked.", BY_HAND),
    ("<", ">=", "the answer is masked, and the prompt is learnt.", "exchange the two."),
    ([(HIDDEN, "0 if place < prompt_length else 1"), (HIDDEN, "1 if place < prompt_length else 0")],
     "a mask is returned, not labels.", "a label is -100, or the token's own id."),
)  # fmt: skip


RANK = "r is how many rows A has: len(A), or A.shape[0]."


def tell_paths(case: Case) -> Named | None:
    """Tell which of the two paths is right."""
    x, W = case.arguments[:2]
    got, want, base = np.asarray(case.got, dtype=float), np.asarray(case.want), x @ W.T
    if got.shape != want.shape or not np.isfinite(got).all():
        return None
    if (factor := tell_factor(got - base, want - base)) is not None:
        return f"x @ W.T is right, the update is {say_factor(factor)} what it should be.", f"scale by alpha / r; {RANK}"
    return "another product is computed than the card's two.", "print x @ W.T and x @ A.T @ B.T for the card's example."


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
    (np.eye(2), np.array([[1.0, 2], [3, 4]]), *np.array([[[1.0, 2]], [[3, 5]]]), 1.0),
    (ONE[0] @ ONE[1].T, ONE[1].T, np.array([[1.0, 0, 1], [0, 2, 0]]), np.array([[1.0, 0], [2, 1]]), 8.0),
    draw_lora(np.random.default_rng(3), 3), draw_lora(np.random.default_rng(4), 2),
]  # fmt: skip
PLAIN[4] = (*PLAIN[4][:3], PLAIN[4][3].T, 1.0)
low_rank_forward.tries(*PLAIN)
low_rank_forward.draws(draw_lora, times=3)
SCALES = (
    ([("alpha / len(A)", "alpha"), ("alpha / len(A) * ", "")], "the update is scaled by alpha alone, or by nothing.",
     f"divide alpha by r; {RANK}"),
    ([("len(A)", f"{number}") for number in (1, 2, 4, 8, 16)], "r is a fixed number, whatever A is.", RANK),
    ([("len(A)", each) for each in ("A.shape[1]", "len(B)", "len(W)", "np.sqrt(len(A))")],
     "it is divided by another number than r: the inputs, the outputs, or a root.", RANK),
    ([("alpha / len(A)", each) for each in ("alpha * len(A)", "len(A) / alpha", "len(A)", "1 / len(A)",
       "alpha // len(A)")], "alpha and r are put together otherwise than alpha / r.",
     "divide alpha by r, with / and not with //."),
)  # fmt: skip
SCALE, SUM = "alpha / len(A) * ", "base + alpha / len(A) * update"
low_rank_forward.mistakes(
    *SCALES,
    ([(SUM, "update"), (SUM, f"{SCALE}update")], "the update alone is returned: W is left out.", "add x @ W.T."),
    ([(SUM, f"{SCALE}(base + update)"), (SUM, f"{SCALE}base + update")], "the base is scaled.",
     "scale the update alone."),
    (SUM, "base", "the update is left out: W's output alone is returned.", "add the path through A and B."),
    ([("W.T", "W"), ("A.T", "A"), ("B.T", "B"), ("W.T", "W", "A.T", "A", "B.T", "B"), ("x @ A.T @ B.T", "x @ (B @ A)")],
     "a matrix isn't turned: all have their outputs as rows, as in torch.", "x @ W.T fits: (N, in) @ (in, out)."),
    ([("B.T", "np.maximum(B.T, 0)"), ("x @ A.T", "np.maximum(x @ A.T, 0)")],
     "negative numbers are cut off between A and B: there is no ReLU.", "two multiplications, nothing between them."),
)  # fmt: skip


@exercise("4.6", title="merge the update", points=1, minutes=3, stars=1, answer=ARRAY)
def merge(W: np.ndarray, A: np.ndarray, B: np.ndarray, alpha: float) -> np.ndarray:
    """Return W (out, in) plus alpha / r times B (out, r) @ A (r, in)."""
    return W + alpha / len(A) * (B @ A)


merge.tries(*(given[1:] for given in PLAIN))
merge.draws(lambda rng: draw_lora(rng)[1:], times=3)
merge.mistakes(
    *SCALES,
    ([("(B @ A)", "(A.T @ B.T)"), ("(B @ A)", "(B @ A).T"), ("W + ", "W.T + ", "(B @ A)", "(A.T @ B.T)")],
     "a matrix is turned: the sum must have W's shape, (out, in).", "B @ A has that shape already."),
    ([("B @ A", "A @ B"), ("B @ A", "np.dot(A, B)")], "A and B stand in the wrong order.", "(out, r) @ (r, in) fits."),
    ("B @ A", "B * A", "A and B are multiplied number by number.", "use @."),
    ("W + ", "", "the update alone is returned.", "add W."),
    ("(B @ A)", "(B[:, :1] @ A[:1])", "only A's first row is used: `return` stands inside the loop.", AFTER_LOOP),
    (("W + ", "", "(B @ A)", "(W + B @ A)"), "W is scaled too.", "scale the update alone."),
)  # fmt: skip


def tell_count(case: Case) -> Named | None:
    """Tell that a count is too small or too large."""
    if not isinstance(case.got, int | float):
        return "one count for each matrix is returned.", "add them up to one number."
    return f"the count is too {'small' if case.got < case.want else 'large'}.", "write A's and B's shapes on paper."


@exercise("4.7", title="count what is trained", points=1, minutes=5, stars=1, answer=told(SCALAR, tell_count))
def count_trainable(shapes: list[tuple[int, int]], rank: int) -> int:
    """Return how many numbers A (rank, in) and B (out, rank) hold together, over all matrices (out, in)."""
    return sum(rank * (out + size) for out, size in shapes)


count_trainable.tries(
    ([(4, 3), (2, 3)], 2), ([(5, 3)], 1), ([(576, 576), (192, 576)] * 30, 8), ([], 4), ([(3, 3)], 3), ([(2, 3)], 5),
    ([(2, 7), (7, 2), (2, 7)], 3),
)  # fmt: skip
count_trainable.draws(lambda rng: ([(*rng.integers(2, 9, 2).tolist(),) for _ in "ab"], rng.integers(1, 6)), times=3)
PAIR = "rank * (out + size)"
count_trainable.mistakes(
    ("(out + size)", "out * size", "rows and columns are multiplied: that is r times the whole W.",
     "count A, then B."),
    ([(PAIR, "rank * size"), (PAIR, "rank * out")], "only A, or only B, is counted.",
     "both are trained: add the two."),
    (PAIR, f"{PAIR} + out * size", "W is counted too: it is frozen.", "count A and B alone."),
    (PAIR, "out * size", "W is counted: it is frozen.", "count A (rank, in) and B (out, rank)."),
    ([(PAIR, "(out + size)"), (PAIR, "rank + out + size"), (PAIR, "rank * out + size"), (PAIR, "out + rank * size")],
     "rank isn't a factor of both parts: brackets may be missing.", "A has rank · in numbers, B has out · rank."),
    ([(PAIR, f"{PAIR} {more}") for more in ("+ rank", "+ out", "+ rank * rank")], "more is counted than A and B.",
     BY_HAND),
    ([(PAIR, "rank * 2 * out"), (PAIR, "rank * 2 * size")], "A and B are taken as equally large: W needn't be square.",
     "A goes by the inputs, B by the outputs."),
    ([("in shapes", "in shapes[:1]"), ("in shapes", "in shapes[-1:]")], "only one matrix is counted.",
     "add up over all."),
    ("in shapes", "in {*map(tuple, shapes)}", "equal shapes are counted once.",
     "every matrix has an A and a B of its own."),
)  # fmt: skip


@exercise("4.8", title="measure perplexity", points=3, minutes=10, stars=3, answer=told(SCALAR, lambda case: (
    ("it is below 1, or no number: no model chooses among less than one token.", "print the losses: none is below 0.")
    if not 1 <= case.got < np.inf else None)))  # fmt: skip
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
SOFTMAX, BOTH = "np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)", "logits[:-1], labels[1:]"
KEEP, RESULT, OWN = "targets != IGNORED", "np.exp(losses.mean())", "labels != IGNORED"
perplexity.mistakes(
    ([(BOTH, "logits, labels"), (BOTH, "logits[1:], labels[1:]"), (BOTH, "logits[:-1], labels[:-1]")],
     "nothing is shifted: place t predicts the token at t + 1.",
     "leave out the last row of logits and the first label."),
    (BOTH, "logits[1:], labels[:-1]", "it is shifted the wrong way.", "leave out the last row and the first label."),
    (KEEP, "targets == targets", "-100 is used as a place: no token has that id.",
     "keep the rows with another label."),
    (BOTH, f"logits[{OWN}][:-1], labels[{OWN}][1:]", "ignored places are taken out before the shift.", "shift first."),
    (BOTH, f"logits[:-1], np.where({OWN}, labels, 0)[1:]", "-100 is replaced by 0, and scored.",
     "leave those places out."),
    (RESULT, "np.exp(losses).mean()", "the exponentials are averaged.",
     "take the mean of the losses first, then exp()."),
    (RESULT, "losses.mean()", "the mean loss is returned.", "perplexity is exp() of it."),
    ("losses.mean()", "losses.sum()", "the losses are added up: a long text would be bad for its length.",
     "take their mean."),
    ([("losses.mean()", "losses.sum() / len(labels)"), ("losses.mean()", "losses.sum() / (len(labels) - 1)")],
     "it is divided by all places: those with -100 count as losses of 0.", "divide by how many labels count."),
    ("-np.log", "np.log", "the minus is missing: a loss is minus the log of a probability.", "put it before the log."),
    ([(RESULT, "2 ** losses.mean()"), ("np.log(", "np.log2(")], "log and power have different bases.",
     "use np.log, np.exp."),
    ([(KEEP, "targets > 0"), (KEEP, "targets != 0")], "other labels than -100 are left out: 0 is a token.",
     "test for -100."),
    (SHIFTED, "predicted", "exp() of a large logit is infinite.", "subtract each row's largest logit first."),
    ([(SHIFTED, shift, SOFTMAX, f"np.exp(shifted) / np.exp(shifted).sum({axis})")
      for shift in (SHIFTED, "predicted - predicted.max(axis=0)", "predicted - predicted.max()")
      for axis in ("axis=0", "")], "the softmax doesn't run along the rows.",
     "each row's probabilities must add up to 1: axis=1, keepdims=True."),
    ([(SOFTMAX, "np.exp(shifted)"), (SOFTMAX, "np.exp(predicted)")], "the softmax is missing.",
     "divide by the row's sum."),
    ([(TRUE_ONES, f"probabilities{which}") for which in ("[:, targets]", "[targets]", "", ".max(axis=1)")],
     "whole columns or rows are taken, or the largest.", "pick one number a row, with np.arange(M) for the rows."),
)  # fmt: skip


def tell_shares(case: Case) -> Named | None:
    """Tell which of the two shares is wrong, and how."""
    if max(case.got) > 1:
        return "a share is above 1: answers are counted.", "divide both by the number of answers."
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


def look_in_text(answers: list[str], truths: list[dict[str, str]]) -> tuple[float, float]:
    """Stand for the mistake of looking for keys and values in an answer's text."""
    valid = [all(key in answer for key in truth) for answer, truth in zip(answers, truths, strict=True)]
    right = [all(key in a and t[key] in a for key in t) for a, t in zip(answers, truths, strict=True)]
    return sum(valid) / max(1, len(valid)), sum(right) / max(1, len(valid))


CALM, APP = {"topic": "refund", "tone": "calm"}, {"topic": "app", "tone": "angry"}
RIGHT = json.dumps(CALM)
INVALID = [f"```json\n{RIGHT}\n```", f"Here it is: {RIGHT}", '{"topic": "refund"}', RIGHT[:-1] + ', "island": "Tarve"}',
           "[1, 2]", '["topic", "tone"]', "topic: refund, tone: calm", "", RIGHT.replace('"', "'"), f"[{RIGHT}]",
           f"{RIGHT} {RIGHT}", f'{{"note": {RIGHT}}}', '{"Topic": "refund", "Tone": "calm"}']  # fmt: skip
VALID = [RIGHT, '{"tone": "calm", "topic": "refund"}', f"\n {RIGHT}\n", RIGHT.replace("calm", "angry"),
         RIGHT.replace("refund", "app"), RIGHT.replace("r", "R"), RIGHT.replace("d", "ds"),
         json.dumps(APP)]  # fmt: skip
json_scores.tries(
    (['{"tone": "angry"}', "calm"], [{"tone": "calm"}, {"tone": "calm"}]),
    ([RIGHT, RIGHT, "It is angry."], [CALM, APP, APP]), ([], []),
    *(([RIGHT, each], [CALM, CALM]) for each in INVALID[:5]), (VALID[:3], [CALM] * 3), (VALID[3:], [CALM] * 5),
    (INVALID, [CALM] * len(INVALID)), (["", "no"], [APP, CALM]),
    (['{"name": "Tarve"}', RIGHT], [{"name": "Tarve"}] * 2),
)  # fmt: skip
json_scores.draws(lambda rng: ([*rng.choice([*INVALID, *VALID, *VALID], 5)], [CALM, APP, *[CALM] * 3]), times=4)
KEYS, COUNTED = "found.keys() == truth.keys()", "isinstance(found, dict) and found.keys() == truth.keys()"
SHARES, READ, SAME = (
    "valid / max(1, len(answers)), right / max(1, len(answers))",
    "json.loads(answer)",
    "found == truth",
)
json_scores.mistakes(
    ([(KEYS, "truth.keys() <= found.keys()"), (KEYS, "found.keys() <= truth.keys()"),
      (KEYS, "len(found) == len(truth)")], "additional keys pass, or missing ones, or keys are only counted.",
     "compare the two sets of keys as a whole: ==."),
    ([look_in_text, (COUNTED, "all(key in answer for key in truth)")],
     "keys are looked for in the text of the answer: they may stand anywhere in it.", "look at json.loads()'s keys."),
    (COUNTED, KEYS, "JSON may be a list or a number, which has no keys.", "ask isinstance(found, dict) first."),
    ([(COUNTED, "isinstance(found, dict)"), (COUNTED, "True")], "all that is JSON, or any object, counts as valid.",
     "an answer is valid with exactly the truth's keys."),
    ([(KEYS, 'found.keys() == {"topic", "tone"}'), (COUNTED, '"topic" in found and "tone" in found')],
     "the keys topic and tone are written into the function.", "use the keys of the truth."),
    ([(READ, 'json.loads(answer.strip().strip("`").removeprefix("json"))'),
      (READ, 'json.loads(answer.replace("```json", "").replace("```", ""))'),
      (READ, 'json.loads(answer[answer.find("{") : answer.rfind("}") + 1])')],
     "what stands around the object is taken off, a fence or a sentence.", "give json.loads() the answer as it is."),
    (READ, """json.loads(answer.replace("'", '"'))""", "single quotes pass: that is Python.",
     "read the answer as it is."),
    (SHARES, "valid / max(1, len(answers)), right / max(1, valid)", "right is the share of the valid ones.",
     "divide both by the number of answers."),
    (SHARES, "valid / len(answers), right / len(answers)", "a division by zero: there may be no answers.",
     "return (0, 0)."),
    ("valid += 1", f"valid += {SAME}", "valid counts right answers.", "look at the form alone."),
    (SAME, "1", "right counts valid answers: right form, whatever it says.", "compare the whole dict with the truth."),
    ([(SAME, "any(found[key] == truth[key] for key in truth)"),
      (SAME, "sum(found[key] == truth[key] for key in truth) / len(truth)")],
     "one right value is enough, or counts half.", "compare the whole dict with the truth."),
    ("json.JSONDecodeError", "KeyError", "the error of json.loads() escapes.",
     "catch json.JSONDecodeError, and go on."),
    ([(SAME, "str(found).lower() == str(truth).lower()"), (SAME, "answer == json.dumps(truth)"),
      (SAME, "str(found) == str(truth)")], "texts are compared: case, blanks or the keys' order.",
     "compare the dicts."),
    ([("continue", "break"), ("continue", "return 0.0, 0.0")], "it stops at the first that is no JSON.", "go on."),
)  # fmt: skip


def tell_probabilities(case: Case) -> Named | None:
    """Tell whether the numbers are probabilities, and which tokens are kept."""
    got, want = np.asarray(case.got, dtype=float), np.asarray(case.want, dtype=float)
    if got.shape != want.shape or not np.isfinite(got).all():
        return None
    if abs(got.sum() - 1) > 1e-4:
        return "the numbers don't add up to 1.", "divide what is kept by its sum, as the last step."
    if ((got > 0) != (want > 0)).any():
        return "other tokens are kept than the likeliest ones that reach top_p.", "add the likeliest up, one by one."
    return "the right tokens are kept, with other probabilities.", "print softmax(logits / T) for the card's example."


@exercise("4.10", title="draw the next token", points=2, minutes=10, stars=3, answer=told(ARRAY, tell_probabilities))
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
            rng.choice([0.4, 0.6, 0.8]),
        )
        sums = np.cumsum(np.sort(np.exp(logits / temperature) / np.exp(logits / temperature).sum())[::-1])
        if np.abs(sums - top_p).min() > 0.01:
            return logits, float(temperature), float(top_p)


sample_probabilities.tries(
    (np.log([1.0, 6, 3]), 1.0, 0.7), (np.log([1.0, 6, 3]), 1.0, 1.0), (np.array([1.0, 3, 2]), 0.0, 0.5),
    (np.log([1.0, 6, 3]), 1.0, 0.3), (np.array([0.0, 2, 1, -1]), 2.0, 1.0), (np.array([2.0, 0, 1]), 0.5, 1.0),
    (np.array([1000.0, 999, 0]), 1.0, 0.99), (np.array([0.0, 3, 1, 2]), 2.0, 0.8), (np.array([-5.0, -4]), 0.0, 1.0),
    (np.array([30.0, 20, 29.9]), 0.02, 1.0), (np.log([4.0, 2, 1, 1, 2]), 1.0, 0.95),
    (np.array([1.0, 0, 3, 2]), 0.5, 0.9),
)  # fmt: skip
sample_probabilities.draws(draw_logits, times=3)
COLD, WEIGHTS = "np.eye(len(logits))[logits.argmax()]", "np.exp(logits / temperature - (logits / temperature).max())"
FILLED, SHARED = "kept[order[before < top_p]] = probabilities[order[before < top_p]]", "kept / kept.sum()"
CUT, WARM, SORTED = (
    "kept[order[{0}]] = probabilities[order[{0}]]",
    "np.exp(logits - logits.max())",
    "np.argsort(-probabilities)",
)
SUMS = "np.cumsum(probabilities[order])"
sample_probabilities.mistakes(
    ([(FILLED, CUT.format(form)) for form in (f"{SUMS} <= top_p", f"({SUMS} < top_p) | (np.arange(len(order)) == 0)")],
     "the token that crosses top_p is dropped: the kept ones don't reach it.",
     "keep it: the set must sum to top_p or more."),
    ([(FILLED, "kept = probabilities[order] * (before < top_p)"),
      (FILLED, "kept = probabilities[order][before < top_p]")], "the probabilities come back sorted, or some are gone.",
     "sort to find out which to keep; leave the array in its order."),
    (FILLED, "kept = probabilities * (before < top_p)",
     "the sums stand in sorted order, and are laid upon tokens in theirs.",
     "order[…] says which token a sum belongs to."),
    (SHARED, "kept", "what is left isn't divided by its sum: it adds up to less than 1.",
     "divide by the sum of what is kept."),
    (WEIGHTS, "np.exp(logits * temperature - (logits * temperature).max())",
     "the logits are multiplied by the temperature.", "divide by it: a high one makes the choice flatter."),
    (WEIGHTS, WARM, "the temperature isn't used.", "divide the logits by it, before the softmax."),
    ((WEIGHTS, WARM, SHARED, "kept ** (1 / temperature) / (kept ** (1 / temperature)).sum()"),
     "the temperature comes after the cut.", "divide the logits first, then softmax, then cut."),
    (f"    if temperature == 0:\n        return {COLD}\n", "", "with temperature 0 it divides by 0.",
     "give 0 its own answer."),
    ([(COLD, cold) for cold in ("logits.argmax()", "np.zeros(len(logits))", "np.exp(logits) / np.exp(logits).sum()",
       "logits")], "temperature 0 gives something else than a 1 for the largest logit and 0 for all others.",
     "make zeros, and write a 1."),
    (WEIGHTS, "np.exp(logits / temperature)", "exp() of a large number is infinite.",
     "subtract the largest one first."),
    (FILLED, "kept = probabilities", "top_p isn't used: every token stays.",
     "keep the likeliest until they reach top_p."),
    ([(FILLED, CUT.format(form)) for form in ("probabilities[order] >= top_p", "probabilities[order] >= 1 - top_p",
       "np.arange(len(order)) < top_p * len(order)")],
     "top_p is compared with single probabilities, or is a share of the tokens.", "add up, from the largest on."),
    ([(SORTED, "np.argsort(probabilities)"), (SORTED, "np.arange(len(logits))")],
     "the tokens aren't added up from the likeliest on.", "sort them, the largest probability first."),
    (FILLED, CUT.format("np.r_[0, before[:-1]] < top_p"), "one token too many is kept.",
     "stop as soon as top_p is reached."),
    (SHARED, "order[before < top_p]", "places are returned.", "return a probability for each of the V tokens."),
)  # fmt: skip
