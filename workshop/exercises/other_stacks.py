"""Lesson 08: a training file in the chat format, a stream put together, a filter before the cut, one scale."""

import json
from dataclasses import replace
from itertools import takewhile
from operator import eq

import numpy as np

from workshop.checks.json_lines import JSON_LINES
from workshop.checks.registry import exercise, lesson
from workshop.checks.slips import ARRAY, RANKING, TEXT

lesson("08_other_stacks", title="The same bot on other stacks", minutes=60, seconds=90, extra="stacks")


@exercise("8.1", title="write a training file", points=2, minutes=5, stars=1, room=True, answer=JSON_LINES)
def to_messages_jsonl(rows: list[tuple[str, str]]) -> str:
    """Return one line of JSON for each of N pairs (question, answer), as fine-tuning services read them."""
    lines = []
    for question, answer in rows:
        turns = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
        lines.append(json.dumps({"messages": turns}))
    return "\n".join(lines)


SHORT, QUOTES, BREAKS = ("Open?", "Yes."), ('Who is "Hulda"?', "A ship."), ("When?", " 7:35,\nor 9:10.\n")
TEXTS = ["Open?", "No.", 'The "Dart".', "7:35\n9:10", "C:\\new", "It's {late}.", "café – 😀", " a, b ", "'a' \"b\"", ""]
to_messages_jsonl.tries(
    ([SHORT],), ([SHORT, ("Late?", "No.")],), ([QUOTES],), ([BREAKS, SHORT],), ([("Where?", "In C:\\new\\table.")],),
    ([("It's {name}?", '{"role": "user"}')],), ([],), ([("Le café?", "Oui – 18 °C 😀"), SHORT],), ([SHORT, SHORT],),
    ([(" Open? ", "\tYes.\n"), ("", "It isn't.\u2028No.")],), ([QUOTES, BREAKS, (r"\n", '\\"')],))  # fmt: skip
to_messages_jsonl.draws(lambda rng: ([(*rng.choice(TEXTS, 2),) for _ in range(3)],))
DUMP, JOIN, USER, MODEL = 'json.dumps({"messages": turns})', '"\\n".join(lines)', '"user"', '"assistant"'
LINE = '{"messages": [{"role": "user", "content": "%s"}, {"role": "assistant", "content": "%s"}]}'
to_messages_jsonl.mistakes(
    ([(JOIN, f"json.dumps([{way} for one in lines])") for way in ("one", "json.loads(one)", "json.loads(one[13:-1])")],
     "everything is dumped as one JSON value.", "dump each row by itself: a line for each."),
    (DUMP, f"'{LINE}' % (question, answer)", "the JSON is put together by hand: a quote, a backslash or "
     "a line break within a text breaks it.", "build dicts and lists, and let json.dumps() write them."),
    ([(DUMP, f'{way}({{"messages": turns}})') for way in ("str", "")], "a dict or its str() isn't JSON.", "dump it."),
    (f"lines.append({DUMP})", f"lines = [{DUMP}]", "only the last row is there.", "append each line to the list."),
    ("    return", "        return", "it returns after the first row.", "return after the loop."),
    ([(JOIN, f"'{by}'.join(lines)") for by in ("", " ", ", ", ",\\n", "\\\\n", "\\n\\n")],
     "the lines aren't joined by one line break.", 'join them with "\\n": nothing else stands between.'),
    ([(USER, MODEL, MODEL, USER), ("question, answer in", "answer, question in"), (USER, MODEL), (MODEL, USER)],
     "the roles are exchanged, or both the same.", "the question is the user's, the answer the assistant's."),
    ([(DUMP, f"{DUMP[:-1]}, indent={n})") for n in (1, 2, 4)], "indent spreads an object over lines.", "leave it out."),
    (DUMP, "json.dumps(turns)", "the list of turns isn't wrapped.", 'each line is an object with the key "messages".'),
)  # fmt: skip


@exercise("8.2", title="join a stream", points=2, minutes=5, stars=1, answer=replace(TEXT, relations=(lambda case: (
    f"after {sum(takewhile(bool, map(eq, case.got + '', case.want)))} characters another text begins.",
    "print what each chunk adds."),)))  # fmt: skip
def join_stream(chunks: list[dict]) -> str:
    """Return the text of a streamed chat: the pieces of its C chunks, put together as they are."""
    pieces = []
    for chunk in chunks:
        for choice in chunk["choices"]:
            pieces.append(choice["delta"].get("content") or "")
    return "".join(pieces)


def stream(*deltas: str | dict | None) -> tuple[list[dict]]:
    """Return a chat's chunks: of a text as content, of a whole delta, or, for None, of no choice."""
    whole = [{"content": one} if isinstance(one, str) else one for one in deltas]
    return ([{"choices": [] if one is None else [{"delta": one}]} for one in whole],)


ROLE, NOT, BOTH = {"role": "assistant"}, {"content": None}, {"role": "assistant", "content": None}
join_stream.tries(
    stream(ROLE, "The ", "tide", {}, None), stream("No", ".", " "), stream(NOT, "Ten", NOT, " crowns", None), ([],),
    stream(None, ROLE, "At", " 7:35", {}), stream(ROLE | {"content": ""}, " Ki", "tt", "", "\n", "iwake ", {}),
    stream("no ", "no ", "no", None), stream(ROLE, {}, None), stream(BOTH, "  a\n", "b"), stream("Yes"))  # fmt: skip
PARTS, ADD = [NOT, {}, None, "\n", " a", "b ", "c", "d ", " e"], "''.join('' + one for one in pieces)"
join_stream.draws(lambda rng: stream(ROLE, *(PARTS[i] for i in rng.integers(0, 9, 6)), {}, None), times=5)
GET, GLUE, SOME = 'choice["delta"].get("content"', '"".join(pieces)', ("pieces", "filter(None, pieces)")
PIECE, GIVEN = f'{GET}) or ""', " and one['choices'][0]['delta'].get('content') is not None"
join_stream.mistakes(
    ([(PIECE, f"str({GET}{other}))") for other in ("", ', ""')], 'None becomes the text "None".', "add nothing there."),
    ([(GLUE, f"{by!r}.join({some}){end}") for by in " \n" for some in SOME for end in ("", ".strip()", f" + {by!r}")],
     "something is put between the pieces.", 'their blanks are in the pieces: join with "".'),
    ('.get("content") or ""', '["content"] or ""', "a delta may have no content.", "read it with get()."),
    ([(PIECE, f"{GET}{other})", GLUE, way) for other in ("", ', ""') for way in (GLUE, ADD)],
     "None is added to a text: get() gives it, too, where it stands under the key.", "ask first: is it None?"),
    ('in chunk["choices"]', 'in [chunk["choices"][0]]', "a chunk may have no choice: then [0] fails.", "ask first."),
    ([(PIECE, f"({PIECE}).{way}()") for way in ("strip", "lstrip", "rstrip")], "blanks are lost.", "keep them."),
    ([(GLUE, f"['', *{some}][-1]") for some in SOME], "only the last piece is there.", "add to it: += or append()."),
    ([(GLUE, f"[*{some}, ''][0]") for some in SOME] + [("    return", f"{' ' * n}return") for n in (8, 12)],
     "only the first piece is there.", "return after the loop."),
    ([(GLUE, f"''.join(takewhile(bool, {some}))") for some in ("pieces", "pieces[not (pieces or [1])[0] :]")]
     + [("in chunks", f"in takewhile(lambda one: one['choices']{more}, chunks)") for more in ("", GIVEN)],
     "it stops at the first chunk without content.", "look at every chunk: `continue` goes on with the next."),
    ('"delta"', '"message"', 'in a stream a choice has no "message".', 'its piece stands in "delta".'),
    (PIECE, "''.join(one for one in choice['delta'].values() if one)", "the role stands in the text.", "leave it out."),
    ([(GLUE, way) for way in ("pieces", "[*filter(None, pieces)]", "str(pieces)")], "a list is returned.", "join it."),
)  # fmt: skip


@exercise("8.3", title="filter, then cut", points=2, minutes=7, stars=2, room=True, answer=replace(
    RANKING, relations=(lambda case: next((f"row {row} is {'missing' if row in case.want else 'there'}: "
    f"{case.arguments[1][row]}.", "does it fit? Is its score high enough?") for row in {*case.got} ^ {*case.want}),
    *RANKING.relations)))  # fmt: skip
def filtered_top_k(scores: np.ndarray, metadata: list[dict], where: dict, k: int) -> list[int]:
    """Return the k rows with the highest scores (N,) among those whose metadata meet all conditions of `where`."""
    order = np.argsort(-scores, kind="stable").tolist()
    allowed = {key: one["$in"] if isinstance(one, dict) else [one] for key, one in where.items()}
    rows = [row for row in order if all(metadata[row].get(key) in values for key, values in allowed.items())]
    return rows[:k]


DOGS, HIRE, REFUND, ASHORE = ({"page": page} for page in ("dogs", "hire", "refunds", "dogs ashore"))
NEW, OLD, IN, YEARS = {"year": 2026}, {"year": 2025}, {"page": {"$in": ["refunds", "dogs"]}}, {"year": {"$in": [2025]}}
SIX, LOW = [DOGS, HIRE | NEW, REFUND | OLD, NEW, ASHORE | NEW, DOGS | NEW], [HIRE, DOGS, HIRE, HIRE, ASHORE, HIRE, DOGS]
S, T = np.array([4.0, 9, 3, 8, 7, 4]), np.array([7.0, 1, 9, 8, 6, 5, 2])
filtered_top_k.tries(
    (np.array([5.0, 9, 7]), [DOGS, HIRE, DOGS], DOGS, 2), (S, SIX, DOGS, 1), (S, SIX, IN, 2), (S, SIX, DOGS | NEW, 2),
    (S, SIX, NEW, 2), (S, SIX, {}, 3), (S, SIX, REFUND | NEW, 3), (-S, SIX, IN, 5), (S, SIX, OLD, 3), (S, SIX, {}, 1),
    (S[:3] / 10, SIX[:3], YEARS, 9), (S, SIX, {"island": "Tarve"}, 2), (T % 3, LOW, HIRE, 3), (T, LOW, DOGS, 1),
    (np.array([2.0, 2, 6]), [{}, DOGS | OLD, OLD], IN | YEARS, 3), (S, SIX, IN | NEW, 4))  # fmt: skip
EACH, WHERE = [{}, DOGS, HIRE, REFUND, ASHORE], [{}, DOGS, IN, NEW, IN | NEW, HIRE | YEARS, ASHORE, YEARS]
filtered_top_k.draws(lambda rng: (rng.integers(-3, 9, 7) / 1.0, [EACH[i] | [{}, NEW, OLD][i % 3] for i in rng.integers(
    0, 5, 7)], WHERE[rng.integers(8)], int(rng.integers(1, 5))), times=5)  # fmt: skip
LIST, CUT, OF = 'one["$in"] if isinstance(one, dict) else [one]', "rows[:k]", "metadata[row].get(key"
HOLDS, LAST = f"{OF}) in values", "np.argsort(-np.where(np.isin(range(len(scores)), rows), scores, {}), kind='stable')"
filtered_top_k.mistakes(
    ([("in order if", f"in order[:{most}] if") for most in ("k", "2 * k", "3 * k", "k + 1", "max(k, 5)")],
     "it cuts first and filters afterwards: rows that fit are gone.", "filter all rows, then cut."),
    ([(OF, f"{OF}, values[0]"), (HOLDS, f"key not in metadata[row] or {HOLDS}")],
     "a row without the key passes.", "a missing key doesn't meet a condition."),
    (f"{OF})", "metadata[row][key]", "a row may lack the key that is asked for.", "use get(), or ask if it is there."),
    ([("all(", "any("), ("all(", "not where or any(")], "one condition is enough.", "every one must hold: all()."),
    ([("where.items()", f"[*where.items()][{side}]") for side in (":1", "-1:")], "one condition is used.", "use all."),
    (LIST, "[one]", 'a condition with "$in" is compared with the dict itself.', 'look into the list one["$in"].'),
    ([(LIST, LIST.replace("[one]", "one"), *more) for more in ((), (OF, f'{OF}, ""'))],
     "`in` finds parts of a text, and fails without one.", "ask == for one value."),
    ([("-scores", "scores"), (CUT, "rows[::-1][:k]"), (CUT, "rows[-k:]")], "the lowest are taken.", "sort downwards."),
    (("-scores", "scores", ".tolist()", ".tolist()[::-1]"), "of ties the higher row comes first.",
     "sort -scores with sorted(), or with kind='stable': other sorts mix ties."),
    ([(CUT, f"[{one} for row in {CUT}]") for one in ("scores[row]", "[row, scores[row]]", "metadata[row]")],
     "scores or metadata are returned, or come with the rows.", "return the rows' numbers alone."),
    (CUT, "rows", "all rows that fit are returned.", "cut to the first k."),
    (CUT, f"[sorted(rows).index(row) for row in {CUT}]", "places among what fits are returned.", "look them up."),
    ([(CUT, f"{LAST.format(low)}[:k]") for low in ("-np.inf", "0")], "what doesn't fit comes last.", "leave it out."),
    (CUT, "rows[:k] if where else []", "without conditions nothing is found.", "all() of nothing is True."),
)  # fmt: skip


@exercise("8.4", title="one scale for three stores", points=2, minutes=5, stars=1, room=True, answer=ARRAY)
def to_cosine(distances: np.ndarray, metric: str) -> np.ndarray:
    """Return the cosines of unit vectors from what a store reports, of any shape: cosine, l2 (squared) or ip."""
    ways = {"cosine": 1 - distances, "l2": 1 - distances / 2, "ip": distances}
    if metric not in ways:
        raise ValueError(f"unknown metric {metric!r}")
    return ways[metric]


to_cosine.tries(
    (np.array([0.8, 2, 4]), "l2"), (np.array([0.4, 1, 2]), "cosine"), (np.array([0.6, 0, -1]), "ip"), (
    np.array([[0.0, 0.5], [1, 3]]), "l2"), (np.array([[0.5, 2]]), "cosine"), (np.array([[1, -0.2]]), "ip"))  # fmt: skip
to_cosine.draws(lambda rng: (rng.integers(0, 5, (2, 3)) / 4, ["cosine", "l2", "ip"][rng.integers(3)]), times=5)
COSINE, L2, IP, DOWN = "1 - distances,", "1 - distances / 2", ": distances}", "1 / (1 + distances)"
SOLVE, AWAY = "the squared distance is 2 - 2 cos: solve for cos.", ("distances", "-distances", "distances - 1")
to_cosine.mistakes(
    ([(L2, "1 - distances**2 / 2"), (L2, "1 - distances**2")], "l2 is squared again.", SOLVE),
    ([(L2, f"1 - np.sqrt(distances{way}") for way in (")", ") / 2", " / 2)")], "a root of l2 is taken.", SOLVE),
    ([(L2, f"1 - {way}") for way in ("distances", "2 * distances", "distances / 2**0.5")], "l2 isn't halved.", SOLVE),
    ([(L2, f"2 - {way}") for way in ("distances", "2 * distances", "distances / 2")],
     "that isn't solved for cos.", SOLVE),
    ([(L2, f"np.maximum({L2}, 0)"), (COSINE, "np.maximum(1 - distances, 0),"), ("ways[metric]", "abs(ways[metric])"),
      ("ways[metric]", "np.maximum(ways[metric], 0)")], "what is below 0 is lost.", "a cosine goes from -1 to 1."),
    ([(L2, DOWN), (COSINE, f"{DOWN},"), (L2, DOWN, COSINE, f"{DOWN},")], "1 / (1 + d) is no cosine.", SOLVE),
    ([(L2, way) for way in (*AWAY, "distances / 2", "-distances / 2", "distances / 2 - 1")]
     + [(COSINE, f"{way},") for way in AWAY] + [(COSINE, "distances,", *more) for more in ((L2, "distances"), (
      L2, "distances / 2"), (IP, ": 1 - distances}"), (IP, ": 1 - distances}", L2, "distances / 2"))],
     "a distance, or its negative, is returned: a cosine is 1 where the distance is 0.", "take it from 1."),
    ([(IP, f": {way}}}") for way in (*AWAY[1:], COSINE, L2, "(1 + distances) / 2", "np.maximum(distances, 0)")],
     "ip is changed, as if it were a distance.", "it is the cosine already."),
    ([("ways[metric]", way) for way in (L2[:-4], L2, "distances")], "the metric isn't used.", "there are three cases."),
    ([(one, '"?"') for one in ('"cosine"', '"l2"', '"ip"')], "a known metric ends in `raise`.", "how do you spell it?"),
)  # fmt: skip
to_cosine.checks(lambda ask: ask.refuses(to_cosine.inputs(ask.rng), [(np.array([0.8, 2]), "dot")], "ValueError",
    "metric not in ('cosine', 'l2', 'ip')", 'end with raise ValueError("…").'))  # fmt: skip
