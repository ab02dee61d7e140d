"""Lesson 07: tags for spans and for pieces, the best span, what a decoder reads; F1 of spans, BLEU's precision."""

import itertools
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from workshop.checks.kinds import Case, Kind, Named
from workshop.checks.registry import exercise, lesson
from workshop.checks.slips import LABELS, SCALAR, parts
from workshop.score import clipped_precision, entity_f1
from workshop.tune import align_labels, best_span, bio_tags, decoder_inputs

lesson(
    "07_many_tasks",
    title="One recipe, many tasks",
    minutes=70,
    seconds=150,
    extra="learn",
    libraries=("transformers", "torch"),
    causes={
        "below": "fewer sentences or steps than the recipe's, another rate, or labels that slipped by one piece.",
        "above": "sentences with names that stand in training too, or more steps than the recipe's.",
    },
)
KINDS = ["place", "ship", "role"]


def row_of(name: Callable[[Case, int], str]) -> Kind:
    """Return the kind of a row of tags, labels or ids. name: says of a place what stands there, for messages."""

    def tell(case: Case) -> Named:
        if len(case.got) != len(case.want):
            return f"the row has {len(case.got)} items, not {len(case.want)}.", "print its length after each step."
        place = next(i for i, want in enumerate(case.want) if not case.rule.same(case.got[i], want))
        return f"{name(case, place)} gets {case.got[place]!r}.", f"do place {place}, counted from 0, by hand."

    return replace(LABELS, relations=(tell,))


TOKENS = {"O": "a token outside of all spans", "B": "a span's first token", "I": "a later token of a span"}
bio_tags = exercise("7.1", bio_tags, title="tag the words of a span", points=2, minutes=5, stars=1, room=True,
                    answer=row_of(lambda case, place: TOKENS[case.want[place][0]]))  # fmt: skip
bio_tags.tries(
    (["The", "Hulda", "Grey", "leaves", "Stonnary"], [(1, 3, "ship"), (4, 5, "place")]), (["Late", "again", "?"], []),
    (["Ask", "a", "tin", "mate"], [(2, 4, "role")]), (["Dart", "Fennel", "wait"], [(0, 1, "ship"), (1, 2, "ship")]),
    (["K1", "Morrow", "Light", "S2", "."], [(0, 1, "route"), (1, 3, "ship"), (3, 4, "route")]), (["Dart"], []),
    (["12", "crowns", "30", "for", "12", "crowns"], [(0, 3, "amount"), (4, 6, "amount")]), (["D4"], [(0, 1, "route")]),
)  # fmt: skip


def draw_spans(rng: np.random.Generator, count: int) -> list[tuple[int, int, str]]:
    """Draw about two spans of `count` tokens, apart, some of them side by side."""
    ends = [0, *np.sort(rng.choice(np.arange(1, count), 3, replace=False)).tolist(), count]
    spans = [(start, end, KINDS[rng.integers(3)]) for start, end in itertools.pairwise(ends)]
    return [span for span in spans if rng.random() < 0.6]


bio_tags.draws(lambda rng: (rng.choice([*"abcd"], 7).tolist(), draw_spans(rng, 7)), times=4)
FIRST, LATER, OUTSIDE = 'f"B-{kind}"', 'f"I-{kind}"', '["O"] * len(tokens)'
TAGGED = f"[{FIRST}, *[{LATER}] * (end - start - 1)]"
UP_TO = "for i in range(start, {}):\n            tags[i] = f\"{{'B' if i == start else 'I'}}-{{kind}}\""
AFTER, BEGINS = "f\"{{'I' if start and tags[start - 1]{} else 'B'}}-{{kind}}\"", "where a span begins stands B."
bio_tags.mistakes(
    (TAGGED, f"[{LATER}] * (end - start)", "a span's first token begins with I, too: no tag has B.", BEGINS),
    (TAGGED, f"[{FIRST}] * (end - start)", "all tokens of a span begin with B.", "only the first does; then comes I."),
    ([(f"tags[start:end] = {TAGGED}", UP_TO.format(end)) for end in ("end + 1", "min(end + 1, len(tags))")],
     "the token at `end` is tagged, too, though the span ends before it.", "range(start, end) stops before end."),
    ([(FIRST, AFTER.format(part)) for part in (" != 'O'", "[2:] == kind")],
     "of two spans side by side the second begins with I.", BEGINS),
    ([(OUTSIDE, "[*tokens]")] + [(OUTSIDE, f"[{other}] * len(tokens)") for other in ('""', "None", '"o"', "0")],
     "outside of spans stands something else than O.", "begin with the letter O for each token."),
    ([(FIRST, '"B"', LATER, '"I"'), (FIRST, "kind", LATER, "kind"), (FIRST, 'f"B_{kind}"', LATER, 'f"I_{kind}"'),
      (FIRST, 'f"{kind}-B"', LATER, 'f"{kind}-I"')], "a tag isn't letter, hyphen, kind.", 'write "B-ship".'),
    (f"tags[start:end] = {TAGGED}", f"tags[start] = {FIRST}", "only a span's first token is tagged.", "go on with I."),
    ([(OUTSIDE, begin, f"tags[start:end] = {TAGGED}", UP_TO.format("end")) for begin in ("[]", '["O"]')],
     "the list has no such place yet.", "begin with an O for each token."),
    ([(" - start - 1)", f" - start{less})") for less in (" - 2", "", " + 1")],
     "a span gets more or fewer tags than it has tokens.", "end - start tokens: one B, the others I."),
    ("    return tags", "        return tags", "it returns after the first span.", "return after the loop."),
)  # fmt: skip


entity_f1 = exercise("7.2", entity_f1, title="score the spans", points=2, minutes=8, stars=2, answer=replace(
    SCALAR, relations=(lambda case: ("right: {}, true: {}, found: {}. One of your numbers differs.".format(
        sum(one.get(span) == kind for one, two in zip(*case.arguments, strict=True) for span, kind in two.items()),
        *(sum(map(len, one)) for one in case.arguments)), "print the three."),)))  # fmt: skip
SHIP, PLACE, ROLE = {(1, 2): "ship"}, {(4, 5): "place"}, {(2, 4): "role"}
entity_f1.tries(
    ([SHIP | PLACE, ROLE], [SHIP, {(2, 3): "role"}]), ([SHIP | ROLE, ROLE], [SHIP | {(2, 4): "ship"}, ROLE]), ([], []),
    ([SHIP, SHIP, PLACE], [SHIP, {}, SHIP]), ([{}, {}], [{}, {}]), ([SHIP], [{}]), ([{}], [ROLE]), ([ROLE], [PLACE]),
    ([{(0, 3): "ship"}, ROLE], [{(1, 3): "ship"}, ROLE]), ([ROLE, SHIP | ROLE | PLACE], [ROLE, PLACE]),
    ([{(0, 9): "role"} | {(10, 11): "ship"}], [{(0, 9): "role", (10, 11): "place", (12, 13): "place"}]),
    ([{}, SHIP | ROLE], [{}, SHIP | PLACE]), ([SHIP, ROLE], [ROLE, SHIP]), ([SHIP | PLACE] * 2, [SHIP | PLACE] * 2),
)  # fmt: skip


def draw_found(rng: np.random.Generator) -> tuple[list[dict], list[dict]]:
    """Draw the true spans of three sentences, and found ones, of which some have another end or kind."""
    truth, found = [{(i, j): kind for i, j, kind in draw_spans(rng, 6)} for _ in "abc"], []
    for one in truth:
        pairs = [((i, j), KINDS[rng.integers(3)] if rng.random() < 0.3 else kind) for (i, j), kind in one.items()]
        found.append({(i, j + int(rng.random() < 0.2)): kind for (i, j), kind in pairs if rng.random() < 0.8})
    return truth, found


entity_f1.draws(draw_found, times=4)


def f1_of(make: Callable[..., list], within: Callable = set) -> Callable[..., float]:
    """Return F1 over what `make` gives of each sentence's number, span and kind; within: how it is collected."""

    def score(*both: list[dict]) -> float:
        mine, other = (within(part for row, one in enumerate(several) for span, kind in one.items()
                              for part in make(row, span, kind)) for several in both)  # fmt: skip
        return 2 * len(mine & other) / max(1, len(mine) + len(other))

    return score


RIGHT, F1, NONE = "one.items() & other.items()", "2 * right / total", " if total else 0.0"
TRUE, FOUND = "max(1, sum(map(len, truth)))", "max(1, sum(map(len, predicted)))"
entity_f1.mistakes(
    (RIGHT, "one.keys() & other.keys()", "the kind is ignored: both ends are enough.", "compare the kinds, too."),
    ([f1_of(lambda _, *span: [span]), f1_of(lambda _, *span: [span], lambda pairs: dict(pairs).items())],
     "the sentences are merged: equal places in two of them are one.", "compare sentence by sentence."),
    ([f1_of(lambda row, span, *kind: [(row, i, *kind) for i in range(*span)]),
      f1_of(lambda row, span, _: [(row, i) for i in range(*span)])], "tokens are counted, not spans: half a span is "
     "half right, and a long one counts for several.", "a span is right as a whole, or not at all."),
    ([f1_of(lambda row, span, kind, side=side: [(row, span[side], kind)]) for side in (0, 1)],
     "one end is enough.", "both ends must be right."),
    (lambda *both: sum(entity_f1([a], [b]) for a, b in zip(*both, strict=True)) / max(1, len(both[0])),
     "a mean of the sentences' F1 is taken.", "count over all sentences, then divide once."),
    (F1, f"right / {FOUND}", "it is precision: of what is found, how much is right.", "count the true ones, too."),
    (F1, f"right / {TRUE}", "it is recall: of what there is, how much is found.", "count the found ones, too."),
    (F1, f"(right / {TRUE} + right / {FOUND}) / 2", "it is the plain mean of precision and recall.",
     "F1 is 2 × right / (true + found)."),
    (F1, "right / (total - right)", "right ones are divided by all that differ.", "divide 2 × right by true + found."),
    (F1, "right / total", "the 2 is missing: all right would be a half.", "a right span is in both numbers."),
    ([(NONE, ""), (F1, "2 / (total / right)"), (f"{F1}{NONE}", "2 / (total / right)")],
     "nothing is right, found or there: it divides by 0.", "return 0 then."),
    ("else 0.0", "else 1.0", "where nothing is to be found, 1 is returned.", "return 0 there."),
    ([lambda *both, part=part: entity_f1(*(one[part] for one in both)) for part in (slice(1), slice(-1, None))],
     "only one sentence counts: `return` stands in the loop, or = where += belongs.", "add up, then return."),
    (f"{F1}{NONE}", "0.0", "it is always 0: nothing is found right.", "print what you compare."),
)  # fmt: skip


def tell_span(case: Case) -> Named:
    """Return why a span isn't the best one."""
    (starts, ends, longest), (i, j) = case.arguments, case.got
    if not 0 <= i <= j < min(i + longest, len(ends)):
        side = "ends before it begins" if j < i else "is too long, or leaves the text"
        return f"this span {side}.", "only i <= j < i + longest is allowed, and j < T."
    score, best = (starts[one] + ends[two] for one, two in (case.got, case.want))
    if score < best:
        return "another span has a higher sum.", "print the sum of each allowed pair."
    return "another span has the same sum, and comes earlier.", "of equal sums keep the first that you meet."


best_span = exercise("7.3", best_span, title="find the best span", points=2, minutes=8, stars=2, room=True,
                     answer=replace(parts("first", "last"), relations=(tell_span,)))  # fmt: skip
best_span.tries(
    ([1, 0, 3, 0], [0, 4, 1, 3], 2), ([2, 1, 3], [1, 5, 0], 3), ([3, 1, 0, 0], [0, 1, 2, 5], 2), ([2, 5], [4, 3], 1),
    ([-4, -2, -3], [-1, -5, -2], 2), ([-3, -1, -2, -4], [-2, -2, -6, -1], 1), ([1, 1, 1], [2, 2, 2], 3),
    ([0, 3, 0, 2], [0, 0, 3, 4], 2), ([1, 4, 0, 3, 0], [5, 0, 1, 3, 2], 3), ([5, 0, 0, 4], [0, 0, 5, 4], 2),
    ([0.5, 2, 0, 0, 0], [0, 0, 1, 1.5, 3], 3), ([-2, 3, 1], [-4, -1, -3], 2), ([0, 2, 2, 0], [1, 1, 3, 3], 2),
    ([0, 0, 6, 1], [7, 1, 2, 0], 9), ([1, 2, 3, 0], [3, 2, 1, 0], 1), ([-3, -5, -1], [-1, -2, -6], 3), ([-1], [-2], 4),
)  # fmt: skip
best_span.draws(lambda rng: (*rng.integers(-5, 6, (2, 6)).tolist(), int(rng.integers(1, 5))), times=6)
REACH, SUM, PAIRS = "min(i + longest, len(ends))", "starts[pair[0]] + ends[pair[1]]", "max(pairs,"
BEST, STARTS, ENDS = f"{PAIRS} key=lambda pair: {SUM})", "starts.index(max(starts))", "ends.index(max(ends))"
APART = "both choices are one: the pair with the best sum."
best_span.mistakes(
    (BEST, f"{STARTS}, {ENDS}", "the best start and the best end are chosen apart: they needn't make a span.", APART),
    ([("range(len(starts))", f"[{STARTS}]"), ("in range(i,", f"in ({{{ENDS}}} & {{*range(i,", REACH, f"{REACH})}}")],
     "one end is chosen first, then the other to fit it.", APART),
    (" + ends[pair[1]]", " * ends[pair[1]]", "logits are multiplied: two negative ones give a positive number.",
     "add them: a span's score is the sum."),
    ([(REACH, f"min(i + {more}, len(ends))") for more in ("longest + 1", "max(1, longest - 1)", "longest - 1")],
     "the longest spans are a token too long or too short.", "`longest` tokens end at i + longest - 1."),
    (REACH, "len(ends)", "`longest` isn't used.", "let j end at i + longest - 1."),
    ([("range(i, ", f"range({less}, ") for less in ("max(0, i - longest + 1)", "0")],
     "a span may end before it begins.", "let j begin at i."),
    ([("range(i, ", "range(i + 1, ", *more) for more in ((), (PAIRS, "max(pairs, default=None,"), (PAIRS, "max(pairs, "
      "default=(0, 0),"))], "a span of one token isn't tried.", "first and last may be the same: i <= j."),
    ([(PAIRS, "max(pairs[::-1],"), (SUM, f"({SUM}, pair[0] - pair[1])"), (SUM, f"({SUM}, pair[1] - pair[0])")],
     "of equal sums another than the earliest is taken.", "first the lower i, then the lower j: replace only if >."),
    ([(BEST, f"max([(), *pairs], key=lambda pair: {SUM} if pair else 0) or {none}") for none in ("(0, 0)", "None")],
     "the best sum begins at 0, but logits may all be negative.", "begin with -float('inf')."),
    ([(BEST, form.format(f"max({SUM} for pair in pairs)")) for form in ("{}", f"(*{BEST}, {{}})", f"({BEST}, {{}})")],
     "the sum is returned, alone or with the pair.", "return (i, j)."),
    ([(BEST, f"(lambda i, j: [i, {j}])(*{BEST})") for j in ("j + 1", "j - i", "j - i + 1")],
     "the token after the last is returned, or a length.", "return the last one's own place, counted from 0."),
    ([(SUM, "starts[pair[0]]"), (SUM, "ends[pair[1]]")], "only one of the two logits counts.", "add both."),
    ([(BEST, "pairs[-1]"), (BEST, "pairs[0]")], "the first or the last pair is returned, whatever its sum.",
     "keep the best pair and its sum, and return after the loops."),
)  # fmt: skip


clipped_precision = exercise("7.4", clipped_precision, title="count what a reference has", points=2, minutes=8, stars=3,
                             answer=replace(SCALAR, relations=(lambda case: (
    f"here {case.want * (size := max(1, len(case.arguments[0]) - case.arguments[2] + 1)):.0f} of {size} n-grams count: "
    "one of your numbers is another.", "print the two."),)))  # fmt: skip
SAID, MORE, THE = "six crowns and six crowns", "six crowns thirty now", "the the the ship"
clipped_precision.tries(*((one.split(), [each.split() for each in several], n) for one, n, *several in (
    (THE, 1, "the ship", "the ship and the quay"), ("six crowns", 1, "six crowns 30"), ("six", 2, "six crowns"),
    (SAID, 2, "six crowns and ten"), ("no no", 1, "yes"), (THE, 1, "the quay the", "a ship"), ("", 1, "six"),
    ("the the", 1, "the ship", "the quay"), (SAID, 2, "six crowns and", "and six crowns"), ("a b", 2, "b a c"),
    ("quay the ship", 2, "the ship quay"), (MORE, 3, "now six crowns thirty", "six crowns"), ("ten", 1, "one", "ten"),
    ("a b a b", 2, "a b a", "b a b"), ("The ship", 1, "the ship"), ("on ship", 1, "moon ship"), ("a b", 2, "a c", "b"),
    ("a b c d", 2, "c d", "a b x x x x"), ("a b c", 1, "a b c d e f"), ("a a b b", 1, "a a", "b"),
    ("six six six", 2, "six six"), ("a b c d e", 4, "a b c d x", "x b c d e"), ("six", 1, "six six"))))  # fmt: skip
clipped_precision.draws(lambda rng: (rng.choice([*"aabc"], rng.integers(4, 7)).tolist(), [rng.choice([*"abcd"], size)
                                     .tolist() for size in (4, 6)], int(rng.integers(1, 3))), times=6)  # fmt: skip
OFTEST, CUT, UNDER = "max(one[gram] for one in theirs)", "_count(words, n)", "max(1, mine.total())"
CLIP, ONCE = f"min(count, {OFTEST})", "any(one[gram] for one in theirs)"
GRAMS = "Counter({}(words[i : i + n]) for i in range(len(words) - n + 1))"
BELOW, SHARE = "divide by the number of the candidate's n-grams.", f"right / {UNDER}"
clipped_precision.mistakes(
    (CLIP, f"count * {ONCE}", "nothing is clipped: what stands once in a reference counts as often as it is repeated.",
     "how often here, how often at most in one reference: the smaller number counts."),
    (OFTEST, OFTEST.replace("max", "sum"), "clipped at the sum over the references.", "take the maximum over them."),
    ([(CLIP, ONCE, UNDER, "max(1, len(mine))"), (CLIP, ONCE)], "each n-gram counts once, as in a set.",
     "count how often each one stands there."),
    ([("in theirs)", f"in theirs[{part}])") for part in (":1", "-1:")], "only one reference is looked at.",
     "an n-gram may stand in any of them."),
    (OFTEST, OFTEST.replace("max", "min"), "an n-gram must stand in all references.", "one is enough: the maximum."),
    ([lambda words, many, n, to=to: to([clipped_precision(words, [one], n) for one in many]) for to in (max, np.mean)],
     "each reference is scored by itself.", "take each n-gram's maximum over all references, then divide once."),
    ([(UNDER, "mine.total()"), (SHARE, "right / mine.total() if candidate else 0")],
     "a candidate shorter than n has no n-gram: it divides by 0.", "return 0 then."),
    (UNDER, "max(1, len(candidate))", "it is divided by the number of words.", BELOW),
    ([(UNDER, f"max(1, {way}(one.total() for one in theirs))") for way in ("max", "min", "sum")]
     + [(UNDER, "max(1, theirs[0].total())")], "it is recall: divided by the n-grams of a reference.", BELOW),
    (CUT, "_count(words, 1)", "words are counted, whatever `n` is.", "cut runs of n words."),
    ([(CUT, "_count(words[:-1], n)"), (CUT, "_count(words[1:], n)")], "the last or the first n-gram is missing.",
     "a text of T words has T - n + 1."),
    ([(CUT, GRAMS.format(way)) for way in ("frozenset", "(lambda g: tuple(sorted(g)))")],
     "the order of the words in an n-gram is lost.", "compare tuples of words in their order."),
    (CLIP, "count * any(' '.join(gram) in ' '.join(one) for one in references)",
     "texts are searched: parts of words count, and nothing is clipped.", "compare and count tuples of words."),
    (CLIP, f"count * {CLIP}", "an n-gram that comes twice is added twice over.", "go through the different n-grams."),
    (SHARE, "0.0", "it is always 0: nothing is found in a reference.", "print what you compare."),
    (SHARE, "right / mine.total() if mine else 1.0", "without n-grams, 1 is returned.", "return 0."),
    (SHARE, "right", "a number is returned, not a share.", BELOW),
)  # fmt: skip


align_labels = exercise("7.5", align_labels, title="label the pieces", points=2, minutes=6, stars=2, room=True,
                        answer=row_of(lambda case, place: "a word's first piece" if case.want[place] != -100 else
                        f"a {'mark' if case.arguments[0][place] is None else 'later piece'}"))  # fmt: skip
align_labels.tries(
    ([None, 0, 1, 1, 2, None], [0, 3, 4]), ([0, 1, 2], [2, 0, 1]), ([None, 0, 0, 0, 1, 1, None], [5, 0]), ([None], []),
    ([None, 0, 2, 2, 3, None], [1, 7, 2, 4]), ([None, 0, 1, None], [3, 3]), ([None, 0, 1, 1, 2, None], [2, 2, 2]),
    ([None, 1, 2, None], [9, 4, 5]), ([0, 0, 3], [1, 8, 8, 6]), ([None, 0, 1, 2, 2, 2, None, None], [0, 0, 3]),
)  # fmt: skip
align_labels.draws(lambda rng: ([None, *np.repeat(np.arange(5), rng.integers(0, 4, 5)).tolist(), None],
                                rng.integers(0, 7, 5).tolist()), times=4)  # fmt: skip
NOT, ITS, BEFORE = "word is None or word == last", "labels[word]", "[None, *word_ids]"
WHOLE, ROUND = f"IGNORED if {NOT} else {ITS}", "zip(word_ids, before, strict=False)"
THREE, OTHERS = "{} if word is None else {} if word == last else labels[word]", ("0", "-1", "None", "100")
align_labels.mistakes(
    (NOT, "word is None", "every piece gets its word's label.", "only the first piece does, the others -100."),
    ([(NOT, "word == last"), (NOT, "False")], "None is used as a place in `labels`: a mark has no word.",
     "ask first: `if word is None`."),
    ([(NOT, "not word or word == last"), (ITS, f"{ITS} or IGNORED"), (NOT, "not word or word == last", ITS, f"{ITS} or "
      "IGNORED")], "word 0 or label 0 is taken for none: 0 counts as false.", "write `word is None`."),
    (ITS, "labels[sorted({*word_ids} - {None}).index(word)]", "the words are counted, but one may have no piece.",
     "its number is its place in `labels`."),
    (BEFORE, "[*word_ids[1:], None]", "the last piece gets the label, not the first.", "look at the number before."),
    (NOT, f"word is None or last is not None and {ITS} == labels[last]",
     "labels are compared: two words side by side may have the same.", "compare the words' numbers."),
    ([(WHOLE, THREE.format(*pair)) for one in OTHERS for pair in (("-100", one), (one, "-100"), (one, one))],
     "another number than -100 stands at later pieces or marks.", "write -100 there: 0 is a label, too."),
    (WHOLE, THREE.format("-100", f"{ITS} + {ITS} % 2"), "later pieces get I's label: another custom.", "give -100."),
    ([(ROUND, f"{ROUND} if {part}") for part in ("word is not None", "word != last", f"not ({NOT})")],
     "pieces or marks are left out.", "each piece gets a number."),
    (f"else {ITS}", "else word", "the word's number is returned, not its label.", "look it up: labels[word]."),
)  # fmt: skip


decoder_inputs = exercise(
    "7.6", decoder_inputs, title="what the decoder reads", points=2, minutes=5, stars=1,
    answer=row_of(lambda case, place: f"the {'place of a label' if place else 'first place'}"))  # fmt: skip
decoder_inputs.tries(
    ([7, 2, -100, -100], 1, 0), ([7, 8, 9], 1, 0), ([5], 3, 4), ([6, 2, -100, -100, -100], 1, 0), ([-100, 4, 2], 5, 3),
    ([4, 4, 2], 0, 0), ([3, 0, 1, 2, 0], 9, 6), ([-100, -100], 2, 8), ([8, -100, 8, 2], 3, 9), ([9, 8, 7, 6, 2], 0, 1),
)  # fmt: skip
decoder_inputs.draws(lambda rng: ([*rng.integers(3, 9, rng.integers(2, 5)).tolist(), 2, *[-100] * rng.integers(0, 4)],
                                  int(rng.integers(10, 20)), int(rng.integers(0, 2))), times=4)  # fmt: skip
MENDED, SHORT, FRONT = "pad_id if label == IGNORED else label", "labels[:-1]", "[start_id, *"
INSTEAD, MOVE = "write pad_id in its place: no token has the number -100.", "put start_id in front, drop the last."
decoder_inputs.mistakes(
    ([(FRONT, "[*", SHORT, f"[*labels[1:], {end}]") for end in ("start_id", "pad_id", "-100", "2", "labels[0]")],
     "shifted to the left: this is what comes after the next.", MOVE),
    (FRONT, "[*", SHORT, "labels", "nothing is shifted: each place would see what it must say.", MOVE),
    (MENDED, "label", "-100 is left in: it is no token's number.", INSTEAD),
    (SHORT, "labels", "it is one too long.", "the last label goes: nothing comes after it."),
    (SHORT, "labels[1:]", "the start mark replaces the first label.", "move all on by one: the last one goes."),
    (FRONT, "[*", "the start mark is missing.", "begin with start_id."),
    ([(FRONT, "[pad_id, *"), (MENDED, MENDED.replace("pad_id", "start_id")), (FRONT, "[pad_id, *", MENDED,
      MENDED.replace("pad_id", "start_id"))], "start_id and pad_id are exchanged, or one is used for both.",
     "start_id once, in front; pad_id wherever a label is -100."),
    ([(SHORT, f"{part} if label != IGNORED") for part in (SHORT, "labels")], "places of -100 are left out.", INSTEAD),
    (FRONT, "[labels[-1], *", "the last label comes round to the front.", "begin with start_id."),
    (MENDED, "label if label == IGNORED else pad_id", "labels are replaced, -100 isn't.", INSTEAD),
)  # fmt: skip
