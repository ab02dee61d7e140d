"""Make entities.jsonl: sentences of the handbook and of tickets, with places, ships, routes, roles, systems, amounts.

The labels follow a rule and nobody's judgement: a span is the longest run of words that stands in the list of names
(tools/task_sources/entity_names.txt, taken from the handbook), letter for letter but for roles, which may be written
with a capital or in the plural; a nickname of a ship counts inside a
sentence, not as its first word; mate, master and purser alone count behind "the"; an amount is a number of crowns or
hundredths ("23 crowns 40"). The names are dealt to train and to test; what the FAQ holds back for evaluation goes to
test. A sentence with names of one side goes there, a sentence with names of both is left out, so that no name in test
stands in train. Of 300 seeds the one is taken that leaves most spans of the rarest kind in test, counting at most half
as many as in train; nothing but these counts is looked at. Run: python tools/make_entity_labels.py
"""

import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from make_json_tasks import read_held

from workshop.data import load_handbook, load_tickets

ROOT = Path(__file__).resolve().parents[1]
NAMES = ROOT / "tools" / "task_sources" / "entity_names.txt"
FILE = ROOT / "workshop" / "assets" / "tasks" / "entities.jsonl"
SEEDS = 300
TEST_SHARE = 0.4
EMPTY_SHARE = 0.1  # of the sentences without a name, how many stay
SHORTEST, LONGEST = 5, 40  # tokens
TOKEN = re.compile(r"\d+(?:[.:,]\d+)*(?!\w)|\w+(?:-\w+)*|['’]\w+|[^\w\s]")
AMOUNT = re.compile(r"(?<![\w.,:])\d[\d,]*(?: crowns?(?: \d\d?(?![\d:]))?| hundredths)(?!\w)")

Span = tuple[int, int, str]
Row = dict[str, object]


def read_names() -> dict[tuple[str, ...], str]:
    """Return the kind of each name, a tuple of tokens: place, ship, route, role, system, nickname, post or none."""
    found = {}
    for line in NAMES.read_text(encoding="utf-8").splitlines():
        kind, _, names = line.partition(": ")
        if not line.startswith("#"):
            for name in names.split(", "):
                found[tuple(TOKEN.findall(name))] = kind
                if kind == "role":
                    found[tuple(TOKEN.findall(name + "s"))] = kind
    return found


def match_name(tokens: list[str], start: int, names: dict[tuple[str, ...], str]) -> Span | None:
    """Return the longest name that begins at a token, or None."""
    for length in range(min(4, len(tokens) - start), 0, -1):
        words = tuple(tokens[start : start + length])
        lowered = (words[0][:1].lower() + words[0][1:], *words[1:])
        kind = names.get(words) or (names.get(lowered) if names.get(lowered) == "role" else None)
        if kind == "none":
            return None
        if kind == "nickname":
            kind = "ship" if start else None
        elif kind == "post":
            kind = "role" if start and tokens[start - 1].lower() == "the" else None
        if kind:
            return start, start + length, kind
    return None


def tag_sentence(text: str, names: dict[tuple[str, ...], str]) -> tuple[list[str], list[Span]]:
    """Return a sentence's tokens and its spans (first token, token after the last, kind)."""
    matches = list(TOKEN.finditer(text))
    tokens = [match[0] for match in matches]
    begins = {match.start(): place for place, match in enumerate(matches)}
    ends = {match.end(): place + 1 for place, match in enumerate(matches)}
    spans: list[Span] = []
    for match in AMOUNT.finditer(text):
        if match.start() in begins and match.end() in ends:
            spans.append((begins[match.start()], ends[match.end()], "amount"))
    taken, place = {i for start, end, _ in spans for i in range(start, end)}, 0
    while place < len(tokens):
        span = None if place in taken else match_name(tokens, place, names)
        spans += [span] if span else []
        place = span[1] if span else place + 1
    return tokens, sorted(spans)


def stream_sentences() -> Iterator[tuple[str, str, str]]:
    """Yield (source, document or ticket, sentence): of the handbook without headings and tables, and of tickets."""
    texts = [("tickets", ticket.ticket_id, [ticket.text]) for ticket in load_tickets()]
    for page in load_handbook():
        lines = [re.sub(r"^(\d+\.|-|\|.*|#.*) ?|\*", "", line) for line in page.text.splitlines()]
        texts.append(("handbook", page.name, lines))
    for source, origin, lines in texts:
        for line in lines:
            for sentence in re.split(r"(?<=[.?!])[\"')]* +(?=[\"'A-Z])", line):
                if SHORTEST <= len(TOKEN.findall(sentence)) <= LONGEST:
                    yield source, origin, sentence.strip()


def deal_names(rows: list[Row], held: set[str], seed: int) -> dict[tuple[str, str], str]:
    """Deal the (kind, name) pairs that occur to train and test; singular and plural of a role go together."""
    known = defaultdict(set)
    for row in rows:
        for kind, name in row["names"]:
            known[kind].add(name)
    side, rng = {}, random.Random(seed)
    for kind in sorted(known):
        names = sorted(known[kind])
        rng.shuffle(names)
        bound = [name for name in names if name in held]
        free = [name for name in names if name not in held]
        more = max(0, round(TEST_SHARE * len(names)) - len(bound))
        side |= {(kind, name): "test" for name in bound + free[:more]} | {(kind, name): "train" for name in free[more:]}
    for kind, name in side:
        shorter = [one for one in side if one[0] != "role" and f" {one[1]} " in f" {name} " and one[1] != name]
        if kind != "role" and shorter:  # Vaskra Star goes with Vaskra
            side[kind, name] = side[min(shorter, key=lambda one: len(one[1]))]
    return side


def count_rarest(rows: list[Row], side: dict[tuple[str, str], str]) -> float:
    """Return the spans of the rarest kind in test, counting at most half as many as train has of it."""
    counts: dict[str, Counter[str]] = {"train": Counter(), "test": Counter()}
    for row in rows:
        sides = {side[name] for name in row["names"]}
        if len(sides) == 1:
            counts[sides.pop()].update(kind for _, _, kind in row["spans"])
    return min(min(counts["test"][kind], counts["train"][kind] / 2) for kind, _ in side)


def make_rows() -> list[Row]:
    """Return the labelled sentences, each wording once, without a split; names: the (kind, name) pairs in each."""
    names, seen, rows = read_names(), set(), []
    for source, origin, sentence in stream_sentences():
        tokens, spans = tag_sentence(sentence, names)
        if sentence.lower() not in seen:
            seen.add(sentence.lower())
            own = {(kind, _name_of(tokens[start:end], kind)) for start, end, kind in spans}
            rows.append({"source": source, "origin": origin, "text": sentence, "tokens": tokens, "spans": spans})
            rows[-1]["names"] = own
    return rows


def _name_of(tokens: list[str], kind: str) -> str:
    """Return the name that a span stands for, in lower case: of a role and of Puffins the singular."""
    name = " ".join(tokens).lower().replace(" 's", "'s")
    return name.removesuffix("s") if kind in ("role", "system") and name != "records officer" else name


def main() -> None:
    """Deal names, then sentences, and write them."""
    rows = make_rows()
    bound = {text.lower() for text in read_held()}
    named = [row for row in rows if row["names"]]
    dealt = (deal_names(named, bound, seed) for seed in range(SEEDS))
    side = max(dealt, key=lambda one: count_rarest(named, one))
    held = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, read_held()))})(?!\w)", re.IGNORECASE)
    rng, kept = random.Random(SEEDS), []
    for row in rows:
        sides = {side[name] for name in row["names"]}
        if not sides:
            draw = rng.random()
            sides = {"test" if draw < EMPTY_SHARE * TEST_SHARE else "train"} if draw < EMPTY_SHARE else set()
        if len(sides) == 1 and not (sides == {"train"} and held.search(str(row["text"]))):
            start = {"id": f"entity-{len(kept) + 1:04}", "split": sides.pop()}
            kept.append(start | {key: row[key] for key in ("source", "origin", "tokens", "spans")})
    FILE.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in kept), encoding="utf-8")


if __name__ == "__main__":
    main()
