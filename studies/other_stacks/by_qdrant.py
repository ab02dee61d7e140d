"""Qdrant's local mode, in a folder, by its own client."""

import uuid
from pathlib import Path

import numpy as np
from qdrant_client import QdrantClient, models

PRINTS = "similarity"


class Store:
    """Passages, their metadata and vectors, kept in a folder."""

    def __init__(self, folder: Path, size: int) -> None:
        self.client = QdrantClient(path=str(folder))
        if not self.client.collection_exists("pages"):
            self.client.create_collection("pages", models.VectorParams(size=size, distance=models.Distance.COSINE))

    def add(self, ids: list[str], texts: list[str], metadata: list[dict], vectors: np.ndarray) -> None:
        """Add passages with their vectors (N, D)."""
        kept = [facts | {"id": one, "text": text} for one, text, facts in zip(ids, texts, metadata, strict=True)]
        self.client.upload_collection("pages", vectors, kept, [_number(one) for one in ids])

    def search(self, vector: np.ndarray, k: int, where: dict | None = None) -> list[tuple[str, float]]:
        """Return ids and cosines of the k nearest passages whose metadata fit."""
        fits = [models.FieldCondition(key=a, match=models.MatchValue(value=b)) for a, b in (where or {}).items()]
        found = self.client.query_points(
            "pages", vector, query_filter=models.Filter(must=fits) if fits else None, limit=k
        )
        return [(one.payload["id"], one.score) for one in found.points]

    def delete(self, ids: list[str]) -> None:
        """Delete passages by their ids."""
        self.client.delete("pages", [_number(one) for one in ids])

    def save(self) -> None:
        """Let go of the folder: what stands in it is written at once."""
        self.client.close()


def _number(name: str) -> str:
    """Return the UUID that stands for an id: Qdrant takes no other texts."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))
