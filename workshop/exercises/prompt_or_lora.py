"""Lesson 04: scoring answers, prompts with examples, data for tuning, low-rank updates, perplexity and sampling."""

import json
import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from workshop.checks.ask import Ask
from workshop.checks.kinds import Case, Named
from workshop.checks.registry import exercise, lesson
from workshop.checks.slips import ARRAY, BAG, CHOICE, IN_LOOP, LABELS, MESSAGES, SCALAR, parts
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
IGNORED, RANK = -100, "r is how many rows A has: len(A), or A.shape[0]."
MARKS, ARTICLES = r"(?<!\d)[^\w\s]|[^\w\s](?!\d)", r"\b(a|an|the)\b"


def clean(text: str, hyphen: str = " ", marks: str = MARKS, articles: str = ARTICLES, gap: str = "") -> str:
    """Return a text with something in a hyphen's place, and in the place of marks, without what `articles` finds."""
    return re.sub(articles, "", re.sub(marks, gap, text.replace("-", hyphen)))


def matcher(one: Callable = str.split, case: Callable = str.lower, **how: str) -> Callable[[str, str], bool]:
    """Return exact_match with a step done otherwise. one: what is compared of a text; how: as `clean` takes it."""
    return lambda answer, truth: one(clean(case(answer), **how)) == one(clean(case(truth), **how))


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
                       answer=replace(CHOICE, relations=(tell_match,)))  # fmt: skip
exact_match.tries(
    ("The 7:35 boat.", "7:35 boat"), ("OTTERMAY", "Ottermay"), ("Tarve", "tarve"), ("it leaves at 7:35", "7:35"),
    ("735", "7:35"), ("at 195 crowns", "at 1.95 crowns"), ("38500", "38,500"), ("at 7:35 now", "at 7:35 now!"),
    ("wear", "weather"), ("sefront", "sea front"), ("banow", "bathe now"), ("an hour", "hour"), ('"The boat"', "boat"),
    ("7:35", "7:35"), ("A boat", "the boat"), ("non-refundable", "non refundable"), ("nonrefundable", "non-refundable"),
    ("10-15 minutes", "10 15 minutes"), ("1015 minutes", "10-15 minutes"), ("at 7:35 a.m.", "at 7:35 am"),
    ("It costs 19.", "it costs 19"), ('("19")', "19"), ("pier b.2", "pier b2"), ("2.b", "2b"), ("to  b \n", "to b"),
    ("Tarve to Ottermay", "Ottermay to Tarve"), ("two two", "two"), ("don't know", "dont know"), ("no", "not"),
    ("7:35", "7:35 or 8:05"), ("bicycle", "the bicycles"), ("quay two?", "quay two"), ("quaytwo", "quay two"),
    ("42", "28"), ("8:40", "7:35"), ("he goes", "goes"), ("to the boat", "to boat"), ("the the bus", "bus"),
    ("$9", "9"), ("don't", "don t"),
)  # fmt: skip
PHRASES, WAYS = ["the 7:35 boat", "1.95 crowns", "a check-in", "an Easy One"], [str.upper, "The {}!".format, str.title]
exact_match.draws(lambda rng: (WAYS[rng.integers(3)](one := PHRASES[rng.integers(4)]), [one, "boat"][rng.integers(2)]))
exact_match.mistakes(
    ([lambda a, b: b in a, lambda a, b: b.lower() in a.lower(), lambda a, b: " ".join(clean(b.lower()).split()) in
     " ".join(clean(a.lower()).split())], "the truth is looked for within the answer.", "ask if they are equal."),
    (matcher(marks=r"[^\w\s]"), "all punctuation is taken off: 7:35 becomes 735.", "keep a mark between two digits."),
    ([matcher(articles=form) for form in ("the|an|a", "the|a", "the", "(the|an|a) ", "a|an|the", "(a|an|the) ")],
     'articles are cut out of longer words: "the" stands in "weather".', "split first, then leave out whole words."),
    ([matcher(articles=form) for form in (r"\bthe\b", r"\b(a|the)\b", r"^(a|an|the)\b", "-")],
     "articles stay: not all of a, an and the are left out.", "leave out all three, wherever they stand."),
    (lambda answer, truth: answer == truth, "the texts are compared as they came.", "clean both of them first."),
    (matcher(case=str), "upper-case and lower-case letters count as different.", "use lower() on both texts first."),
    (matcher(marks=MARKS + r"|(?<!\d)\d|\d(?!\d)"), "digits go like marks: isalpha().", "use isalnum()."),
    (matcher(articles=r"\b(an?|n|th?|h?e|h|the)\b"), '"he" goes like "the": `in` finds parts.', "use a tuple."),
    (matcher(articles=r"(?<!\bthe )" + ARTICLES), "of two articles in a row one stays.", "build a new list."),
    (matcher(marks=r"[^\w\s](?!\d)|(?<!\d)(?!\A.*\d\Z)[^\w\s]"), "at i = 0, i - 1 is the last place.", "ask i > 0."),
    (matcher(lambda text: text.split(" "), articles=ARTICLES + " ?"), "there are empty words.", "use split()."),
    (matcher(gap=" "), "a mark becomes a blank: a.m. becomes two words.", "put nothing in its place."),
    ([matcher(marks="-"), lambda answer, truth: answer.lower() == truth.lower()],
     "punctuation stays: a full stop at the end makes an answer wrong.", "take off all but marks between two digits."),
    (matcher(marks=r"(?<!\S)[^\w\s]+|[^\w\s]+(?!\S)"), "marks go at the ends of words alone.", "look within: a.m."),
    ([matcher(marks=form) for form in (r"(?<!\d)[^\w\s](?!\d)", r"(?<!\d)[^\w\s]", r"[^\w\s](?!\d)")],
     "a mark next to one digit is kept: a full stop may follow one.", "ask for a digit on both sides: left and right."),
    ([matcher(hyphen=""), matcher(hyphen="-"), matcher(hyphen="#", marks=r"#|" + MARKS)],
     "a hyphen is taken off like other marks, or kept.", 'replace "-" by a blank before you take punctuation off.'),
    ([matcher(one=str), matcher(one=str.strip)], "blanks are compared.", "compare the lists of words."),
    ([matcher(one=lambda text: {*text.split()}), matcher(one=lambda text: sorted(text.split()))],
     "the order of the words, or how often one comes, isn't looked at.", "compare the lists of words as they are."),
)  # fmt: skip


def tell_chat(case: Case) -> Named | None:
    """Tell how a chat stands to the right one: its form, its roles, its turns, its texts."""
    if not all(isinstance(each, dict) and {*each} == {"role", "content"} for each in case.got):
        return "not every item is a dict with the keys role and content.", "append each message as such a dict."
    got, want = ([each["role"] for each in chat] for chat in (case.got, case.want))
    if len(got) == len(want) > 1 and all(each == case.got[0] for each in case.got):
        return "all turns are one and the same dict, changed each time.", "make a new dict for each turn."
    if not {*got} <= {"system", "user", "assistant"}:
        return "a role is called otherwise than system, user or assistant.", "the template knows these three."
    if got == want:
        return "the turns are right, but a text isn't as it was given.", "put each in as it is: no strip()."
    if len(got) - got.count("system") <= 1 and len(want) > 3:
        return "everything is written into one user turn.", "make two turns of each example: question and answer."
    if "system" in want and "system" not in got:
        return "the instruction has no turn of its own.", "begin with a system turn, where there is an instruction."
    return f"the roles come as {', '.join(got) or 'nothing'}.", "do the card's example by hand, turn by turn."


@exercise("4.2", title="show it examples", points=2, minutes=5, stars=1, room=True,
          answer=replace(MESSAGES, relations=(tell_chat,)))  # fmt: skip
def few_shot_messages(instruction: str, examples: list[tuple[str, str]], question: str) -> list[dict[str, str]]:
    """Return a chat: the instruction, if there is one, each example as two turns, and last the question."""
    turns = [("system", instruction)] if instruction else []
    for asked, answered in examples:
        turns.append(("user", asked))
        turns.append(("assistant", answered))
    turns.append(("user", question))
    return [{"role": role, "content": text} for role, text in turns]


few_shot_messages.tries(
    ("Name the tone.", [("Where is my bag?!", "angry")], "Thank you!"), ("Name the tone.", [], "Thank you!"),
    ("", [("Where is my bag?!", "angry"), ("Lovely crew.", "grateful")], "Is it late?"), ("", [], "Is it late?"),
    ("Say one word.", [("a", "b"), ("c", "d"), ("a", "b")], "a"), (" Be kind.\n", [(" a\n", "b ")], "\tIs it late? "),
)  # fmt: skip
TEXTS = ["Where is my bag?!", "Lovely crew.", "Is it late?", "Thank you!", "calm", "angry", "grateful"]
few_shot_messages.draws(lambda rng: (rng.choice(["", *TEXTS]), [(*rng.choice(TEXTS, 2),)] * 2, rng.choice(TEXTS)))
ASKED, REPLIED = (f'        turns.append(("{each}))\n' for each in ('user", asked', 'assistant", answered'))
LAST, AGAIN = '    turns.append(("user", question))\n', "    for asked, answered in examples:\n"
few_shot_messages.mistakes(
    (" if instruction else []", "", "an empty instruction becomes a system turn.", "ask first whether there is one."),
    ('"assistant"', '"user"', "the examples' answers come from another role: they are the model's.", "use assistant."),
    ((LAST, "", AGAIN, LAST + AGAIN), "the question stands before the examples.", "put the question last."),
    ('"system"', '"user"', "the instruction has another role.", "use system."),
    ((REPLIED, f"{REPLIED}    {LAST}", LAST, ""), "the question comes after each example.", "write it once."),
    ([(ASKED, ""), (REPLIED, ""), *(("in examples:", f"in {some}:") for some in ("[]", "examples[:1]",
     "examples[-1:]"))], "an example, or half of one, is missing.", "append two turns for each example."),
    ((ASKED, ASKED.replace("asked", "answered"), REPLIED, REPLIED.replace("answered", "asked")),
     "question and answer of an example are exchanged.", "the first text of a pair is the user's."),
    (("    return", "        return", LAST, f"    {LAST}"), "`return` stands inside the loop.", IN_LOOP),
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


GOOD = [write_line("user", "assistant"), write_line("system", "user", "assistant"), write_line("assistant"),
        write_line("assistant", "user"), write_line("user", "assistant", content="")]  # fmt: skip
NOT_JSON = ["{'messages': []}", '{"messages": [', "", "Ahoy", write_line("user", "assistant")[:-1]]
NO_MESSAGES = ['{"text": "my messages"}', '{"messages": []}', '[{"role": "user", "content": "assistant"}]', "{}",
               "3", "null", '"messages"']  # fmt: skip
NO_ANSWER = [write_line("user"), write_line("system", "user", content="assistant"), write_line("user", "user")]
EVERY = [*GOOD, *NOT_JSON, *NO_MESSAGES, *NO_ANSWER]
find_problems.tries(
    ([write_line("user"), GOOD[0], "Ahoy"],), (NO_MESSAGES[:2],), (NO_MESSAGES,), (NOT_JSON,), (NO_ANSWER,), (GOOD,),
    ([],), ([GOOD[0], NO_MESSAGES[2], GOOD[1]],), (["{}", "", *GOOD, "Ahoy", *NO_ANSWER],),
)  # fmt: skip
find_problems.draws(lambda rng: ([EVERY[i] for i in rng.integers(0, len(EVERY), 6)],))
OBJECT, ROLES = 'row.get("messages") if isinstance(row, dict) else None', '[message["role"] for message in messages]'
NO_ROLE = f'"assistant" not in {ROLES}'
find_problems.mistakes(
    (", start=1", "", "lines are counted from 0.", "count from 1: enumerate(lines, start=1)."),
    ([("    return", "        return"), ("continue", "break"), ("continue", "return problems")],
     "it stops at the first line, or at the first that is no JSON.", "look at every line, and return after the loop."),
    ("json.JSONDecodeError", "KeyError", "the error of json.loads() escapes.", "catch it, go on with the next."),
    ([("isinstance(row, dict)", test) for test in ("True", "not isinstance(row, list)")],
     "a line may be JSON and no object: neither a list nor 3 has get().", "ask isinstance(row, dict)."),
    ("in messages]", 'in messages if message["content"]]', "an empty text counts as none.", "look at roles."),
    ("not messages", "messages is None", "an empty list of messages passes.", "it has no messages."),
    ([(NO_ROLE, '"assistant" not in line'), (NO_ROLE, '"assistant" not in str(messages)')],
     "the word assistant is looked for in the text of the line.", "look at the roles: a message may speak of one."),
    ([(NO_ROLE, "len(messages) < 2"), ("in messages]", "in messages[:1]]"), ("in messages]", "in messages[-1:]]"),
     (NO_ROLE, f'{{*{ROLES}}} != {{"assistant"}}')], "messages are counted, or one of them decides.", "look at all."),
)  # fmt: skip


@exercise("4.4", title="mask the prompt", points=2, minutes=5, stars=1, room=True,
          answer=replace(LABELS, relations=(lambda case: (
              ("the prompt's labels are wrong.", "write -100 for each of its tokens.")
              if [*case.got[: case.arguments[1]]] != case.want[: case.arguments[1]]
              else ("the answer's labels are wrong, or how many there are.", "keep each of its ids.")),)))  # fmt: skip
def mask_prompt(ids: list[int], prompt_length: int) -> list[int]:
    """Return the labels of T token ids: -100 for the prompt's, the ids themselves for the answer's."""
    return [IGNORED if place < prompt_length else token for place, token in enumerate(ids)]


mask_prompt.tries(
    ([1, 520, 2, 87, 33, 2], 3), ([5, 6, 7, 8, 2], 2), ([1, 9, 2, 9, 1, 2], 3), ([4, 0, 7, 0, 2], 2), ([3, 4, 5], 0),
    ([3, 4, 2], 3), ([3, 4, 2], 5), ([8, 8, 8, 8, 2], 1), ([7, 2, 6, 2, 5, 2], 4),
)  # fmt: skip
mask_prompt.draws(lambda rng: ([*rng.integers(0, 12, 7).tolist(), 2], rng.integers(1, 7)))
HIDDEN, WHOLE = (text := "IGNORED if place < prompt_length else token"), f"[{text} for place, token in enumerate(ids)]"
NEXT = "else [*ids, IGNORED][place + 1]"
mask_prompt.mistakes(
    ([("else token", NEXT), ("prompt_length else token", f"prompt_length - 1 {NEXT}"), (WHOLE, f"{WHOLE}[1:]")],
     "the labels are shifted by one: the loss does that itself.", "don't shift."),
    ([(HIDDEN, f"{other} if place < prompt_length else token") for other in ("0", "-1", "None", "100", "1", "2")],
     "another number than -100 stands where nothing is to be learnt: 0 is a token too.", "write -100 there."),
    (WHOLE, "ids[prompt_length:]", "the prompt is dropped.", "put -100 in the place of each of its tokens."),
    ([(HIDDEN, f"IGNORED if place < prompt_length or token == {end} else token") for end in (2, 0)],
     "tokens of the answer are masked by their value: 2, which ends the turn, must be learnt.", "mask by place."),
    ([(HIDDEN, "IGNORED if place < prompt_length or place == len(ids) - 1 else token"), (WHOLE, f"{WHOLE}[:-1]")],
     "the last token is masked or gone: it ends the turn, and must be learnt.", "let it keep its label."),
    ([("place < prompt_length", by) for by in ("token in ids[:prompt_length]", "2 in ids and place <= ids.index(2)")],
     "tokens are masked by value: the prompt's may occur in the answer too.", "mask by place, the first ones."),
    (WHOLE, "[IGNORED] * prompt_length + ids[prompt_length:]",
     "a prompt as long as all the ids, or longer, gives more labels than tokens.", "min() gives the shorter length."),
    (WHOLE, "[IGNORED] * prompt_length + ids[-(len(ids) - prompt_length) :]",
     "counted from the end, nothing is everything: ids[-0:] is the whole list.", "count from the front."),
    ([("<", "<="), ("< prompt_length", "< prompt_length - 1")], "one token too many, or too few.", "count by hand."),
)  # fmt: skip


@exercise("4.5", title="add the low-rank path", points=3, minutes=9, stars=2, room=True, answer=ARRAY)
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
PLAIN = [(*ONE, 2.0), (*ONE[:3], np.zeros((3, 1)), 2.0), (*ONE, 0.0), (ONE[0], 0 * ONE[1], *ONE[2:], 1.0)]
PLAIN += [(ONE[0], np.eye(2), np.array([[1.0, 2], [0, 1]]), np.array([[1.0, 0], [3, 1]]), 2.0)]  # all square
PLAIN += [draw_lora(np.random.default_rng(seed), 1 + seed % 3) for seed in range(6)]
low_rank_forward.tries(*PLAIN)
low_rank_forward.draws(draw_lora, times=3)
SCALES = (
    ("alpha / len(A) * ", "", "the update isn't scaled by alpha / r.", "multiply it. " + RANK),
    ("alpha / len(A)", "alpha", "the update isn't divided by r.", RANK),
    ([("len(A)", f"{number}") for number in (1, 2, 4, 8, 16)], "r is a fixed number, whatever A is.", RANK),
    ([("len(A)", each) for each in ("A.shape[1]", "len(B)", "len(W)", "np.sqrt(len(A))")],
     "it is divided by another number than r: the inputs, the outputs, or a root.", RANK),
    ([("alpha / len(A)", each) for each in ("alpha * len(A)", "len(A) / alpha", "1 / len(A)", "alpha // len(A)")],
     "alpha and r are put together otherwise than alpha / r.", "divide alpha by r, with / and not with //."),
)  # fmt: skip
SCALE, SUM = "alpha / len(A) * ", "base + alpha / len(A) * update"
low_rank_forward.mistakes(
    *SCALES,
    ([(SUM, "update"), (SUM, f"{SCALE}update")], "the update alone is returned: W is left out.", "add x @ W.T."),
    ([(SUM, f"{SCALE}(base + update)"), (SUM, f"{SCALE}base + update")], "the base is scaled.", "leave it."),
    ([("x @ A.T @ B.T", f"x @ {both}") for both in ("B.T @ A.T", "B @ A")], "A and B are exchanged.", "A comes first."),
    (SUM, "base", "the update is left out: W's output alone is returned.", "add the path through A and B."),
    ([("W.T", "W"), ("A.T", "A"), ("B.T", "B"), ("W.T", "W", "A.T", "A", "B.T", "B"), ("x @ A.T @ B.T", "x @ (B @ A)")],
     "a matrix isn't turned: all have their outputs as rows, as in torch.", "x @ W.T fits: (N, in) @ (in, out)."),
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
    ("B @ A", "B * A", "* multiplies number by number.", "use @, the product of two matrices."),
    ("W + ", "", "the update alone is returned.", "add W."),
    ("(B @ A)", "(B[:, :1] @ A[:1])", "only A's first row is used: `return` stands inside the loop.", IN_LOOP),
    (("W + ", "", "(B @ A)", "(W + B @ A)"), "W is scaled too.", "scale the update alone."),
)  # fmt: skip


@exercise("4.7", title="count what is trained", points=1, minutes=5, stars=1, answer=replace(SCALAR, relations=(
    lambda case: (f"too {'few' if case.got < case.want else 'many'} are counted.", "draw A and B."),)))  # fmt: skip
def count_trainable(shapes: list[tuple[int, int]], rank: int) -> int:
    """Return how many numbers A (rank, in) and B (out, rank) hold together, over all matrices (out, in)."""
    return sum(rank * (out + size) for out, size in shapes)


count_trainable.tries(
    ([(4, 3), (2, 3)], 2), ([(5, 3)], 1), ([(576, 576), (192, 576)] * 30, 8), ([], 4), ([(3, 3)], 3), ([(2, 3)], 5),
    ([(2, 7), (7, 2), (2, 7)], 3),
)  # fmt: skip
count_trainable.draws(lambda rng: ([(*rng.integers(2, 9, 2).tolist(),) for _ in "ab"], rng.integers(1, 6)), times=3)
count_trainable.checks(lambda ask: Ask(ask.exercise, lambda shapes, rank: ask.caller([*map(tuple, shapes)], rank)).each(
    ask.exercise.inputs(ask.rng)))  # fmt: skip  # with pairs, as the card says: a check makes lists of all
PAIR = "rank * (out + size)"
count_trainable.mistakes(
    ("(out + size)", "out * size", "rows and columns are multiplied: r times the whole W.", "count A, then B."),
    ([(PAIR, "rank * size"), (PAIR, "rank * out")], "only A, or only B, is counted.", "add the two."),
    ([(PAIR, "out * size"), (PAIR, f"{PAIR} + out * size")], "W is counted too: it is frozen.", "count A and B alone."),
    ([(PAIR, "(out + size)"), (PAIR, "rank + out + size"), (PAIR, "rank * out + size"), (PAIR, "out + rank * size")],
     "rank isn't a factor of both parts: brackets may be missing.", "A has rank · in numbers, B has out · rank."),
    ([(PAIR, "rank * 2 * out"), (PAIR, "rank * 2 * size")], "A and B are taken as equally large.", "add them."),
    ([("in shapes", "in shapes[:1]"), ("in shapes", "in shapes[-1:]")], "only one matrix is counted.", "add up: +=."),
)  # fmt: skip


@exercise("4.8", title="measure perplexity", points=3, minutes=10, stars=3, answer=SCALAR)
def perplexity(logits: np.ndarray, labels: np.ndarray) -> float:
    """Return exp of the mean cross-entropy of the next tokens; logits (T, V), labels (T,), -100 left out."""
    predicted, targets = logits[:-1], labels[1:]  # (T - 1, V), (T - 1,)
    counted = targets != IGNORED
    predicted, targets = predicted[counted], targets[counted]  # (M, V), (M,)
    shifted = predicted - predicted.max(axis=1, keepdims=True)
    probabilities = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    losses = -np.log(probabilities[np.arange(len(targets)), targets])  # (M,)
    return float(np.exp(losses.mean()))


perplexity.tries(
    (np.array([[0.0, 0], [5, 1], [0, 0]]), np.array([-100, 1, -100])), (np.zeros((4, 4)), np.array([-100, 3, 0, 2])),
    (np.array([[0.0, 2, 1], [1, 0, 3], [2, 2, 0], [0, 1, 1]]), np.array([-100, -100, 2, 0])),
    (np.array([[1.0, 0, 2], [0, 3, 1], [2, 0, 0]]), np.array([0, 2, 1])),
    (np.array([[1000.0, 0], [0, 1000], [0, 0]]), np.array([-100, 0, 1])),
    (np.array([[30.0, 0], [0, 0]]), np.ones(2, int)), (np.array([[2000.0, 0], [0, 1], [0, 0]]), np.array([-100, 0, 1])),
    (np.array([[2.0, 0], [0, 1], [1, 1], [0, 2], [3, 0]]), np.array([1, -100, 0, -100, 1])),
)  # fmt: skip
perplexity.draws(lambda rng: (rng.integers(-2, 3, (6, 4)) / 1, np.r_[rng.choice([-100, 0, 1, 3], 5), rng.integers(4)]))
SHIFTED = "predicted - predicted.max(axis=1, keepdims=True)"
TRUE_ONES = "probabilities[np.arange(len(targets)), targets]"
LOGS = "np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(targets)), targets]"
SOFTMAX, BOTH = "np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)", "logits[:-1], labels[1:]"
KEEP, RESULT, OWN = "targets != IGNORED", "np.exp(losses.mean())", "labels != IGNORED"
perplexity.mistakes(
    ([(BOTH, "logits, labels"), (BOTH, "logits[1:], labels[1:]"), (BOTH, "logits[:-1], labels[:-1]")],
     "nothing is shifted: place t predicts the token at t + 1.", "leave out the last row and the first label."),
    (BOTH, "logits[1:], labels[:-1]", "it is shifted the wrong way.", "leave out the last row and the first label."),
    (KEEP, "targets == targets", "-100 is used as a place: no token has that id.", "leave these out."),
    (BOTH, f"logits[{OWN}][:-1], labels[{OWN}][1:]", "ignored places are taken out before the shift.", "shift first."),
    (BOTH, f"logits[:-1], np.where({OWN}, labels, 0)[1:]", "-100 is replaced by 0, and scored.", "leave it out."),
    (RESULT, "np.exp(losses).mean()", "the exponentials are averaged.", "take the mean first, then exp()."),
    (RESULT, "losses.mean()", "the mean loss is returned.", "perplexity is exp() of it."),
    ("losses.mean()", "losses.sum()", "the losses are added up: long texts would be bad.", "take their mean."),
    ([("losses.mean()", "losses.sum() / len(labels)"), ("losses.mean()", "losses.sum() / (len(labels) - 1)")],
     "it is divided by all places: those with -100 count as losses of 0.", "divide by how many labels count."),
    ([(RESULT, "2 ** losses.mean()"), ("np.log(", "np.log2(")], "log and power have different bases.", "base e."),
    ([(KEEP, "targets > 0"), (KEEP, "targets != 0")], "0 is left out too: it is a token.", "test for -100."),
    (SHIFTED, "predicted", "exp() of a large logit is infinite.", "subtract each row's largest logit first."),
    ([(SHIFTED, "predicted - logits.max()"), (SHIFTED, "predicted - logits.max()", f"-np.log({TRUE_ONES})", LOGS)],
     "all rows lose one number: exp() gives only 0 in a row of small ones.", "subtract each row's own largest logit."),
    ([(TRUE_ONES, f"{TRUE_ONES} + 1e-{n}") for n in (8, 9, 10, 12, 15)],
     "a small number is added before log(): an unlikely token's loss is too small.", "leave it out."),
    ("-np.log(", "np.log(", "the minus before log() is missing: the loss is -log(p).", "turn the sign."),
    ([(SHIFTED, shift, SOFTMAX, f"np.exp(shifted) / np.exp(shifted).sum({axis})") for axis in ("axis=0", "")
     for shift in (SHIFTED, "predicted - predicted.max()")], "the softmax doesn't run along the rows.", "use axis=1."),
    ([(SOFTMAX, "np.exp(shifted)"), (SOFTMAX, "np.exp(predicted)")], "the softmax is missing.", "divide by the sum."),
    ([(TRUE_ONES, f"probabilities{which}") for which in ("[:, targets]", "[targets]", "", ".max(axis=1)")],
     "whole columns or rows are taken, or the largest.", "pick one number a row, with np.arange(M) for the rows."),
)  # fmt: skip


@exercise("4.9", title="score JSON answers", points=2, minutes=6, stars=2, answer=parts("valid", "right"))
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
    return valid / (n := max(1, len(answers))), right / n


RIGHT, APP = json.dumps(CALM := {"topic": "refund", "tone": "calm"}), {"topic": "app", "tone": "angry"}
INVALID = [f"```json\n{RIGHT}\n```", f"Here it is: {RIGHT}", '{"topic": "refund"}', RIGHT[:-1] + ', "island": "Tarve"}',
           "[1, 2]", '["topic", "tone"]', "topic: refund, tone: calm", "", RIGHT.replace('"', "'"), f"[{RIGHT}]",
           f"{RIGHT} {RIGHT}", f'{{"note": {RIGHT}}}', '{"Topic": "refund", "Tone": "calm"}', "42", "null"]  # fmt: skip
VALID = [RIGHT, '{"tone": "calm", "topic": "refund"}', f"\n {RIGHT}\n", RIGHT.replace("calm", "angry"),
         RIGHT.replace("refund", "app"), RIGHT.replace("r", "R"), json.dumps(APP)]  # fmt: skip
json_scores.tries(
    (['{"tone": "angry"}', "calm"], [{"tone": "calm"}, {"tone": "calm"}]),
    ([RIGHT, RIGHT, "It is angry."], [CALM, APP, APP]), ([], []),
    *(([RIGHT, each], [CALM, CALM]) for each in INVALID[:5]), (VALID[:3], [CALM] * 3), (VALID[3:], [CALM] * 4),
    (INVALID, [CALM] * len(INVALID)), (["", "no"], [APP, CALM]),
    (['{"name": "Tarve"}', RIGHT], [{"name": "Tarve"}] * 2), ([RIGHT, '{"name": "Tarve"}'], [CALM, {"name": "Tarve"}]),
)  # fmt: skip
json_scores.draws(lambda rng: ([*rng.choice([*INVALID, *VALID, *VALID], 5)], [CALM, APP, *[CALM] * 3]), times=4)
KEYS, READ, SAME = "found.keys() == truth.keys()", "json.loads(answer)", "found == truth"
COUNTED, SHARES = f"isinstance(found, dict) and {KEYS}", "valid / (n := max(1, len(answers))), right / n"
json_scores.mistakes(
    ([(KEYS, "truth.keys() <= found.keys()"), (KEYS, "found.keys() <= truth.keys()"), (KEYS,
     "len(found) == len(truth)")], "additional keys pass, or missing ones.", "compare all keys: ==."),
    ((READ, "answer", COUNTED, "all(key in found for key in truth)", SAME, "all(truth[key] in found for key in truth)"),
     "keys are looked for in the text of the answer: they may stand anywhere in it.", "look at json.loads()'s keys."),
    ([(COUNTED, KEYS), (COUNTED, f"not isinstance(found, list) and {KEYS}")],
     "JSON may be a list, a number or null, which has no keys.", "ask isinstance(found, dict) first."),
    (KEYS, "found.keys() == truths[0].keys()", "the first truth's keys are used for all.", "use its own."),
    ([(COUNTED, "isinstance(found, dict)"), (COUNTED, "True")], "any JSON, or any object, is valid.", "look at keys."),
    ([(KEYS, 'found.keys() == {"topic", "tone"}'), (COUNTED, '"topic" in found and "tone" in found')],
     "the keys topic and tone are written into the function.", "use the keys of the truth."),
    ([(READ, f"json.loads(answer{form})") for form in ('.strip().strip("`").removeprefix("json")',
     '.replace("```json", "").replace("```", "")', '[answer.find("{") : answer.rfind("}") + 1]')],
     "what stands around the object is taken off.", "give json.loads() the answer as it is."),
    (SHARES, "valid / max(1, len(answers)), right / max(1, valid)", "right is a share of the valid.", "divide by all."),
    (SHARES, "valid, right", "answers are counted: shares are wanted.", "divide both by the number of answers."),
    (SHARES, "valid / len(answers), right / len(answers)", "there may be no answers: 0 / 0.", "return (0, 0)."),
    ("valid += 1", f"valid += {SAME}", "valid counts right answers.", "look at the form alone."),
    (SAME, "1", "right counts valid answers: right form, whatever it says.", "compare the whole dict with the truth."),
    ([(SAME, f"{way}(found[key] == truth[key] for key in truth){by}") for way, by in (("any", ""), ("sum", " / 2"))],
     "one right value is enough, or counts half.", "compare the whole dict with the truth."),
    ("json.JSONDecodeError", "KeyError", "the error of json.loads() escapes.", "catch JSONDecodeError."),
    ([("continue", "break"), ("continue", "return 0.0, 0.0")], "it stops at the first that is no JSON.", "go on."),
)  # fmt: skip


@exercise("4.10", title="draw the next token", points=2, minutes=10, stars=3, answer=ARRAY)
def sample_probabilities(logits: np.ndarray, temperature: float, top_p: float) -> np.ndarray:
    """Return what the next token is drawn from, (V,): 0 outside of the smallest set that reaches top_p."""
    if temperature == 0:
        return 1.0 * (np.arange(len(logits)) == logits.argmax())
    weights = np.exp(logits / temperature - (logits / temperature).max())
    probabilities = weights / weights.sum()
    order = np.argsort(-probabilities)
    before = np.cumsum(probabilities[order]) - probabilities[order]
    kept = np.zeros(len(logits))
    kept[order[before < top_p]] = probabilities[order[before < top_p]]
    return kept / kept.sum()


def draw_logits(rng: np.random.Generator) -> tuple[np.ndarray, float, float]:
    """Draw five different logits, a temperature, and a top_p halfway between two sums of probabilities."""
    logits, temperature, count = rng.permutation(9)[:5] / 2, float(rng.choice([0.5, 1, 2])), rng.integers(1, 3)
    sums = np.cumsum(np.sort(np.exp(logits / temperature) / np.exp(logits / temperature).sum())[::-1])
    return logits, temperature, float(sums[count - 1 : count + 1].mean())


sample_probabilities.tries(
    (np.log([1.0, 6, 3]), 1.0, 0.7), (np.log([1.0, 6, 3]), 1.0, 1.0), (np.array([1.0, 3, 2]), 0.0, 0.5),
    (np.log([1.0, 6, 3]), 1.0, 0.3), (np.array([0.0, 2, 1, -1]), 2.0, 1.0), (np.array([2.0, 0, 1]), 0.5, 1.0),
    (np.array([1000.0, 999, 0]), 1.0, 0.99), (np.array([0.0, 3, 1, 2]), 2.0, 0.8), (np.array([-5.0, -4]), 0.0, 1.0),
    (np.array([30.0, 20, 29.9]), 0.02, 1.0), (np.log([4.0, 2, 1, 1, 2]), 1.0, 0.95),
    (np.array([1.0, 0, 3, 2]), 0.5, 0.9), (np.log([1.0, 2, 1]), 1.0, 0.5), (np.array([0, 1e-12, -1]), 0.0, 1.0),
)  # fmt: skip
sample_probabilities.draws(draw_logits, times=3)
COLD, WARM = "1.0 * (np.arange(len(logits)) == logits.argmax())", "np.exp(logits - logits.max())"
FILLED, SHARED = "kept[order[before < top_p]] = probabilities[order[before < top_p]]", "kept / kept.sum()"
T, CUT = "logits / temperature", "kept[order[{0}]] = probabilities[order[{0}]]"
ZERO, SHARE = f"    if temperature == 0:\n        return {COLD}\n", "weights / weights.sum()"
WEIGHTS, SUMS, SORTED = f"np.exp({T} - ({T}).max())", "np.cumsum(probabilities[order])", "np.argsort(-probabilities)"
sample_probabilities.mistakes(
    ([(FILLED, CUT.format(form)) for form in (f"{SUMS} <= top_p", f"({SUMS} < top_p) | (np.arange(len(order)) == 0)")],
     "the token that crosses top_p is dropped.", "keep it: the set must sum to top_p or more."),
    ([(FILLED, f"kept = probabilities[order]{cut}") for cut in (" * (before < top_p)", "[before < top_p]")],
     "the probabilities come back sorted, or some are gone.", "leave the array in its order, and sort places."),
    (FILLED, "kept = probabilities * (before < top_p)", "sums are sorted, tokens aren't.", "use order[…]."),
    (SHARED, "kept", "what is left isn't divided by its sum.", "it must add up to 1."),
    (WEIGHTS, WEIGHTS.replace("/", "*"), "the logits are multiplied by the temperature.", "divide: high is flatter."),
    (WEIGHTS, WARM, "the temperature isn't used.", "divide the logits by it, before the softmax."),
    ((WEIGHTS, WARM, SHARED, "kept ** (1 / temperature) / (kept ** (1 / temperature)).sum()"),
     "the temperature comes after the cut.", "divide the logits first, then softmax, then cut."),
    (ZERO, "", "with temperature 0 it divides by 0.", "give temperature 0 a branch of its own, with `if`, first."),
    ([(ZERO, f"    temperature = max(temperature, 1e-{n})\n") for n in (2, 3, 4, 5, 6, 8, 9, 10, 12)],
     "a small number stands for temperature 0: two logits that nearly tie share.", "write a 1 at the largest logit."),
    (FILLED, CUT.format("before <= top_p"), "a token more is kept, though top_p is reached without it.", "ask for <."),
    (WEIGHTS, WARM, SHARE, f"{SHARE} / temperature", "the probabilities are divided by T.", "divide the logits by it."),
    ([(COLD, cold) for cold in ("logits.argmax()", "np.zeros(len(logits))", "logits")],
     "temperature 0 gives something else than a single 1, at the largest logit.", "make zeros, and write a 1."),
    (WEIGHTS, "np.exp(logits / temperature)", "exp() of a large number is infinite.", "subtract the largest."),
    (FILLED, "kept = probabilities", "top_p isn't used: every token stays.", "cut when it is reached."),
    ([(FILLED, CUT.format(form)) for form in ("probabilities[order] >= 1 - top_p", "np.arange(len(kept)) < top_p * 5")],
     "top_p meets single probabilities, or counts tokens.", "compare it with sums."),
    ([(SORTED, "np.argsort(probabilities)"), (SORTED, "np.arange(len(logits))")], "the likeliest come last.", "sort."),
)  # fmt: skip
