"""How much is run for lesson 01, and on what it depends."""

from dataclasses import dataclass

LESSON, STEM = "01", "01_word_embeddings"
RUN_INPUTS = (
    *("corpora", "word_embeddings/runs", "vectors/agreement", "association", "counts", "vectors/glove", "recipes"),
    "vectors/sweep",
)
SMALL, LARGE = (10, 25), (100, 200)


@dataclass(frozen=True)
class Plan:
    """How much is run.

    texts: how often shares of the text are drawn. epochs: of a method (None: its recipe's), of a size, and of a size
    with as many updates.
    """

    seeds: int = 5
    texts: int = 5
    shares: tuple[float, ...] = (0.05, 0.1, 0.25, 0.5, 1.0)
    sizes: tuple[int, ...] = (5, 10, 25, 50, 100, 200)
    method_epochs: int | None = None
    size_epochs: int = 10
    update_epochs: int = 200
    draws: int = 2000

    def cells(self) -> list[tuple[float, int, int]]:
        """Return share, size and epochs of the sweep: the same epochs, then the smallest share with equal updates."""
        same = [(share, size, self.size_epochs) for share in self.shares for size in self.sizes]
        return same + [(self.shares[0], size, self.update_epochs) for size in (*SMALL, *LARGE)]


SHORT = Plan(
    seeds=1,
    texts=2,
    shares=(0.05, 0.1),
    sizes=(*SMALL, *LARGE),
    method_epochs=1,
    size_epochs=1,
    update_epochs=2,
    draws=50,
)
