"""The store that lesson 05's bot has: a FAISS index, and beside it texts and metadata in a file of our own."""

import json
from pathlib import Path

import faiss
import numpy as np

PRINTS = "ip"


class Store:
    """Passages, their metadata and vectors, kept in a folder."""

    def __init__(self, folder: Path, size: int) -> None:
        self.index_file, self.rows_file = folder / "index.faiss", folder / "rows.json"
        self.index = faiss.IndexIDMap2(faiss.IndexFlatIP(size))
        self.rows, self.next = {}, 0
        if self.rows_file.exists():
            self.index = faiss.read_index(str(self.index_file))
            self.rows = {int(row): one for row, one in json.loads(self.rows_file.read_text()).items()}
            self.next = max(self.rows, default=-1) + 1

    def add(self, ids: list[str], texts: list[str], metadata: list[dict], vectors: np.ndarray) -> None:
        """Add passages with their vectors (N, D), each of length 1; an id that is there is replaced."""
        self.delete(ids)
        numbers = range(self.next, self.next + len(ids))
        self.index.add_with_ids(vectors, np.array(numbers))
        self.rows |= dict(zip(numbers, zip(ids, texts, metadata, strict=True), strict=True))
        self.next += len(ids)

    def search(self, vector: np.ndarray, k: int, where: dict | None = None) -> list[tuple[str, float]]:
        """Return ids and inner products of the k nearest passages whose metadata fit."""
        fitting = (
            [n for n, (_, _, facts) in self.rows.items() if all(facts.get(a) == b for a, b in where.items())]
            if where
            else None
        )
        chosen = faiss.SearchParameters(sel=faiss.IDSelectorBatch(fitting)) if where else None
        scores, numbers = self.index.search(vector[None], k, params=chosen)
        return [(self.rows[n][0], float(score)) for n, score in zip(numbers[0], scores[0], strict=True) if n >= 0]

    def delete(self, ids: list[str]) -> None:
        """Delete passages by their ids; what isn't there is passed over."""
        names = set(ids)
        gone = {n for n, (name, _, _) in self.rows.items() if name in names}
        self.index.remove_ids(np.array(sorted(gone), dtype=np.int64))
        self.rows = {n: one for n, one in self.rows.items() if n not in gone}

    def save(self) -> None:
        """Write index and texts."""
        faiss.write_index(self.index, str(self.index_file))
        self.rows_file.write_text(json.dumps(self.rows))
