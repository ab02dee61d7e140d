"""What a stack costs and gives back: tried in processes of its own, its packages weighed, its lines counted."""

import ast
import functools
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from studies.freshness import ROOT, find_input
from studies.other_stacks.packages import list_packages, weigh
from studies.other_stacks.plan import CLIENTS, QUERIES, STACKS
from workshop.data import load_faq, load_passages, load_wiki_vectors
from workshop.models import encode_texts, load_encoder
from workshop.settings import Settings

Cell = dict[str, Any]
PAGES = 200  # so many pages the sentences, which have none, are dealt to


def run_stack(stack: str, data: str, repeat: int, most: int | None) -> Cell:
    """Fill a stack's store in one process, open it again in another, and return what both found.

    data: handbook (its passages, asked the FAQ's questions) or sentences (14 thousand of Wikipedia, of which 200 ask).
    repeat: number of the trial; times differ, the rest doesn't. most: so many vectors alone.
    """
    with tempfile.TemporaryDirectory() as place:
        kept, folder = Path(place) / "kept.npz", Path(place) / "store"
        folder.mkdir()
        np.savez(kept, **(load_pages(most) if data == "handbook" else load_sentences(most)))
        module = f"studies.other_stacks.{stack}"
        tried, again = (_call(what, module, kept, folder) for what in ("try", "again"))
    return tried | {"open_seconds": again["open_seconds"], "kept": again["deleted"] and again["added"]}


def _call(what: str, module: str, kept: Path, folder: Path) -> Cell:
    """Return what a trial prints in a process with one thread."""
    command = [sys.executable, "-m", "studies.other_stacks.trial", what, module, str(kept), str(folder)]
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    done = subprocess.run(command, cwd=ROOT, env=os.environ | one, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


@functools.cache
def load_pages(most: int | None) -> dict[str, np.ndarray]:
    """Return the handbook: vectors (N, D), of questions (Q, D), texts (N,), pages (N,), the pages that answer (Q,)."""
    settings = Settings(threads=1)
    encoder, passages = load_encoder(settings), load_passages(settings)[:most]
    texts = [" ".join(one.text.split()) for one in passages]
    asked = load_faq(settings)[: most or QUERIES]
    return {
        "vectors": encode_texts(encoder, texts),
        "queries": encode_texts(encoder, [one.question for one in asked]),
        "texts": np.array(texts),
        "pages": np.array([one.document for one in passages]),
        "answering": np.array([one.document for one in asked]),
    }


def load_sentences(most: int | None) -> dict[str, np.ndarray]:
    """Return Wikipedia's sentences in the same form; the last 200, in an order drawn once, ask."""
    vectors = np.random.default_rng(0).permutation(load_wiki_vectors())
    left = np.arange(len(vectors) - QUERIES)[:most]
    texts, pages = ([f"{kind} {row}" for row in rows] for kind, rows in (("sentence", left), ("page", left % PAGES)))
    return {
        "vectors": vectors[left],
        "queries": vectors[-QUERIES:][:most],
        "texts": np.array(texts),
        "pages": np.array(pages),
    }


def run_packages(name: str) -> Cell:
    """Return how many packages an installation brings, itself included, and their megabytes, as installed here."""
    roots = dict(STACKS.values()) | CLIENTS
    found = list_packages(roots[name])
    return {"packages": len(found), "install_megabytes": weigh(found.values())}


def count_lines(stack: str) -> int:
    """Return the lines of code of a stack's module, written anew from its syntax tree: no docstrings, no layout."""
    tree = ast.parse(find_input(f"other_stacks/{stack}").read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            node.body = node.body[1:] or [ast.Pass()]
    return sum(bool(line.strip()) for line in ast.unparse(tree).splitlines())
