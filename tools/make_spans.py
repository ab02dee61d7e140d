"""Make spans.jsonl: a question, a passage, and where in it the answer stands.

Train: the FAQ's `train` questions in all their wordings, each with the handbook's passage that holds the answer, and
questions on pages of invented companies, one a company. Test: the 200 questions of `unseen`, with the passage that
lesson 05 calls the right one. The same file everywhere. Run: python -m tools.make_spans
"""

import json
import re
from pathlib import Path
from typing import Any

from studies.adapters.questions import find_right
from studies.invented.tasks import make_reading_tasks
from workshop.data import load_faq

FILE = Path(__file__).resolve().parents[1] / "workshop" / "assets" / "reading" / "spans.jsonl"
INVENTED, SEED = 720, 7
# Longer ones would make every batch long: 3 of 4 passages of the handbook are shorter.
LONGEST_WORDS = 75


def find_start(passage: str, answer: str) -> int | None:
    """Return where an answer begins in a passage, as whole words; None where it stands there never or twice."""
    found = [one.start() for one in re.finditer(rf"(?<!\w){re.escape(answer)}(?!\w)", passage)]
    return found[0] if len(found) == 1 else None


def read_handbook(split: str) -> list[dict[str, Any]]:
    """Return the FAQ's questions of a split, with the passage that holds each answer; train in all wordings."""
    rows = []
    for one in load_faq():
        if one.split != split or not one.answer:
            continue
        passage = find_right(one).text
        start = find_start(passage, one.answer)
        if start is None:
            start = passage.index(one.answer)
        for question in (one.question, *(one.paraphrases if split == "train" else ())):
            rows.append({"source": "handbook", "document": one.document, "question": question, "passage": passage,
                         "answer": one.answer, "start": start})  # fmt: skip
    return rows


def invent_rows() -> list[dict[str, Any]]:
    """Return questions on pages of invented companies, a page and a question a company."""
    rows = []
    for task in make_reading_tasks(4 * INVENTED, seed=SEED, unanswerable=0):
        passage = task.passages[task.place]
        start = find_start(passage, task.answer)
        if start is not None and len(passage.split()) <= LONGEST_WORDS:
            rows.append({"source": "invented", "document": task.company, "question": task.question,
                         "passage": passage, "answer": task.answer, "start": start})  # fmt: skip
    return rows[:INVENTED]


def main() -> None:
    """Write the file."""
    rows = [(one, "train") for one in [*read_handbook("train"), *invent_rows()]]
    rows += [(one, "test") for one in read_handbook("unseen")]
    lines = [json.dumps({"id": f"span-{place:04d}", "split": split, **one}, ensure_ascii=False)
             for place, (one, split) in enumerate(rows, start=1)]  # fmt: skip
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
