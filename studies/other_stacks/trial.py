"""Try one stack in a process of its own: what its import takes, and what its store gives back at what price."""

import importlib
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

K, SHOWN, BATCH, ASKED = 10, 3, 5000, 200
Found = dict[str, Any]


def read_resident() -> float:
    """Return this process's resident memory in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("VmRSS:"))


@contextmanager
def timed(found: Found, name: str) -> Iterator[None]:
    """Write the seconds of a `with` block."""
    start = time.perf_counter()
    yield
    found[name] = time.perf_counter() - start


def try_stack(module: str, kept: Path, folder: Path) -> Found:
    """Import a stack's module, then fill its store with the vectors kept in a file, search, open it again, change it.

    kept: an .npz with vectors (N, D), queries (Q, D), texts (N,), pages (N,), and answering (Q,), the page that answers
    a query, where there is one. Returns seconds, megabytes, and shares: recall at 10 against all inner products; of
    searches, how many gave the same three in the same order; of searches within one page, how many gave that page's
    three best, and how many gave fewer: pages in turn, and (named `_answering`) the pages that answer.
    """
    data = np.load(kept)
    vectors, queries, pages = data["vectors"], data["queries"][:ASKED], data["pages"].tolist()
    ids = [f"{page}#{row}" for row, page in enumerate(pages)]
    metadata, texts = [{"page": page} for page in pages], data["texts"].tolist()
    found, before = {}, read_resident()
    with timed(found, "import_seconds"):
        stack = importlib.import_module(module)
    found["import_megabytes"] = read_resident() - before
    store = stack.Store(folder, vectors.shape[1])
    with timed(found, "build_seconds"):
        for start in range(0, len(ids), BATCH):
            part = slice(start, start + BATCH)
            store.add(ids[part], texts[part], metadata[part], vectors[part])
    places = {name: row for row, name in enumerate(ids)}
    exact = queries @ vectors.T  # (Q, N)
    answers, waits = [], []
    for query in queries:
        start = time.perf_counter()
        answers.append(store.search(query, K))
        waits.append(time.perf_counter() - start)
    found["search_milliseconds"] = 1000 * float(np.median(waits))
    best = np.argsort(-exact, axis=1, kind="stable")[:, :K]  # (Q, k)
    rows = np.array([[places[name] for name, _ in one] for one in answers])
    found["recall"] = float(np.mean([len({*a} & {*b}) / K for a, b in zip(rows.tolist(), best.tolist(), strict=True)]))
    found["same"] = float(np.mean((rows[:, :SHOWN] == best[:, :SHOWN]).all(axis=1)))
    found["first"] = [[float(exact[0][row]), float(shown)] for row, (_, shown) in zip(rows[0], answers[0], strict=True)]
    names = sorted(set(pages))
    turns = [names[row % len(names)] for row in range(len(queries))]
    found["filtered"], found["short"] = judge_filter(store, queries, exact, pages, places, turns)
    if "answering" in data:
        within = data["answering"].tolist()
        judged = judge_filter(store, queries, exact, pages, places, within)
        found["filtered_answering"], found["short_answering"] = judged
    with timed(found, "save_seconds"):
        store.save()
    found["build_seconds"] += found.pop("save_seconds")  # some write as they are filled, others at the end
    found["disk_megabytes"] = sum(one.stat().st_size for one in folder.rglob("*") if one.is_file()) / 1e6
    del store
    return found


def judge_filter(
    store: Any, queries: np.ndarray, exact: np.ndarray, pages: list[str], places: dict[str, int], within: list[str]
) -> tuple[float, float]:
    """Return of searches, each within one page, the share that gave its best passages and the share with too few."""
    same, short = [], []
    for query, scores, page in zip(queries, exact, within, strict=True):
        mine = [row for row, one in enumerate(pages) if one == page]
        want = sorted(mine, key=lambda row, scores=scores: -scores[row])[:SHOWN]
        got = [places[name] for name, _ in store.search(query, SHOWN, {"page": page})]
        same.append(got == want)
        short.append(len(got) < len(want))
    return float(np.mean(same)), float(np.mean(short))


def try_again(module: str, kept: Path, folder: Path) -> Found:
    """Open a store that another process has filled, change it, and say whether it gave what it should."""
    data = np.load(kept)
    vectors, query = data["vectors"], data["queries"][0]
    pages = data["pages"].tolist()
    stack, found = importlib.import_module(module), {}
    with timed(found, "open_seconds"):
        store = stack.Store(folder, vectors.shape[1])
        first = store.search(query, K)
    found["first"] = [name for name, _ in first]
    gone = [f"{page}#{row}" for row, page in enumerate(pages) if page == first[0][0].rpartition("#")[0]]
    store.delete(gone)
    left = store.search(query, K)
    found["deleted"] = not set(gone) & {name for name, _ in left}
    store.add(["new#0"], ["new"], [{"page": "new"}], query[None])
    found["added"] = store.search(query, K)[0][0] == "new#0"
    store.save()
    return found


def main() -> None:
    """Print what a trial found as a line of JSON: try or again, the module, the vectors' file, the store's folder."""
    what, module, kept, folder = sys.argv[1:]
    run = {"try": try_stack, "again": try_again}[what]
    print(json.dumps(run(module, Path(kept), Path(folder))))


if __name__ == "__main__":
    main()
