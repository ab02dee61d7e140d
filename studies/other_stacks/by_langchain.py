"""LangChain's FAISS store behind LangChain's interface."""

from pathlib import Path

import faiss
import numpy as np
from langchain_community.docstore.in_memory import InMemoryDocstore
from langchain_community.vectorstores import FAISS
from langchain_core.embeddings import FakeEmbeddings

PRINTS = "l2"


class Store:
    """Passages, their metadata and vectors, kept in a folder."""

    def __init__(self, folder: Path, size: int) -> None:
        self.folder, unused = str(folder), FakeEmbeddings(size=size)
        if (folder / "index.faiss").exists():
            self.store = FAISS.load_local(self.folder, unused, allow_dangerous_deserialization=True)
        else:
            self.store = FAISS(unused, faiss.IndexFlatL2(size), InMemoryDocstore(), {})

    def add(self, ids: list[str], texts: list[str], metadata: list[dict], vectors: np.ndarray) -> None:
        """Add passages with their vectors (N, D), each of length 1."""
        self.store.add_embeddings(list(zip(texts, vectors, strict=True)), metadata, ids)

    def search(self, vector: np.ndarray, k: int, where: dict | None = None) -> list[tuple[str, float]]:
        """Return ids and squared distances of the k nearest passages whose metadata fit."""
        found = self.store.similarity_search_with_score_by_vector(vector, k, filter=where)
        return [(one.id, float(distance)) for one, distance in found]

    def delete(self, ids: list[str]) -> None:
        """Delete passages by their ids."""
        self.store.delete(ids)

    def save(self) -> None:
        """Write index and texts."""
        self.store.save_local(self.folder)
