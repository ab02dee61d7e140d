"""Lesson 05: passages, an index of cells, joined rankings, prompts, a threshold, blame, updates, grounded answers."""

from collections.abc import Callable
from dataclasses import replace
from itertools import takewhile
from typing import Any

import numpy as np

from workshop.bot import build_prompt
from workshop.checks.kinds import Case, Named
from workshop.checks.mistakes import Rule
from workshop.checks.protocol import NOT_PLAIN, TIME_UP
from workshop.checks.registry import exercise, lesson
from workshop.checks.slips import BAG, CHOICE, RANKING, SCALAR, TEXT, parts
from workshop.search import fuse_rankings

lesson(
    "05_retrieval_bot",
    title="A retrieval bot",
    minutes=85,
    seconds=180,
    extra="rag",
    libraries=("scipy.special",),
    causes={
        "below": "fewer questions than the recipe's, other passages, or a prompt that lost the best one.",
        "above": "questions whose answers the model was tuned on, or passages chosen with the answer in hand.",
    },
)
STRIDE = "each passage begins size - overlap words after the one before."


def tell_passages(case: Case) -> Named | None:
    """Tell in what a list of passages differs: form, blanks, number of passages, or words of the first wrong one."""
    if not all(isinstance(each, str) for each in case.got):
        return "a passage isn't a text.", 'put its words together: " ".join(words).'
    got, want = ([each.split() for each in passages] for passages in (case.got, case.want))
    if got == want:
        return "the words are right, but not the blanks between them.", 'split(), then " ".join(…).'
    place = next((i for i, (one, other) in enumerate(zip(got, want, strict=False)) if one != other), None)
    if place is None:
        side = "many" if len(got) > len(want) else "few"
        return f"too {side} passages; the others are right.", "stop at the first that has the last word."
    return f"passage {place}, counted from 0, begins or ends elsewhere: {len(got[place])} words.", STRIDE


@exercise("5.1", title="split a text into passages", points=2, minutes=9, stars=2, room=True, seconds=2.0,
          answer=replace(BAG, rule=Rule(), relations=(tell_passages,)))  # fmt: skip
def split_passages(text: str, size: int, overlap: int) -> list[str]:
    """Return passages of `size` words, each with the last `overlap` words of the one before at its front."""
    if overlap >= size:
        raise ValueError(f"expected an overlap of less than {size} words, got {overlap}.")
    words = text.split()
    starts = range(0, max(1, len(words) - overlap), size - overlap)
    return [" ".join(words[start : start + size]) for start in starts] if words else []


split_passages.tries(
    ("a b c d e f g", 3, 1), ("a b c d e f", 4, 1), ("a b c d e", 2, 0), ("a b c d e", 4, 3), ("a b", 5, 2),
    ("a b", 5, 3), ("", 3, 1), (" \n ", 2, 0), ("two  blanks\nand a\n\nline", 3, 1), ("a b c d", 2, 0), ("a", 1, 0),
    ("no no no no no", 2, 1), ("the cat sat a", 3, 0), ("a b c d e f g h", 5, 2), ("a b c d e f g", 6, 2),
)  # fmt: skip
split_passages.draws(lambda rng: (" ".join(rng.choice([*"abcdefgh"], rng.integers(4, 11))),
                                  size := int(rng.integers(2, 6)), int(rng.integers(0, size))), times=4)  # fmt: skip
UNTIL, SOON, JOIN, STEP = "max(1, len(words) - overlap)", "len(words)", '" ".join', "size - overlap)"
CUT, MADE = "words[start : start + size]", '[" ".join(words[start : start + size]) for start in starts]'
CHARACTERS, SPLIT = ("text.split()", "[*text]"), "text.split()"
split_passages.mistakes(
    ([(UNTIL, "len(words) - size + 1"), (UNTIL, "len(words) - size")],
     "the tail is lost: only full passages are kept.", "keep the last passage, however short it is."),
    ([(UNTIL, SOON), (UNTIL, "len(words) - overlap + 1")],
     "the last passage is a stub: all its words stand in the one before.", "stop where a passage has the last word."),
    ([(UNTIL, SOON, STEP, "overlap)"), (STEP, "overlap)"), (UNTIL, SOON, STEP, "max(1, overlap))")],
     "it goes on by `overlap` words, not by size - overlap.", STRIDE),
    ([(UNTIL, SOON, STEP, "size)"), (UNTIL, SOON, STEP, "size + overlap)")], "nothing overlaps.", STRIDE),
    ([(UNTIL, SOON, STEP, "size)", CUT, f"words[{part}]") for part in
      ("max(0, start - overlap) : start + size", "start : start + size + overlap")],
     "the overlap is added to passages of `size` words.", f"`size` includes it; {STRIDE}"),
    ([CHARACTERS, (*CHARACTERS, JOIN, '"".join'), (*CHARACTERS, JOIN, '"".join', UNTIL, SOON)],
     "characters are counted, not words.", "split the text into words first."),
    ([(" if words else []", ""), (" if words else []", " if text else []")],
     "a text without words gives a passage without words.", "an empty text gives an empty list."),
    ([(SPLIT, 'text.split(" ")'), (SPLIT, 'text.replace("\\n", " ").split(" ")')],
     'split(" ") makes empty words of two blanks, and leaves new lines in.', "call split() without an argument."),
    (UNTIL, "len(words) - overlap", "a text that is no longer than the overlap is lost.", "any word gives a passage."),
    (JOIN, '"".join', "the words of a passage run together.", 'join them with a blank: " ".join(words).'),
    ([(CUT, "words[start : start + size + 1]"), (CUT, "words[start : start + size - 1]")],
     "a passage has a word too many, or too few.", "words[a:b] has b - a words: the one at b isn't in."),
    ([(STEP, f"{STEP[:-1]} + 1)"), (STEP, f"max(1, {STEP[:-1]} - 1))")], "passages begin one word too late or too early.",
     STRIDE), (CUT, "words[max(0, min(start, len(words) - size)) :][:size]",
     "the last passage is filled up with words from before.", "let it be short."),
    ([lambda *given: [*dict.fromkeys(split_passages(*given))],
      (MADE, '(p := [" ".join(words[i : i + size]) for i in starts])[:1] + [b for a, b in zip(p, p[1:]) if b not in a]')],
     "a stub is told by its text: words may come again.", "go by places: does the passage before reach the end?"),
)  # fmt: skip


@split_passages.checks
def judge_passages(ask: Any) -> None:
    """Compare with the reference, then ask what must be refused with a ValueError; first: is anything else?"""
    inputs, rule = split_passages.inputs(ask.rng), 'begin with `if overlap >= size: raise ValueError("…")`.'
    for given in inputs:
        reply = ask.caller(*given)
        refused = reply.error_type == "ValueError" and "raise" in reply.error_text
        ask.true(not refused, f"split_passages{given} returns passages: the overlap is less than the size.",
                 f"an error. {reply.error_text}", "your `raise` comes where nothing is wrong.", rule)  # fmt: skip
        if reply.error_type:
            break
    ask.each(inputs)
    for given in (("a b c d", 2, 2), ("a b c d", 2, 3), ("a b", 3, 3)):
        reply = ask.caller(*given)
        likely = {"": "overlap >= size raises no error.", NOT_PLAIN: "an error is returned, not raised.",
                  TIME_UP: "the next passage begins where this one does, so the loop never ends."}  # fmt: skip
        ask.true(reply.error_type == "ValueError", f"split_passages{given} raises a ValueError.", reply.value if not
                 reply.error_type else f"an error. {reply.error_text}", likely.get(reply.error_type, "another error than "
                 "ValueError is raised."), rule)  # fmt: skip


def tell_found(case: Case) -> Named | None:
    """Tell where the ids come from that a search in cells shouldn't give, or what is missing."""
    query, vectors, centroids, cells, probes, k = case.arguments
    got = np.ravel(case.got).tolist()
    if not all(isinstance(each, int) and 0 <= each < len(vectors) for each in got):
        return "something else than rows of `vectors` is returned.", "return ids, not vectors, scores or cells."
    if not {*cells[got]} <= {*np.argsort(-(centroids @ query))[:probes]}:
        return "ids come from cells that aren't probed.", "keep ids whose cell is among the nearest `probes`."
    if len(got) > k or len({*got}) < len(got):
        return "there are more than k ids, or one comes twice.", "cut after the last sort, not within a loop."
    if sorted(got) == sorted(case.want):
        return "the right ids, in another order.", "sort all of them together by their inner product."
    return "the cells are right, but nearer vectors in them are left out.", "score the ids of all probed cells together."


@exercise("5.2", title="search in cells", points=3, minutes=10, stars=3,
          answer=replace(RANKING, relations=(tell_found,)))  # fmt: skip
def search_cells(
    query: np.ndarray, vectors: np.ndarray, centroids: np.ndarray, cells: np.ndarray, probes: int, k: int
) -> list[int]:
    """Return the k best rows of vectors (N, D) among the `probes` cells whose centroids (C, D) are the nearest."""
    nearest = np.argsort(-(centroids @ query), kind="stable")[:probes]  # numbers of cells
    found = np.flatnonzero(np.isin(cells, nearest))  # ids
    order = np.argsort(-(vectors[found] @ query), kind="stable")
    return found[order][:k].tolist()


# Directions of length 1 with short decimals: inner product, cosine and distance agree on who is nearest.
CIRCLE = np.array([(x * a, y * b) for a, b in ((0.6, 0.8), (0.8, 0.6)) for x in (1, -1) for y in (1, -1)]
                  + [(1.0, 0), (0, 1), (-1, 0), (0, -1)])  # fmt: skip
E, N, W, S = CIRCLE[8:]
ROWS = np.array([S, [0.8, 0.6], N, [0.6, 0.8], W, E])


def draw_cells(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, int, int]:
    """Draw seven vectors in three cells of their nearest centroids, no two of them equally near to the query."""
    while True:
        query, *rows = CIRCLE[rng.permutation(12)]
        vectors, centroids = np.array(rows[:7]), np.array(rows[7:10])
        if min(np.diff(np.sort(each @ query)).min() for each in (vectors, centroids)) > 0.01:
            cells = (vectors @ centroids.T).argmax(axis=1)
            return query, vectors, centroids, cells, int(rng.integers(1, 3)), int(rng.integers(2, 5))


search_cells.tries(*((query, ROWS[rows], np.array(centroids), np.array(cells), probes, k)
                     for query, rows, centroids, cells, probes, k in (
    (E, [2, 3, 1, 0], [N, E], [0, 0, 1, 1], 1, 2), (E, [0, 1, 2, 3, 4, 5], [N, E], [0, 1, 0, 0, 0, 1], 2, 3),
    (E, [0, 1, 2, 3, 4, 5], [N, W, E], [2, 2, 0, 0, 1, 2], 1, 2), (N, [0, 1, 2, 3, 4, 5], [S, W, N], [0, 2, 2, 2, 1, 0],
    2, 9), (E, [3, 1, 1, 5, 3], [W, E], [1, 1, 1, 0, 1], 1, 3), (N, [1, 3, 2, 4], [[0.6, -0.8], E, [-0.6, 0.8], N],
    [1, 3, 3, 2], 2, 2), (N, [4, 2, 5], [N, E, W], [2, 0, 1], 1, 5), (W, [0, 1, 2, 3, 4, 5], [E, [-0.8, 0.6], W, N],
    [0, 0, 3, 3, 2, 0], 3, 2), (E, [3, 1, 2, 0], [[0.8, -0.6], [0.6, 0.8], W], [1, 1, 1, 0], 2, 2))))  # fmt: skip
search_cells.draws(draw_cells, times=5)
NEAREST, FOUND = 'np.argsort(-(centroids @ query), kind="stable")[:probes]', "np.flatnonzero(np.isin(cells, nearest))"
ORDER, BEST = 'np.argsort(-(vectors[found] @ query), kind="stable")', "found[order][:k].tolist()"
EACH = "[i for c in nearest for i in [i for i in np.argsort(-(vectors @ query)).tolist() if cells[i] == c]{0}]{1}"
SORTS = "argsort() sorts upwards: the largest inner product is the nearest."
search_cells.mistakes(
    (BEST, "order[:k].tolist()", "places within the cells are returned, not ids.", "look up found[order]."),
    ([("[:probes]", "[:1]"), (FOUND, "np.flatnonzero(cells == nearest[-1])")],
     "only one cell is searched, whatever `probes` is.", "keep the ids of all the cells that are probed."),
    ([("-(centroids @ query)", "centroids @ query"), ("[:probes]", "[-probes:]")], "the farthest cells are searched.",
     SORTS), ([("-(vectors[found] @ query)", "vectors[found] @ query"), (BEST, "found[order][-k:].tolist()")],
     "the farthest vectors come first.", SORTS),
    (FOUND, "np.arange(len(cells))", "all vectors are searched: the cells aren't used.", "leave out other cells' ids."),
    (BEST, "[i for i in np.argsort(-(vectors @ query))[:k].tolist() if i in found]",
     "k are taken before the cells are looked at.", "first find the ids in the probed cells, then take k of them."),
    (NEAREST, "np.arange(probes)", "the first cells are searched, whatever their centroids.", "score the centroids."),
    (FOUND, "np.flatnonzero(np.isin(cells, cells[nearest]))",
     "a cell's number is used as a row of `cells`, which has a number for each vector.", "compare the numbers."),
    (BEST, "nearest.tolist()", "numbers of cells are returned.", "find the ids i whose cells[i] is among them."),
    (ORDER, "np.arange(len(found))", "the ids aren't sorted: the first k of the cells are returned.", "score them."),
    (BEST, EACH.format("", "[:k]"), "the cells are read one after the other: the nearest cell's ids all come first.",
     "put the ids of all probed cells together, and sort them once."),
    ([(BEST, EACH.format("[:k]", "")), (BEST, f"sorted({EACH.format('[:k]', '')}, key=lambda i: -vectors[i] @ query)")],
     "k ids are taken from each cell.", "put the ids of all probed cells together, sort once, and take k."),
    (("[:probes]", "[:k]", "[:k]", "[:probes]"), "probes and k are exchanged.", "probes counts cells, k ids."),
    ("[:k]", "", "all ids of the cells are returned, not k.", "cut the sorted list after k."),
    ([(ORDER, back := "np.argsort(vectors[found] @ query)[::-1]"), (ORDER, back, NEAREST,
      "np.argsort(centroids @ query)[::-1][:probes]")], "of equally near vectors the higher id comes first.",
     "[::-1] turns ties around, too: sort the negative scores."),
    (BEST, "vectors[found][order][:k]", "the vectors are returned, not their ids.", "return found[order]."),
)  # fmt: skip


def tell_fused(case: Case) -> Named | None:
    """Tell which ids are missing or too many in a joined ranking, or that its order is another one."""
    got, every = np.ravel(case.got).tolist(), {found for ranking in case.arguments[0] for found in ranking}
    if len({*got}) < len(got) or not {*got} <= every:
        return "an id comes several times, or something else than ids.", "keep one total for each id, in a dict."
    if {*got} < every:
        return "ids are missing.", "an id counts even where only one ranking has it: go through all of them."
    return "all ids are there, in another order.", "add up 1 / (constant + rank) for two ids by hand."


fuse_rankings = exercise("5.3", fuse_rankings, title="join two rankings", points=2, minutes=7, stars=2, room=True,
                         answer=replace(RANKING, relations=(tell_fused,)))  # fmt: skip
fuse_rankings.tries(
    ([[4, 7, 9], [9, 4]], 60), ([[7, 2], [2, 7]], 60), ([[5, 3, 8], [8, 6]], 0), ([[1, 2, 3]], 60), ([[3, 1], []], 60),
    ([[1, 2, 3], [5, 4, 2]], 0), ([[2, 4, 6, 8, 1], [8, 6, 1, 3]], 60), ([[5], [3], [4]], 60), ([[0, 3], [3, 5, 0]], 3),
    ([[6, 5, 4, 3], [5, 2], [3, 7, 8, 4]], 2), ([[1, 2, 3, 4, 5, 6], [6, 7]], 20), ([[9, 8, 7, 6], [6, 5], [6, 9]], 1),
)  # fmt: skip


def draw_rankings(rng: np.random.Generator) -> tuple[list[list[int]], int]:
    """Draw two rankings, or three whose totals don't lie so near that the order of adding decides."""
    while True:
        constant, count = int(rng.choice([0, 1, 10, 60])), int(rng.integers(2, 4))
        rankings = [rng.permutation(9)[: rng.integers(2, 6)].tolist() for _ in range(count)]
        totals = [sum(1 / (constant + one.index(i) + 1) for one in rankings if i in one) for i in range(9)]
        if count == 2 or np.diff(np.sort([total for total in totals if total])).min() > 1e-6:
            return rankings, constant


fuse_rankings.draws(draw_rankings, times=4)
SHARE, SORTED, TOTAL = "1 / (constant + place)", "(-totals[found], found)", "totals.get(found, 0.0) + 1"
ALL, ADD = "return sorted(totals, key=lambda found: (-totals[found], found))", "add up 1 / (constant + rank) for each id."


def fuse_by(total: Callable[..., float], within: Callable = any) -> Callable[..., list[int]]:
    """Return a fusion by total(ranks, constant, lengths of rankings without the id). within: one has the id, or all."""

    def fuse(rankings: list[list[int]], constant: float) -> list[int]:
        ids, key = {i for ranking in rankings for i in ranking if within(i in other for other in rankings)}, {}
        for i in ids:
            ranks, lacking = [one.index(i) + 1 for one in rankings if i in one], [one for one in rankings if i not in one]
            key[i] = -total(ranks, constant, [*map(len, lacking)]), i
        return sorted(ids, key=key.get)

    return fuse


def rrf(ranks: list[int], constant: float, *_: Any) -> float:
    """Return the total that counts."""
    return sum(1 / (constant + rank) for rank in ranks)


fuse_rankings.mistakes(
    ("start=1", "start=0", "ranks are counted from 0.", "the best has rank 1: enumerate(ranking, start=1)."),
    ([fuse_by(lambda ranks, *_: -np.mean(ranks)), fuse_by(lambda ranks, c, _: 1 / (c + np.mean(ranks)))],
     "ids are sorted by their mean rank: what one ranking alone has would win.", ADD),
    ([fuse_by(rrf, all), fuse_by(lambda ranks, *_: -sum(ranks), all)],
     "only ids that all rankings hold are kept.", "an id that a ranking lacks gets 0 from it, and stays."),
    (fuse_by(lambda ranks, *_: -sum(ranks)), "ranks are added up: an id that is missing somewhere gains by it.", ADD),
    (fuse_by(lambda ranks, c, _: rrf(ranks, c) / len(ranks)), "the total is divided by how many rankings hold the id.",
     "leave it a sum: to be in several lists must count."),
    ([fuse_by(lambda ranks, c, lacking, more=more: rrf([*ranks, *(n + more for n in lacking)], c)) for more in (0, 1)],
     "an id gets something from a ranking that lacks it.", "it must get nothing there."),
    ([(SHARE, f"1 / ({number} + place)") for number in (60, 1)], "`constant` isn't used.", "divide by constant + rank."),
    ([(SHARE, "1 / place"), (SHARE, "1 / constant + place")], "`constant` or brackets are missing.",
     "write 1 / (constant + rank)."),
    (SHARE, "1", "how many rankings hold an id counts, not at which rank.", ADD),
    ([(SORTED, "-totals[found]"), (SORTED, "(-totals[found], -found)")], "ties don't go to the lower id.",
     "sort by a pair: (-total, id)."),
    (SORTED, "(totals[found], found)", "the lowest total comes first.", "sort by the negative total."),
    (TOTAL, "1", "the last ranking that holds an id decides: its total is replaced.", "add to the total so far."),
    ([lambda rankings, constant: [*dict.fromkeys(found for ranking in rankings for found in ranking)],
      lambda rankings, constant: [*dict.fromkeys(one[i] for i in range(9) for one in rankings if i < len(one))]],
     "the rankings are laid end to end, or dealt out in turn.", ADD),
    ([(ALL, "return totals"), (ALL, "return sorted(totals.items(), key=lambda pair: (-pair[1], pair[0]))"),
      (ALL, "return sorted(totals.values(), reverse=True)")], "totals are returned, not ids.", "sort the dict's keys."),
    ([("for ranking in rankings:", "for ranking in rankings[:1]:"), ("    return sorted", "        return sorted")],
     "only the first ranking is read.", "does `return` come after both loops?"),
)  # fmt: skip


def tell_prompt(case: Case) -> Named | None:
    """Tell what stands wrongly in a prompt: its passages, its heading, its question."""
    question, passages, _ = case.arguments
    counts = [sum(passage in text for passage in passages) for text in (case.got, case.want)]
    if counts[0] != counts[1]:
        return f"{counts[0]} whole passages are in, not {counts[1]}.", "count words up to each passage; take it whole."
    if not case.got.endswith(question):
        return "the prompt doesn't end with the question.", "let nothing follow it, not even a new line."
    return "the passages are right, but not what stands between and around them.", "print repr() of it, and compare."


build_prompt = exercise("5.4", build_prompt, title="build the prompt", points=2, minutes=8, stars=2, room=True,
                        answer=replace(TEXT, relations=(tell_prompt,)))  # fmt: skip
PAGES = ["Boats leave at six.", "A bicycle costs nine crowns a day.", "Dogs travel free.", "Ask the harbour steward.",
         "No hens!", "Hire ends at dusk, or when the last boat is in."]  # fmt: skip
build_prompt.tries(
    ("When?", PAGES[:3], 9), ("When?", PAGES[:3], 11), ("Who?", PAGES[3:5], 50), ("Who?", PAGES[1:4], 6), ("Who?", [], 9),
    ("What does hire cost?", PAGES[:2], 4), ("When?", [PAGES[5], PAGES[4]], 9), ("Why?", [PAGES[4], PAGES[5]], 0),
    ("Is that all that there is to say?", PAGES[2:5], 7), ("When?", ["Two\nlines here.", *PAGES[4:]], 4),
    ("Free?", [PAGES[2], PAGES[2]], 6), ("When?", [PAGES[1], PAGES[0], PAGES[4]], 10),
)  # fmt: skip
build_prompt.draws(lambda rng: (rng.choice(["When?", "Is it free?"]), [PAGES[i] for i in rng.permutation(6)[:4]],
                                int(rng.integers(4, 17))), times=4)  # fmt: skip
ADDED, OVER, EMPTY = "words += len(passage.split())", "words > budget:\n            break", "chosen, words = [], 0"
TAKEN, LINES, BARE, HEAD = "chosen.append(passage)", '"\\n".join(chosen)', " if chosen else question", '"Passages:\\n"'
ASKS, COUNT = '"\\n\\nQuestion: "', "len(passage.split()) is the number of words."
build_prompt.mistakes(
    ([(ADDED, "words += len(passage)"), (ADDED, "words += len(passage.replace(' ', ''))")],
     "characters are counted, not words.", COUNT), (ADDED, "words += 1", "passages are counted, not words.", COUNT),
    ((ADDED, "more = len(passage.split())", OVER, "words + more > budget:\n            continue\n        words += more"),
     "a passage that doesn't fit is skipped, and a later one is taken.", "stop at the first that doesn't fit."),
    ([(BARE, ""), (LINES, '"".join(f"{one}\\n" for one in chosen)', ASKS, '"\\nQuestion: "', BARE, ""),
      (BARE, ' if chosen else "Question: " + question'), (BARE, ' if chosen else "\\n\\nQuestion: " + question')],
     "a heading stands in the prompt although no passage fits.", "then return the question alone, as it is."),
    ([(ADDED, f"rest = passage.split()[: budget - words]\n        {ADDED}",
       OVER, 'words > budget:\n            chosen += [" ".join(rest)] if rest else []\n            break'),
      (OVER, "False:\n            pass", LINES, '" ".join(" ".join(chosen).split()[:budget])', BARE,
       " if chosen and budget else question")], "the passage that doesn't fit is cut.", "take it whole, or not at all."),
    ([(EMPTY, f"chosen, words = [], {n}") for n in ("len(question.split())", "len(question.split()) + 2", "1 + "
      "len(question.split())", "2")], "other words than the passages' are counted.", "begin with 0."),
    ("> budget", ">= budget", "a passage that just fits is left out.", "exactly `budget` words are allowed."),
    ((ADDED, f"{TAKEN}\n        {ADDED}", TAKEN, "pass"), "the passage that crosses the budget is in, too.",
     "look whether it fits before you append it."),
    (ADDED, "words = len(passage.split())", "each passage may have `budget` words: they aren't added up.", "add up."),
    ("passage.split()", 'passage.split(" ")', "new lines don't part words: split(\" \") sees blanks alone.", "split()."),
    (OVER, "False:\n            pass", "the budget isn't used: all passages are in.", "stop when words > budget."),
    ([("in passages:", f"in {way}:") for way in ("passages[::-1]", "sorted(passages, key=len)")],
     "the passages come in another order.", "take them as they are given: the best one is first."),
    ([(LINES, f"{join}.join(chosen)") for join in ('"\\n\\n"', '" "', '""', '"\\n- "')] + [(LINES, "str(chosen)")],
     "the passages aren't joined by one new line.", 'write "\\n".join(…).'),
    ([(f"{HEAD} + ", "")] + [(HEAD, f'"Passages{end}"') for end in (": ", "", ":\\n\\n")],
     "the line `Passages:` is missing or another.", 'begin with "Passages:\\n", where there are any.'),
    ([(ASKS, f'"{form}"') for form in ("\\n\\n", "\\nQuestion: ", "\\n\\nQuestion:", "\\n\\nQuestion:\\n", "Question: ",
      "\\n\\n\\nQuestion: ")], "what stands before the question is missing or another.", 'write "\\n\\nQuestion: ".'),
    ([(BARE, f'{BARE} + "\\n"'), (BARE, f' + "\\nAnswer:"{BARE}')], "something follows the question.", "end with it."),
    ([(BARE, ' if chosen else ""'), (BARE, " if chosen else None")], "the question is lost where nothing fits.",
     "then return the question alone."),
    ("break", "return question", "one passage that doesn't fit loses those before it, too.", "leave the loop: break."),
)  # fmt: skip


def tell_threshold(case: Case) -> Named | None:
    """Tell how a threshold stands to the right one: between two scores, as cheap and higher, or dearer."""
    scores, known, price = case.arguments
    if not (np.isinf(case.got) or np.isin(case.got, scores).any()):
        return "the threshold is none of the scores, and not infinity.", "try each of the scores, and infinity."
    wrong, refused = zip(*[(sum((scores >= t) & ~known), sum((scores < t) & known)) for t in (case.got, case.want)],
                         strict=True)  # fmt: skip
    if price * wrong[0] + refused[0] == price * wrong[1] + refused[1]:
        return "another threshold costs as little, and is lower.", "of several that cost the least take the lowest."
    side = "high: it refuses" if case.got > case.want else "low: it answers"
    return f"the threshold is too {side} too much.", f"print each cost: {wrong[0]} wrong, {refused[0]} refused here."


@exercise("5.5", title="choose a threshold", points=3, minutes=8, stars=3,
          answer=replace(SCALAR, relations=(tell_threshold,)))  # fmt: skip
def choose_threshold(scores: np.ndarray, answerable: np.ndarray, price: float) -> float:
    """Return which score costs the least, or infinity; a wrong answer costs `price`, a needless refusal 1."""
    costs = {}
    for threshold in [*scores, np.inf]:
        answered = scores >= threshold
        costs[threshold] = price * (answered & ~answerable).sum() + (~answered & answerable).sum()
    return float(min(costs, key=lambda threshold: (costs[threshold], threshold)))


# Two, four or eight questions: then shares, which some add up instead of counts, are exact, and ties are ties.
choose_threshold.tries(*((np.array(scores), np.array(known) == 1, price) for scores, known, price in (
    ([0.9, 0.7, 0.6, 0.3], [1, 0, 1, 0], 2.0), ([0.9, 0.7, 0.6, 0.3], [1, 0, 1, 0], 0.5), ([0.5, 0.7], [1, 1], 9.0),
    ([0.2, 0.8, 0.5, 0.4], [0, 1, 1, 1], 3.0), ([0.9, 0.7, 0.6, 0.3], [1, 0, 1, 0], 1.0), ([0.4, 0.6], [0, 0], 1.0),
    ([0.8, 0.3, 0.6, 0.9], [1, 1, 0, 0], 4.0), ([0.9, 0.8, 0.7, 0.2], [1, 0, 0, 1], 1.0), ([0.9, 0.5, 0.6, 0.7],
    [0, 1, 1, 1], 2.0), ([0.55, 0.45, 0.55, 0.2], [1, 1, 0, 0], 1.0), ([0.62, 0.61, 0.64, 0.63], [1, 0, 1, 0], 2.0),
    ([12.5, 3.0, 7.5, 9.0], [1, 0, 0, 1], 2.0), ([-0.2, 0.1, 0.3, -0.4], [1, 1, 0, 0], 1.0))))  # fmt: skip
choose_threshold.draws(lambda rng: (np.round(((known := rng.permutation([1] * 5 + [0] * 3)) * 4 + rng.integers(2, 16, 8))
                                             * 0.05, 2), known == 1, float(rng.choice([0.5, 1, 2, 4]))), times=4)  # fmt: skip
KEY, COSTS = "(costs[threshold], threshold)", "price * (answered & ~answerable).sum() + (~answered & answerable).sum()"
LEAST, TRIED = f"float(min(costs, key=lambda threshold: {KEY}))", "[*scores, np.inf]"
WRONG, MISSED = "(answered & ~answerable).sum()", "(~answered & answerable).sum()"
choose_threshold.mistakes(
    ([lambda scores, known, _: (scores[known].mean() + scores[~known].mean()) / 2,
      lambda scores, known, _: (np.median(scores[known]) + np.median(scores[~known])) / 2],
     "it is the middle between two means: nothing is said of what mistakes cost.", "compute each threshold's cost."),
    ([(TRIED, f"[*{grid}]") for grid in ("np.arange(0, 0.95, 0.1).round(1)", "np.arange(0, 1.05, 0.1).round(1)",
      "np.arange(0, 1.005, 0.01).round(2)", "scores, np.inf, 0.0", "scores, np.inf, -np.inf", "scores, 1.0")],
     "thresholds are tried that are none of the scores.", "try each of the scores, and infinity."),
    (">= threshold", "> threshold", "a score equal to the threshold is refused.", "answer where score >= threshold."),
    (LEAST, "float(min(scores[answerable], default=np.inf))", "the lowest score with an answer is returned.",
     "it may cost more than to refuse it."),
    ([(COSTS, f"{WRONG} + {MISSED}"), (COSTS, "(answered != answerable).sum()")],
     "the price isn't used: both mistakes cost 1.", "multiply the wrong answers by `price`."),
    (COSTS, f"{WRONG} + price * {MISSED}", "the price stands with the refusals.", "wrong answers cost `price`."),
    ([(KEY, "(costs[threshold], -threshold)"), (f", key=lambda threshold: {KEY}", ", key=lambda one: costs[one]")],
     "another threshold costs as little, and is lower.", "of several that cost the least take the lowest."),
    ([(LEAST, "min(costs.values())"), (LEAST, "min(costs.values()) / len(scores)")],
     "the least cost is returned.", "return the threshold that has it."),
    (LEAST, "list(costs.values()).index(min(costs.values()))", "a place is returned.", "return the score there."),
    (TRIED, "scores", "to refuse everything isn't tried: that is infinity.", "try np.inf beside the scores."),
    ([(COSTS, form) for form in (f"price * answered.sum() + {MISSED}", f"price * {WRONG} + (~answered).sum()",
      "price * answered.sum() + (~answered).sum()")], "right answers or right refusals cost something, too.",
     "look at what has an answer: `answerable`."),
    (COSTS, "price * (answered & answerable).sum() + (~answered & ~answerable).sum()",
     "what has an answer and what has none are exchanged.", "answerable is True where there is an answer."),
    ([(COSTS, f"price * {WRONG}"), (COSTS, MISSED)], "only one of the two mistakes costs something.", "add both."),
    ([(COSTS, f"price * {WRONG} / max(1, {a}.sum()) + {MISSED} / max(1, {b}.sum())") for a, b in
      (("answered", "(~answered)"), ("(~answerable)", "answerable"))],
     "shares of different wholes are added up.", "count the mistakes themselves."),
    (LEAST, "float(max(costs, key=lambda threshold: costs[threshold]))", "the dearest is taken.", "take the least."),
)  # fmt: skip

MARKS = ".,:;!?\"'()"


def as_words(text: str, case: Callable[[str], str] = str.lower, marks: str = MARKS) -> str:
    """Return a text's words in lower case, a blank on both sides of each, without the marks at their ends."""
    return f" {' '.join(word.strip(marks) for word in case(text).split())} "


# How people look for one text in another: forms of `as_words(A) in as_words(B)`, their likely cause, the next step.
WORDS = (
    (("A.lower() in B.lower()", "A in B", "as_words(A).strip() in as_words(B)", "as_words(A)[1:] in as_words(B)",
      "as_words(A)[:-1] in as_words(B)", "A.lower().strip('.') in B.lower()"),
     "parts of words count: 9 days stands in 19 days, and 8:55 in 18:55.", "split both texts; compare whole words."),
    (("as_words(A, str) in as_words(B, str)",), "upper and lower case count as different.", "use lower() on both."),
    (("as_words(A, marks='') in as_words(B, marks='')", "as_words(A, str, '') in as_words(B, str, '')"),
     "punctuation stays on the words: a full stop makes another word of one.", "strip() marks off each word's ends."),
    (("{*as_words(A).split()} <= {*as_words(B).split()}",),
     "words are looked for one by one, in any order.", "they must stand side by side, in their order."),
    (("not {*as_words(A).split()}.isdisjoint(as_words(B).split())",), "one of the words is enough.", "take all."),
    (("A.lower() in as_words(B).split()", "A in B.split()", "A.lower() in B.lower().split()"),
     "several words are looked for in a list of single ones.", "compare as many words as there are, side by side."),
    (("as_words(A) == as_words(B)", "A == B"), "the texts must be equal.", "ask whether one stands in the other."),
)  # fmt: skip


def word_mistakes(piece: str, one: str, other: str) -> list[tuple]:
    """Return the ways of looking for words as edits of a piece, which looks for one text in another."""
    return [([(piece, form.replace("A", one).replace("B", other)) for form in forms], *said) for forms, *said in WORDS]


def tell_blame(case: Case) -> Named | None:
    """Tell which verdict stands in the place of which."""
    if case.got not in ("right", "reading", "retrieval"):
        return "another text than right, retrieval or reading is returned.", "return one of these three words."
    what = {"right": "the answer holds", "reading": "a passage holds", "retrieval": "no passage holds"}[case.want]
    return f"{what} the truth, and {case.got!r} is returned.", "print both texts as you compare them, word by word."


@exercise("5.6", title="blame the right part", points=2, minutes=5, stars=2, room=True,
          answer=replace(CHOICE, slips=(), relations=(tell_blame,)))  # fmt: skip
def blame(passages: list[str], answer: str, truth: str) -> str:
    """Return "right" where the answer holds the truth; else "reading" where a passage does; else "retrieval"."""
    def holds(text: str) -> bool:
        return as_words(truth) in as_words(text)

    if holds(answer):
        return "right"
    return "reading" if any(holds(passage) for passage in passages) else "retrieval"


LEAVE, HIRE = "Leave is 19 days a year.", "You may keep a bicycle for 9 days."
blame.tries(
    ([LEAVE], "It is 9 days.", "19 days"), ([LEAVE], "You get 19 days.", "9 days"), ([LEAVE], "19 days", "19 days"),
    ([HIRE], "It is 19 days.", "19 days"), ([LEAVE, HIRE], "I don't know.", "9 days"), ([], "Two weeks.", "9 days"),
    (["The stall opens at 18:55."], "At six.", "8:55"), (["The last boat leaves at 8:55!"], "At 18:55.", "8:55"),
    (["Ask the Harbour Steward."], "The pay office.", "harbour steward"), ([], "the HARBOUR steward!", "Harbour Steward"),
    (["Nine hens, 9 in all, stay for days."], "Days: 9.", "9 days"), ([HIRE, LEAVE], "Nine.", "nine days"),
    (["The hut sleeps 9", "days begin at six"], "Ten.", "9 days"), ([LEAVE], "days", "19 days"), ([], "ok", "ok"),
    (["Yes: 9 days (Sundays too)", LEAVE], "No.", "9 days"), ([HIRE, HIRE], "For 9 days, then back.", "9 Days"),
    (["Go to the sea front.", HIRE], "No idea", "sea"), (["Wear a seafaring coat."], "A coat.", "sea"),
)  # fmt: skip
TRUTHS = ["9 days", "19 days", "8:55", "18:55", "Harbour Steward"]
blame.draws(lambda rng: ([f"Page one says {rng.choice(TRUTHS)}.", f"Here it is {rng.choice(TRUTHS)}, as ever."],
                         f"It is {rng.choice(TRUTHS)}.", rng.choice(TRUTHS)), times=4)  # fmt: skip
ANY, HELD, FIRST = "any(holds(passage) for passage in passages)", "as_words(truth) in as_words(text)", "if holds(answer)"
blame.mistakes(
    ([(FIRST, f'if not {ANY}:\n        return "retrieval"\n    {FIRST}'), (FIRST, f"{FIRST} and {ANY}")],
     "a right answer is blamed on the retrieval, since no passage holds the truth.", "ask for `right` first."),
    ([("in passages)", "in passages[:1])"), lambda passages, answer, truth: blame(passages[:1], answer, truth) if passages
      or blame([], answer, truth) == "right" else None], "only the first passage is looked at.", "go on with the others."),
    *word_mistakes(HELD, "truth", "text"),
    (FIRST, "if as_words(truth) == as_words(answer)", "only an answer that is the truth, and no more, is right.",
     "ask whether the truth stands in the answer."),
    ([("any(", "passages and all("), ("any(", "all(")], "every passage must hold the truth.", "one is enough: any()."),
    (ANY, "holds(' '.join(passages))", "the passages are joined: a truth is found across two.", "ask each by itself."),
    ([(ANY, "truth in passages"), (ANY, "as_words(truth) in map(as_words, passages)")],
     "whole passages are compared with the truth.", "ask whether the truth stands in one of them."),
    (ANY, ANY.replace("holds(passage)", "as_words(answer) in as_words(passage)"), "the answer is looked for in the passages.",
     "ask whether a passage holds the truth."),
    (('"reading" if', '"retrieval" if', 'else "retrieval"', 'else "reading"'), "reading and retrieval are exchanged.",
     "what no passage holds, the retrieval has missed."),
)  # fmt: skip


def tell_rows(case: Case) -> Named | None:
    """Tell how names and rows stand to each other, and which rows are there."""
    names, rows = np.ravel(case.got[0]).tolist(), np.asarray(case.got[1], dtype=float)
    if rows.ndim != 2:
        return "the vectors come back flat.", "np.append() flattens without axis=0; np.vstack([a, b]) keeps rows."
    if len(names) != len(rows):
        return f"names and rows differ in number: {len(names)} and {len(rows)}.", "take out and add as many of both."
    if len(rows) != len(case.want[1]):
        return f"{len(rows)} rows are there, not {len(case.want[1])}.", "print which are kept, and how many are new."
    if sorted(names) != sorted(case.want[0]):
        return "the wrong names are there.", "write `name` once for each new row."
    return "the right names, but they or their rows stand in another order.", "first the kept ones, then the new ones."


@exercise("5.7", title="replace a document", points=2, minutes=6, stars=2,
          answer=replace(parts("names", "vectors"), relations=(tell_rows,)))  # fmt: skip
def replace_document(
    names: list[str], vectors: np.ndarray, name: str, new: np.ndarray
) -> tuple[list[str], np.ndarray]:
    """Return names and vectors (N, D) without the document's old rows, and with its new ones (M, D) at the end."""
    kept = [row for row, one in enumerate(names) if one != name]
    return [names[row] for row in kept] + [name] * len(new), np.vstack([vectors[kept], new])


def draw_index(rng: np.random.Generator) -> tuple[list[str], np.ndarray, str, np.ndarray]:
    """Draw an index of five to seven rows, the name of a document in it, and its new rows."""
    names = rng.choice(["fares", "fares-groups", "pets", "wifi"], rng.integers(5, 8)).tolist()
    vectors, new = rng.integers(0, 10, (len(names), 2)), rng.integers(10, 20, (rng.integers(1, 4), 2))
    return names, vectors.astype(float), names[rng.integers(len(names))], new.astype(float)


OLD = np.array([[1.0, 2], [3, 4], [5, 6], [7, 8], [9, 0]])
OTHERS = ["pets", "pets", "fares-groups", "pets", "fares"]
replace_document.tries(
    (["pets", "wifi", "pets"], OLD[:3], "pets", np.array([[8.0, 8]])), (OTHERS, OLD, "pets", OLD[::-1][:3] * 10),
    (OTHERS, OLD, "fares", np.array([[2.0, 1], [1, 1]])), (OTHERS, OLD, "wifi", np.array([[4.0, 4], [6, 6]])),
    (OTHERS, OLD, "pets", np.zeros((0, 2))), (["wifi", "pets"], OLD[:2, :1], "wifi", np.array([[5.0], [7]])),
    (["a", "a", "a", "b"], OLD[:4], "a", OLD[:3] + 20), (["a", "b", "a"], OLD[2:], "b", OLD[:1] * 3),
    (["b", "b"], OLD[:2], "b", OLD[3:]),
)  # fmt: skip
replace_document.draws(draw_index, times=3)
KEPT, NAMES, STACK = "one != name", "[names[row] for row in kept] + [name] * len(new)", "np.vstack([vectors[kept], new])"
BOTH = "take both out at the same places."
replace_document.mistakes(
    (KEPT, "True", "the old rows stay: the bot would go on finding the old text.", "keep other documents' rows alone."),
    ([(NAMES, f"[names[row] for row in kept] + {names}") for names in ("[name]", "[]", "[*name]")],
     "the names slip against the rows: one name for several new rows, or none.", "write `name` once for each new row."),
    (NAMES, "[*names] + [name] * len(new)", "rows are taken out of the vectors, but not out of the names.", BOTH),
    (STACK, "np.vstack([vectors, new])", "rows are taken out of the names, but not out of the vectors.", BOTH),
    (KEPT, "one != name or len([*takewhile(name.__eq__, names[:row][::-1])]) % 2",
     "a row is deleted while the loop goes on, so that the one after it is skipped.", "collect the rows to keep."),
    (KEPT, "row != (names.index(name) if name in names else -1)", "only the document's first row is taken out.",
     "a document has a row for each of its passages: look at all of them."),
    ((NAMES, "[*dict.fromkeys([*names, *[name] * len(new)])]", STACK, "np.array([*{**dict(zip(names, vectors)), **{name: "
      "row for row in new}}.values()])"), "a dict keeps one row a document.", "collect names and rows in two lists."),
    ([(KEPT, "name not in one"), (KEPT, "one not in name"), (KEPT, "not one.startswith(name)")],
     "a document whose name only begins or goes on alike goes, too.", "compare whole names: one != name."),
    ([(NAMES, front := "[name] * len(new) + [names[row] for row in kept]", STACK, "np.vstack([new, vectors[kept]])"),
      (NAMES, front), (STACK, "np.vstack([new, vectors[kept]])")], "new rows or names stand in front.", "put both last."),
    ((NAMES, "[names[row] for row in kept]", STACK, "vectors[kept]"), "the new rows are missing.", "add them."),
    (KEPT, "one == name", "the document is kept, and all others are taken out.", "keep rows whose name differs."),
    (STACK, "vectors[kept] + new", "+ adds the arrays' numbers.", "np.vstack([a, b]) puts rows below rows."),
    (NAMES, "[names[row] for row in kept] + [[name] * len(new)]", "a list stands among the names.", "join with +."),
)  # fmt: skip


REFUSAL = "I don't know"


def tell_accepted(case: Case) -> Named | None:
    """Tell what is accepted that mustn't be, or refused that may pass."""
    answer, citations, passages = case.arguments
    if type(case.got) is not bool:
        return None if case.got is None else ("True or False is expected.", "end with a comparison, or bool(…).")
    what = ("refusal without citation" if not citations else "refusal with a citation") if REFUSAL in answer else (
        "answer that stands in a cited passage" if case.want else "answer without any citation" if not citations else
        "answer that cites what was never shown" if not {*citations} <= {*passages} else
        "answer that stands in no cited passage")  # fmt: skip
    return f"an {what} is {'accepted' if case.got else 'refused'}.".replace("an r", "a r"), "read the card's two cases."


@exercise("5.8", title="accept grounded answers alone", points=2, minutes=6, stars=2,
          answer=replace(CHOICE, slips=(), relations=(tell_accepted,)))  # fmt: skip
def accept_answer(answer: str, citations: list[str], passages: dict[str, str]) -> bool:
    """Tell whether an answer is a refusal that cites nothing, or stands in a cited passage, all cited ones shown."""
    if answer.startswith(REFUSAL):
        return not citations
    shown = bool(citations) and all(one in passages for one in citations)
    return shown and any(as_words(answer) in as_words(passages[one]) for one in citations)


SHOWN = {"A": "Leave is 19 days a year.", "B": "You may keep a bicycle for 9 days.", "C": "Ask the Harbour Steward!"}
SPLIT_UP = {"A": "The hut sleeps 9", "B": "days begin at six"}
DONT = "I don't know: the passages don't say."
accept_answer.tries(
    ("9 days", ["B"], SHOWN), ("9 days", ["A"], SHOWN), ("9 days", [], SHOWN), ("I don't know.", [], SHOWN),
    (DONT, ["A"], SHOWN), ("19 days", ["A", "B"], SHOWN), ("9 days.", ["B", "D"], SHOWN), (DONT, [], {}),
    ("The harbour steward.", ["C"], SHOWN), ("12 days", ["B"], SHOWN), ("days 9", ["B"], SHOWN), ("9 days", ["D"], SHOWN),
    ("19 days", ["B"], SHOWN), ("9 days", ["A", "C"], SHOWN), ("9 days", ["A", "B"], SPLIT_UP), ("9 days", ["A"], {}),
    ("Bicycle", ["C", "B"], SHOWN), ("9 days", ["B", "B"], SHOWN), ("I don't know.", ["D"], SHOWN),
    ("a year", ["A"], {"A": SHOWN["A"]}), ("bicycle for 19 days", ["B", "A"], SHOWN), ("Harbour", ["A"], {"A": SHOWN["C"]}),
)  # fmt: skip
accept_answer.draws(
    lambda rng: (rng.choice(["9 days", "19 days.", "Harbour Steward", "bicycle", "8:55", "I don't know."]),
                 [*rng.choice([*"ABCD"], rng.integers(0, 3), replace=False)], SHOWN), times=5)  # fmt: skip
REFUSED, GIVEN, KNOWN = "not citations", "bool(citations)", "all(one in passages for one in citations)"
EITHER, INSIDE = "any(as_words(answer) in as_words(passages[one]) for one in citations)", "as_words(answer) in as_words("
BEGINS, SOME = "if answer.startswith(REFUSAL)", f"any({INSIDE}passages.get(one, '')) for one in citations)"
accept_answer.mistakes(
    ([(GIVEN, "True", EITHER, f"all({INSIDE}passages[one]) for one in citations)"), (GIVEN, "True", EITHER, "True"),
      (GIVEN, "True", EITHER, f"any({INSIDE}one) for one in passages.values())")],
     "all() of nothing is True: an answer without any citation passes.", "ask for one citation at least."),
    ([(KNOWN, "True", EITHER, SOME), (KNOWN, "any(one in passages for one in citations)", EITHER, SOME)],
     "one citation that was shown is enough.", "each citation must be a key of `passages`."),
    (KNOWN, "True", "a citation that was never shown ends in an error.", "ask first whether it is a key of `passages`."),
    (EITHER, f"any({INSIDE}one) for one in passages.values())", "the answer may stand in any passage, cited or not.",
     "look into the cited ones alone."),
    (EITHER, "True", "whether the answer stands in a cited passage isn't looked at.", "look for its words there."),
    (EITHER, f"{INSIDE}' '.join(passages[one] for one in citations))", "cited passages are joined.", "ask each by itself."),
    ("any(", "all(", "every cited passage must hold the answer.", "one is enough: any()."),
    (GIVEN, "len(citations) == 1", "more than one citation is refused.", "one at least: several may be cited."),
    *word_mistakes(f"{INSIDE}passages[one])", "answer", "passages[one]"),
    ((REFUSED, "True"), "a refusal with a citation is accepted.", "a refusal cites nothing."),
    ([(REFUSED, "False"), (BEGINS, "if False")] + [(BEGINS, f"if answer == {text!r}") for text in (DONT, "I don't know.")],
     "a refusal isn't accepted, or only in one wording.", "ask first whether the answer begins with it."),
    (BEGINS, "if not citations", "whatever cites nothing is accepted.", "ask whether the answer begins with the refusal."),
)  # fmt: skip
