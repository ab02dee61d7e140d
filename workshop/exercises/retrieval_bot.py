"""Lesson 05: passages, an index of cells, joined rankings, prompts, a threshold, blame, updates, grounded answers."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from workshop.bot import build_prompt
from workshop.checks.mistakes import Rule
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


@exercise("5.1", title="split a text into passages", points=2, minutes=9, stars=2, room=True, seconds=2.0,
          answer=replace(BAG, rule=Rule(), relations=(*BAG.relations, lambda case: ("a passage begins or ends at the "
          "wrong word, or has other blanks.", STRIDE))))  # fmt: skip
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
UNTIL, SOON, STEP, IF = "max(1, len(words) - overlap)", "len(words)", "size - overlap)", " if words else []"
CUT, PIECE, JOIN, SPLIT = "words[start : start + size]", "start : start + size", '" ".join', "text.split()"
split_passages.mistakes(
    ([(UNTIL, "len(words) - size + 1"), (UNTIL, "len(words) - size")],
     "the tail is lost: only full passages are kept.", "keep the last passage, however short it is."),
    ([(UNTIL, SOON), (UNTIL, "len(words) - overlap + 1")],
     "the last passage is a stub: all its words stand in the one before.", "stop where a passage has the last word."),
    ([(UNTIL, SOON, STEP, "overlap)"), (STEP, "overlap)"), (UNTIL, SOON, STEP, "max(1, overlap))")],
     "it goes on by `overlap` words, not by size - overlap.", STRIDE),
    ([(UNTIL, SOON, STEP, "size)", PIECE, new) for new in (PIECE, f"max(0, start - overlap) {PIECE[6:]}", f"{PIECE} + "
     "overlap")], "it goes on by `size` words: nothing overlaps, or the overlap is added.", STRIDE),
    ([(SPLIT, "[*text]"), (SPLIT, "[*text]", JOIN, '"".join'), (SPLIT, "[*text]", JOIN, '"".join', UNTIL, SOON)],
     "characters are counted, not words.", "split the text into words first."),
    ([(IF, ""), (IF, " if text else []")], "a text without words gives a passage.", "no words, no passages."),
    (f"{JOIN}({CUT})", CUT, "a passage isn't a text.", 'put its words together: " ".join(words).'),
    (SPLIT, 'text.split(" ")', 'split(" ") makes empty words, and leaves new lines in.', "write text.split()."),
    (UNTIL, "len(words) - overlap", "a text no longer than the overlap is lost.", "any word gives a passage."),
    (f"{JOIN}({CUT}) for start in starts]", f"p for s in starts if (p := {JOIN}(words[s : s + size])) not in "
     '(" ".join(words[s - size + overlap : s + overlap]) if s else "")]',
     "a stub is told by its text: words may come again.", "go by places: does the passage before reach the end?"),
)  # fmt: skip
split_passages.checks(lambda ask: ask.refuses(
    split_passages.inputs(ask.rng), [("a b c d", 2, 2), ("a b c d", 2, 3), ("a b", 3, 3)], "ValueError",
    "overlap >= size", 'begin with `if overlap >= size: raise ValueError("…")`.'))  # fmt: skip


@exercise("5.2", title="search in cells", points=3, minutes=10, stars=3,
          answer=replace(RANKING, relations=(lambda case: None if {*case.got} <= {*search_cells(*case.arguments[:5], 9)}
          else ("other things than ids of probed cells are there.", "see cells[i]."), *RANKING.relations)))  # fmt: skip
def search_cells(
    query: np.ndarray, vectors: np.ndarray, centroids: np.ndarray, cells: np.ndarray, probes: int, k: int
) -> list[int]:
    """Return the k best rows of vectors (N, D) among the `probes` cells whose centroids (C, D) are the nearest."""
    nearest = np.argsort(-(centroids @ query))[:probes]  # numbers of cells
    found = np.flatnonzero(np.isin(cells, nearest))  # ids
    order = np.argsort(-(vectors[found] @ query))
    return found[order][:k].tolist()


# Directions of length 1 with short decimals: inner product, cosine and distance agree on who is nearest.
E, N, W, S = SIDES = [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)]
SIX, EVERY = np.array([S, (0.8, 0.6), N, (0.6, 0.8), W, E]), [0, 1, 2, 3, 4, 5]
OFF = np.array([*SIDES, (0.6, 0.8), (0.8, 0.6), (-0.6, 0.8), (0.6, -0.8), (-0.8, 0.6), (-0.6, -0.8), (-0.8, -0.6)])
search_cells.tries(*((np.array(query), SIX[rows], *map(np.array, (centroids, cells)), probes, k)
                     for query, rows, centroids, cells, probes, k in (
    (E, [2, 3, 1, 0], [N, E], [0, 0, 1, 1], 1, 2), (E, EVERY, [N, E], [0, 1, 0, 0, 0, 1], 2, 3),
    (E, EVERY, [N, W, E], [2, 2, 0, 0, 1, 2], 1, 2), (N, EVERY, [S, W, N], [0, 2, 2, 2, 1, 0], 2, 9),
    (E, [3, 1, 2, 5, 4], [W, E], [1, 1, 1, 0, 1], 1, 3), (N, [4, 2, 5], [N, E, W], [2, 0, 1], 1, 5),
    (N, [1, 3, 2, 4], [(0.6, -0.8), E, (-0.6, 0.8), N], [1, 3, 3, 2], 2, 2), (W, EVERY, [E, (-0.8, 0.6), W, N],
    [0, 0, 3, 3, 2, 0], 3, 2), (E, [3, 1, 2, 0], [(0.8, -0.6), (0.6, 0.8), W], [1, 1, 1, 0], 2, 2))))  # fmt: skip
search_cells.draws(lambda rng: (OFF[4], (rows := OFF[rng.permutation(11)])[:7], rows[7:10], (rows[:7] @ rows[7:10].T)
                                .argmax(axis=1), rng.integers(1, 3), rng.integers(2, 5)), times=5)  # fmt: skip
FOUND = "np.flatnonzero(np.isin(cells, nearest))"
ORDER, BEST = "np.argsort(-(vectors[found] @ query))", "found[order][:k].tolist()"
EACH = "[i for c in nearest for i in [i for i in np.argsort(-(vectors @ query)).tolist() if cells[i] == c]{0}]{1}"
SORTS, ONCE = "argsort() sorts upwards: the largest product is nearest.", "sort the ids of all cells together."
search_cells.mistakes(
    (BEST, "order[:k].tolist()", "places within the cells are returned, not ids.", "look up found[order]."),
    ([("[:probes]", "[:1]"), (FOUND, "np.flatnonzero(cells == nearest[-1])")],
     "only one cell is searched, whatever `probes` is.", "keep the ids of all the cells that are probed."),
    ([("-(centroids @", "(centroids @"), ("[:probes]", "[-probes:]")], "the farthest cells are searched.", SORTS),
    ([("-(vectors[found] @", "(vectors[found] @"), ("[:k]", "[-k:]")], "the farthest vectors come first.", SORTS),
    (FOUND, "np.arange(len(cells))", "all vectors are searched: the cells aren't used.", "leave out other cells' ids."),
    (BEST, "[i for i in np.argsort(-(vectors @ query))[:k].tolist() if i in found]",
     "k are taken before the cells are looked at.", "first find the ids in the probed cells, then take k of them."),
    (BEST, "nearest.tolist()", "numbers of cells are returned.", "find the ids i whose cells[i] is among them."),
    (ORDER, "np.arange(len(found))", "the ids aren't sorted: the first k of the cells are returned.", "score them."),
    (BEST, EACH.format("", "[:k]"), "the cells are read one after the other: the nearest one's ids come first.", ONCE),
    ([(BEST, EACH.format("[:k]", "")), (BEST, f"sorted({EACH.format('[:k]', '')}, key=lambda i: -vectors[i] @ query)")],
     "k ids are taken from each cell.", ONCE),
    (("[:probes]", "[:k]", "[:k]", "[:probes]"), "probes and k are exchanged.", "probes counts cells, k ids."),
    ("[:k]", "", "all ids of the cells are returned, not k.", "cut the sorted list after k."),
    (BEST, "vectors[found][order][:k]", "vectors are returned.", "return found[order]."),
)  # fmt: skip


fuse_rankings = exercise("5.3", fuse_rankings, title="join two rankings", points=2, minutes=7, stars=2, room=True,
                         answer=RANKING)  # fmt: skip
fuse_rankings.tries(
    ([[4, 7, 9], [9, 4]], 60), ([[7, 2], [2, 7]], 60), ([[5, 3, 8], [8, 6]], 0), ([[1, 2, 3]], 60), ([[3, 1], []], 60),
    ([[1, 2, 3], [5, 4, 2]], 0), ([[2, 4, 6, 8, 1], [8, 6, 1, 3]], 60), ([[5], [3], [4]], 60), ([[0, 3], [3, 5, 0]], 3),
    ([[6, 5, 4, 3], [5, 2], [3, 7, 8, 4]], 2), ([[1, 2, 3, 4, 5, 6], [6, 7]], 20), ([[9, 8, 7, 6], [6, 5], [6, 9]], 1),
)  # fmt: skip
fuse_rankings.draws(lambda rng: ([rng.permutation(9)[: rng.integers(2, 6)].tolist() for _ in "ab"],
                                 int(rng.choice([0, 10, 60]))), times=4)  # fmt: skip


def fuse_by(total: Callable[[np.ndarray, float], float], within: Callable = any) -> Callable[..., list[int]]:
    """Return a fusion, lowest first, by total(ranks, constant) of each id. within: one ranking has it, or all."""
    return lambda rankings, constant: sorted(
        (i for i in {i for one in rankings for i in one} if within(i in one for one in rankings)),
        key=lambda i: (total(np.array([one.index(i) + 1 for one in rankings if i in one]), constant), i))  # fmt: skip


SHARE, SORTED, TOTAL = "1 / (constant + place)", "(-totals[found], found)", "totals.get(found, 0.0) + 1"
RANKED, ADD = f"return sorted(totals, key=lambda found: {SORTED})", "add up 1 / (constant + rank) for each id."
fuse_rankings.mistakes(
    ("start=1", "start=0", "ranks are counted from 0.", "the best has rank 1: enumerate(ranking, start=1)."),
    (fuse_by(lambda ranks, _: ranks.mean()), "ids are sorted by their mean rank: one good rank would win.", ADD),
    ([fuse_by(lambda ranks, c: -(1 / (c + ranks)).sum(), all), fuse_by(lambda ranks, _: ranks.sum(), all)],
     "only ids that all rankings hold are kept.", "an id that a ranking lacks gets 0 from it, and stays."),
    (fuse_by(lambda ranks, _: ranks.sum()), "ranks are added up: an id that is missing somewhere gains by it.", ADD),
    (fuse_by(lambda ranks, c: -(1 / (c + ranks)).mean()), "the total is divided by how many rankings have it.", ADD),
    (lambda many, c: sorted({i for one in many for i in one}, key=lambda i: (
        -sum(1 / (c + ([*one, i].index(i) + 1)) for one in many), i)),
     "an id gets something from a ranking that lacks it.", "it must get nothing there."),
    ([(SHARE, f"1 / {other}") for other in ("(60 + place)", "(1 + place)", "place", "constant + place")],
     "`constant` isn't used, or brackets are missing.", "write 1 / (constant + rank)."),
    ([(SORTED, "-totals[found]"), (SORTED, "(-totals[found], -found)")], "ties don't go to the lower id.",
     "sort by a pair: (-total, id)."),
    (SORTED, "(totals[found], found)", "the lowest total comes first.", "sort by the negative total."),
    (TOTAL, "1", "the last ranking that holds an id decides: its total is replaced.", "add to the total so far."),
    (lambda rankings, _: [*dict.fromkeys(i for one in rankings for i in one)], "rankings are laid end to end.", ADD),
    ([(RANKED, "return totals"), (RANKED, "return sorted(totals.items(), key=lambda pair: (-pair[1], pair[0]))"),
      (RANKED, "return sorted(totals.values())[::-1]")], "totals are returned, not ids.", "sort the keys."),
    ("    return sorted", "        return sorted", "only one ranking is read.", "let `return` come after both loops."),
)  # fmt: skip


build_prompt = exercise("5.4", build_prompt, title="build the prompt", points=2, minutes=8, stars=2, room=True,
                        answer=replace(TEXT, relations=(lambda case: (
                            ("more or fewer passages are in than fit.", "count the words up to each passage.")
                            if len({sum(i in text for i in case.arguments[1]) for text in (case.got, case.want)}) > 1
                            else ("beside whole passages, the text differs.", "print repr() of it.")),)))  # fmt: skip
PAGES = ["Boats leave at six.", "A bicycle costs nine crowns a day.", "Dogs travel free.", "Ask the harbour steward.",
         "No hens!", "Hire ends at dusk, or when the last boat is in."]  # fmt: skip
build_prompt.tries(
    ("When?", PAGES[:3], 9), ("When?", PAGES[:3], 11), ("Who?", PAGES[3:5], 50), ("Ah?", PAGES[1:4], 6), ("Ah?", [], 9),
    ("What is it for?", PAGES[:2], 4), ("When?", PAGES[:3:-1], 9), ("Why?", PAGES[4:], 0), ("Why so?", PAGES[2:5], 8),
    ("When?", ["Two\nlines here.", PAGES[4]], 4), ("Free?", [PAGES[2]] * 2, 6), ("When?", PAGES[1::-1], 10),
)  # fmt: skip
build_prompt.draws(lambda rng: (rng.choice(["When?", "Is it free?"]), [PAGES[i] for i in rng.permutation(6)[:4]],
                                int(rng.integers(4, 17))), times=4)  # fmt: skip
ADDED, OVER, START = "words += len(passage.split())", "words > budget:\n            break", "chosen, words = [], 0"
TAKEN, LINES, BARE, HEAD = "chosen.append(passage)", '"\\n".join(chosen)', " if chosen else question", '"Passages:\\n"'
ASKS, COUNT, ALONE = '"\\n\\nQuestion: "', "len(passage.split()) is the number of words.", "return the question alone."
build_prompt.mistakes(
    ([(ADDED, "words += len(passage)"), (ADDED, "words += len(passage.replace(' ', ''))")],
     "characters are counted, not words.", COUNT), (ADDED, "words += 1", "passages are counted, not words.", COUNT),
    ((ADDED, "n = len(passage.split())", OVER, "words + n > budget:\n            continue\n        words += n"),
     "a passage that doesn't fit is skipped, and a later one is taken.", "stop at the first that doesn't fit."),
    ([(BARE, ""), (LINES, '"".join(f"{one}\\n" for one in chosen)', ASKS, '"\\nQuestion: "', BARE, ""),
      (BARE, ' if chosen else "Question: " + question')], "a heading is there although nothing fits.", ALONE),
    ((ADDED, f"rest = passage.split()[: budget - words]\n        {ADDED}", OVER, "words > budget:\n            chosen "
      '+= [" ".join(rest)] if rest else []\n            break'), "the passage that doesn't fit is cut.", "stop there."),
    ([(START, f"chosen, words = [], len(question.split()) + {n}") for n in (0, 2)], "the question is counted, too.",
     "count the passages' words alone."),
    ("> budget", ">= budget", "a passage that just fits is left out.", "exactly `budget` words are allowed."),
    ((ADDED, f"{TAKEN}\n        {ADDED}", TAKEN, "pass"), "the passage that crosses the budget is in, too.",
     "look whether it fits before you append it."),
    ("words +=", "words =", "each passage may have `budget` words: they aren't added up.", "add them up."),
    ("passage.split()", 'passage.split(" ")', 'new lines don\'t part words: split(" ") sees blanks alone.', "split()."),
    (OVER, "False:\n            pass", "the budget isn't used: all passages are in.", "stop when words > budget."),
    ([("in passages:", f"in {way}:") for way in ("passages[::-1]", "sorted(passages, key=len)")],
     "the passages come in another order.", "take them as they are given: the best one is first."),
    ([(LINES, f"{join}.join(chosen)") for join in ('"\\n\\n"', '" "', '""', '"\\n- "')] + [(LINES, "str(chosen)")],
     "the passages aren't joined by one new line.", 'write "\\n".join(…).'),
    ([(f"{HEAD} + ", "")] + [(HEAD, f'"Passages{end}"') for end in (": ", "", r":\n\n")] + [(ASKS, f'"{form}"') for form
     in (r"\n\n", r"\nQuestion: ", r"\n\nQuestion:", r"\n\nQuestion:\n", "Question: ", r"\n\n\nQuestion: ")],
     "what stands before the passages or before the question is another text.", "compare with the card: print repr()."),
    ([(BARE, f'{BARE} + "\\n"'), (BARE, f' + "\\nAnswer:"{BARE}')], "something follows the question.", "end with it."),
    ([(BARE, ' if chosen else ""'), (BARE, " if chosen else None")], "the question is lost where nothing fits.", ALONE),
    ("break", "return question", "one passage that doesn't fit loses those before it, too.", "leave the loop: break."),
)  # fmt: skip


@exercise("5.5", title="choose a threshold", points=3, minutes=8, stars=3,
          answer=replace(SCALAR, relations=(lambda case: (
              "it is none of the scores, and not infinity." if case.got not in [*case.arguments[0], np.inf] else
              f"the threshold is too {'high' if case.got > case.want else 'low'}: another costs less, or as little and "
              "is lower.", "print what each of the scores, and infinity, cost."),)))  # fmt: skip
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
choose_threshold.draws(lambda rng: ((np.r_[rng.integers(6, 20, 5), rng.integers(2, 16, 3)] * 5 / 100)[
                           order := rng.permutation(8)], order < 5, rng.choice([0.5, 1, 2, 4])), times=4)  # fmt: skip
LEAST, KEY = "float(min(costs, key=lambda threshold: (costs[threshold], threshold)))", "(costs[threshold], threshold)"
WRONG, MISSED, TRIED = "(answered & ~answerable).sum()", "(~answered & answerable).sum()", "[*scores, np.inf]"
COSTS = f"price * {WRONG} + {MISSED}"
choose_threshold.mistakes(
    ([lambda scores, known, _, mid=mid: (mid(scores[known]) + mid(scores[~known])) / 2 for mid in (np.mean, np.median)],
     "it is the middle between two means: nothing is said of what mistakes cost.", "compute each threshold's cost."),
    ([(TRIED, f"[*{grid}]") for grid in ("np.arange(0, 0.95, 0.1).round(1)", "np.arange(0, 1.05, 0.1).round(1)",
      "scores, np.inf, 0.0", "scores, 1.0")], "thresholds are tried that are none of the scores.", "try each score."),
    (">= threshold", "> threshold", "a score equal to the threshold is refused.", "answer where score >= threshold."),
    (LEAST, "min(scores[answerable], default=np.inf)", "the lowest score with an answer is taken.", "compare costs."),
    (COSTS, f"{WRONG} + {MISSED}", "the price isn't used: both mistakes cost 1.", "multiply wrong answers by `price`."),
    (COSTS, f"{WRONG} + price * {MISSED}", "the price stands with the refusals.", "wrong answers cost `price`."),
    ([(KEY, "(costs[threshold], -threshold)"), (f", key=lambda threshold: {KEY}", ", key=lambda one: costs[one]")],
     "another threshold costs as little, and is lower.", "take the lowest of several."),
    (LEAST, "min(costs.values())", "the least cost is returned.", "return the threshold that has it."),
    (TRIED, "scores", "to refuse everything isn't tried: that is infinity.", "try np.inf beside the scores."),
    ([(WRONG, "answered.sum()"), (MISSED, "(~answered).sum()"), (WRONG, "answered.sum()", MISSED, "(~answered).sum()")],
     "right answers or right refusals cost something, too.", "look at what has an answer: `answerable`."),
    ([(COSTS, f"price * {WRONG}"), (COSTS, MISSED)], "only one of the two mistakes costs something.", "add both."),
)  # fmt: skip
MARKS = ".,:;!?\"'()"


def as_words(text: str, case: Callable[[str], str] = str.lower, marks: str = MARKS) -> str:
    """Return a text's words in lower case, a blank on both sides of each, without the marks at their ends."""
    return f" {' '.join(word.strip(marks) for word in case(text).split())} "


def word_mistakes(piece: str, one: str, other: str) -> list[tuple]:
    """Return how people look for one text in another, as edits of the piece that does."""
    ways = (
        (("A.lower() in B.lower()", "A in B", "as_words(A).strip() in as_words(B)", "as_words(A)[:-1] in as_words(B)",
          "A.lower().strip('.') in B.lower()"), "parts of words count: 9 days stands in 19 days.", "take whole words."),
        (("as_words(A, str) in as_words(B, str)",), "upper and lower case count as different.", "use lower() on both."),
        (("as_words(A, marks='') in as_words(B, marks='')",), "marks stay on the words.", "strip() off both ends."),
        (("{*as_words(A).split()} <= {*as_words(B).split()}",), "words are looked for one by one, in any order.",
         "they must stand side by side, in their order."),
        (("not {*as_words(A).split()}.isdisjoint(as_words(B).split())",), "one word is enough.", "all must be there."),
        (("A.lower() in as_words(B).split()", "A in B.split()"), "several words are looked for in single ones.",
         "compare as many words as there are, side by side."),
    )  # fmt: skip
    return [([(piece, form.replace("A", one).replace("B", other)) for form in forms], *said) for forms, *said in ways]


@exercise("5.6", title="blame the right part", points=2, minutes=5, stars=2, room=True,
          answer=replace(CHOICE, slips=(), relations=(lambda case: None if case.got is None else (
              f"{ {'right': 'the answer', 'reading': 'a passage', 'retrieval': 'no text'}[case.want]} holds the truth, "
              f"and {case.got!r} is returned.", "do that call by hand, word by word."),)))  # fmt: skip
def blame(passages: list[str], answer: str, truth: str) -> str:
    """Return "right" where the answer holds the truth; else "reading" where a passage does; else "retrieval"."""
    held = [as_words(truth) in as_words(text) for text in (answer, *passages)]
    return "right" if held[0] else "reading" if any(held[1:]) else "retrieval"


LEAVE, HIRE, HUT = "Leave is 19 days a year.", "You may keep a bicycle for 9 days.", ["It sleeps 9", "days are long"]
blame.tries(
    ([LEAVE], "It is 9 days.", "19 days"), ([LEAVE], "You get 19 days.", "9 days"), ([LEAVE], "19 days", "19 days"),
    ([HIRE], "It is 19 days.", "19 days"), ([LEAVE, HIRE], "I don't know.", "9 days"), ([], "Two weeks.", "9 days"),
    (["The stall opens at 18:55."], "At six.", "8:55"), (["The last boat leaves at 8:55!"], "At 18:55.", "8:55"),
    (["Ask the Harbour Steward."], "The office.", "harbour steward"), ([], "the HARBOUR steward!", "Harbour Steward"),
    (["Nine hens, 9 in all, stay for days."], "Days: 9.", "9 days"), ([HIRE, LEAVE], "Nine.", "nine days"),
    (HUT, "Ten.", "9 days"), ([LEAVE], "days", "19 days"), ([], "For 9 days", "9 days."), (["9 days (so far)"], "No.",
    "9 days"), ([HIRE, HIRE], "For 9 days, then back.", "9 Days"), (["Wear a seafaring coat."], "A coat.", "sea"),
)  # fmt: skip
blame.draws(lambda rng: ([f"Page one: {(words := rng.choice(['9 days', '19 days', '8:55', '18:55'], 4).tolist())[0]}.",
            f"Here it is {words[1]}, as ever."], f"It is {words[2]}.", words[3]), times=4)  # fmt: skip
HELD, SEEN = "as_words(truth) in as_words(text)", "any(held[1:])"
blame.mistakes(
    ([("held[0]", f"held[0] and {SEEN}"), ('"right" if', f'"retrieval" if not {SEEN} else "right" if')],
     "a right answer is blamed on the retrieval, since no passage holds the truth.", "ask for `right` first."),
    ([("held[1:]", "held[1:2]"), lambda passages, *texts: blame(passages[:1], *texts) if passages or blame([], *texts)
      == "right" else None], "only the first passage is looked at.", "go on with the others."),
    *word_mistakes(HELD, "truth", "text"),
    ("held[0]", "as_words(truth) == as_words(answer)", "only an answer equal to the truth is right.", "look inside."),
    ([("any(", "passages and all("), ("any(", "all(")], "every passage must hold the truth.", "one is enough: any()."),
    (SEEN, "as_words(truth) in as_words(' '.join(passages))", "the passages are joined.", "ask each by itself."),
    (SEEN, "truth in passages", "whole passages are compared with the truth.", "ask whether it stands in one of them."),
    (SEEN, SEEN.replace("held[1:]", "as_words(answer) in as_words(passage) for passage in passages"),
     "the answer is looked for in the passages.", "ask whether a passage holds the truth."),
    (('"reading" if', '"retrieval" if', 'else "retrieval"', 'else "reading"'), "reading and retrieval are exchanged.",
     "what no passage holds, the retrieval has missed."),
)  # fmt: skip


@exercise("5.7", title="replace a document", points=2, minutes=6, stars=2,
          answer=replace(parts("names", "vectors"), relations=(lambda case: (
              ("names or rows are others, or in another order.", "print each name beside its row.")
              if (sizes := [(len(one), np.shape(rows)) for one, rows in (case.got, case.want)])[0] == sizes[1] else
              ("{} names, vectors of shape {} are there, not {} and {}.".format(*sizes[0], *sizes[1]), "print both.")),
          )))  # fmt: skip
def replace_document(names: list[str], vectors: np.ndarray, name: str, new: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Return names and vectors (N, D) without the document's old rows, and with its new ones (M, D) at the end."""
    kept = [row for row, one in enumerate(names) if one != name]
    return [names[row] for row in kept] + [name] * len(new), np.vstack([vectors[kept], new])


OLD, OTHERS = np.array([[1.0, 2], [3, 4], [5, 6], [7, 8], [9, 0]]), ["pets", "pets", "fares-groups", "pets", "fares"]
replace_document.tries(
    (["pets", "wifi", "pets"], OLD[:3], "pets", np.array([[8.0, 8]])), (OTHERS, OLD, "pets", OLD[::-1][:3] * 10),
    (OTHERS, OLD, "fares", np.array([[2.0, 1], [1, 1]])), (OTHERS, OLD, "wifi", np.array([[4.0, 4], [6, 6]])),
    (OTHERS, OLD, "pets", np.zeros((0, 2))), (["wifi", "pets"], OLD[:2, :1], "wifi", np.array([[5.0], [7]])),
    (["a", "a", "a", "b"], OLD[:4], "a", OLD[:3] + 20), (["a", "b", "a"], OLD[2:], "b", OLD[:1] * 3),
    (["b", "b"], OLD[:2], "b", OLD[3:]), (OTHERS, OLD, "fares-groups", OLD[:2] + 30),
)  # fmt: skip
replace_document.draws(lambda rng: (
    names := rng.choice(["fares", "fares-groups", "pets"], 6).tolist(), 1.0 * rng.integers(0, 9, (6, 2)), names[0],
    1.0 * rng.integers(10, 20, (rng.integers(1, 4), 2))))  # fmt: skip
KEPT, OTHER, NEW, BOTH = "one != name", "[names[row] for row in kept]", "[name] * len(new)", "take both out."
NAMES, FRONT, STACK = f"{OTHER} + {NEW}", f"{NEW} + {OTHER}", "np.vstack([vectors[kept], new])"
TOP, ON_TOP = "[vectors[kept], new]", "[new, vectors[kept]]"
replace_document.mistakes(
    (KEPT, "True", "the old rows stay: the bot would go on finding the old text.", "keep other documents' rows alone."),
    ([(NEW, form) for form in ("[name]", "[]", "[*name]", "[[name] * len(new)]")],
     "the names slip against the rows: one name for several new rows, or none.", "write `name` once for each new row."),
    (OTHER, "[*names]", "rows are taken out of the vectors, but not out of the names.", BOTH),
    (STACK, "np.vstack([vectors, new])", "rows are taken out of the names, but not out of the vectors.", BOTH),
    (KEPT, "one != name or (row - max((i for i in range(row) if names[i] != name), default=-1)) % 2 == 0",
     "a row is deleted while the loop goes on, so that the one after it is skipped.", "collect the rows to keep."),
    (KEPT, "row != (names.index(name) if name in names else -1)", "only the document's first row is taken out.",
     "a document has a row for each of its passages: look at all of them."),
    ([(KEPT, "name not in one"), (KEPT, "one not in name"), (KEPT, "not one.startswith(name)")],
     "a document whose name only begins or goes on alike goes, too.", "compare whole names: one != name."),
    ([(NAMES, FRONT, TOP, ON_TOP), (NAMES, FRONT), (TOP, ON_TOP)], "new rows or names are in front.", "put both last."),
    ((NAMES, OTHER, STACK, "vectors[kept]"), "the new rows are missing.", "add them."),
    (KEPT, "one == name", "the document is kept, and all others are taken out.", "keep rows whose name differs."),
    (STACK, "vectors[kept] + new", "+ adds the arrays' numbers.", "np.vstack([a, b]) puts rows below rows."),
)  # fmt: skip
REFUSAL, DONT = "I don't know", "I don't know: the passages don't say."


@exercise("5.8", title="accept grounded answers alone", points=2, minutes=6, stars=2,
          answer=replace(CHOICE, slips=(), relations=(lambda case: None if case.got is None else (
              f"{case.got!r} is returned for {'a refusal' if REFUSAL in case.arguments[0] else 'an answer'} that cites "
              + ("nothing." if not case.arguments[1] else "what was never shown." if {*case.arguments[1]} - {
                  *case.arguments[2]} else "shown passages."), "which of the card's cases is it?"),)))  # fmt: skip
def accept_answer(answer: str, citations: list[str], passages: dict[str, str]) -> bool:
    """Tell whether an answer is a refusal that cites nothing, or stands in a cited passage, all cited ones shown."""
    if answer.startswith(REFUSAL):
        return not citations
    shown = bool(citations) and all(one in passages for one in citations)
    return shown and any(as_words(answer) in as_words(passages[one]) for one in citations)


SHOWN = {"A": LEAVE, "B": HIRE, "C": "Ask the Harbour Steward!"}
accept_answer.tries(
    ("9 days", ["B"], SHOWN), ("9 days", ["A"], SHOWN), ("9 days", [], SHOWN), ("I don't know.", [], SHOWN),
    (DONT, ["A"], SHOWN), ("19 days", ["A", "B"], SHOWN), ("9 days.", ["B", "D"], SHOWN), (DONT, [], {}),
    ("The harbour steward.", ["C"], SHOWN), ("9 day", ["B"], SHOWN), ("days 9", ["B"], SHOWN), ("days", ["D"], SHOWN),
    ("19 days", ["B"], SHOWN), ("9 days", ["A", "C"], SHOWN), ("9 days", [*"AB"], dict(zip("AB", HUT, strict=True))),
    ("Bicycle", ["C", "B"], SHOWN), ("9 days", ["B", "B"], SHOWN), ("I don't know.", ["D"], SHOWN), ("days", ["A"], {}),
    ("a year", ["A"], {"A": LEAVE}), ("bicycle for 19 days", ["B", "A"], SHOWN), ("Harbour", ["A"], {"A": SHOWN["C"]}),
)  # fmt: skip
accept_answer.draws(lambda rng: (rng.choice(["9 days", "19 days.", "Harbour Steward", "bicycle", "8:55", DONT]),
                                 [*"DBAC"[(i := rng.integers(3)) : i + rng.integers(3)]], SHOWN), times=5)  # fmt: skip
NONE, GIVEN, KNOWN = "not citations", "bool(citations)", "all(one in passages for one in citations)"
INSIDE, BEGINS = "as_words(answer) in as_words(", "if answer.startswith(REFUSAL)"
EITHER, SOME = (f"any({INSIDE}passages{get}) for one in citations)" for get in ("[one]", ".get(one, '')"))
accept_answer.mistakes(
    ([(GIVEN, "True", EITHER, f"all({INSIDE}passages[one]) for one in citations)"), (GIVEN, "True", EITHER, "True"),
      (GIVEN, "True", EITHER, f"any({INSIDE}one) for one in passages.values())")],
     "all() of nothing is True: an answer without any citation passes.", "ask for one citation at least."),
    ([(KNOWN, "True", EITHER, SOME), (KNOWN, "any(one in passages for one in citations)", EITHER, SOME)],
     "one citation that was shown is enough.", "each citation must be a key of `passages`."),
    (KNOWN, "True", "a citation that was never shown ends in an error.", "ask whether it is a key of `passages`."),
    (EITHER, f"any({INSIDE}one) for one in passages.values())", "the answer may stand in any passage, cited or not.",
     "look into the cited ones alone."),
    (EITHER, "True", "whether the answer stands in a cited passage isn't looked at.", "look for its words there."),
    (EITHER, f"{INSIDE}' '.join(passages[one] for one in citations))", "cited passages are joined.", "look into each."),
    ("any(", "all(", "every cited passage must hold the answer.", "one is enough: any()."),
    (GIVEN, "len(citations) == 1", "more than one citation is refused.", "one at least: several may be cited."),
    *word_mistakes(f"{INSIDE}passages[one])", "answer", "passages[one]"),
    ((NONE, "True"), "a refusal with a citation is accepted.", "a refusal cites nothing."),
    ([(NONE, "False"), (BEGINS, "if False")] + [(BEGINS, f"if answer == {text!r}") for text in (DONT, "I don't know.")],
     "a refusal isn't accepted, or only in one wording.", "ask first whether the answer begins with it."),
    (BEGINS, "if not citations", "whatever cites nothing is accepted.", "ask whether it begins with the refusal."),
)  # fmt: skip
