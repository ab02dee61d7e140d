"""Chroma, persistent on disk, by its own client."""

from pathlib import Path

import chromadb
import numpy as np

PRINTS = "cosine"


class Store:
    """Passages, their metadata and vectors, kept in a folder."""

    def __init__(self, folder: Path, size: int) -> None:
        self.client = chromadb.PersistentClient(folder, chromadb.Settings(anonymized_telemetry=False))
        space = {"hnsw": {"space": "cosine"}}
        self.store = self.client.get_or_create_collection("pages", configuration=space, embedding_function=None)

    def add(self, ids: list[str], texts: list[str], metadata: list[dict], vectors: np.ndarray) -> None:
        """Add passages with their vectors (N, D)."""
        self.store.upsert(ids, vectors, metadata, texts)

    def search(self, vector: np.ndarray, k: int, where: dict | None = None) -> list[tuple[str, float]]:
        """Return ids and cosine distances of the k nearest passages whose metadata fit."""
        found = self.store.query(query_embeddings=[vector], n_results=k, where=where)
        return list(zip(found["ids"][0], found["distances"][0], strict=True))

    def delete(self, ids: list[str]) -> None:
        """Delete passages by their ids."""
        self.store.delete(ids)

    def save(self) -> None:
        """Do nothing: it is written at once."""
