"""How much is run for lesson 01, and on what it depends."""

from dataclasses import dataclass

LESSON, STEM = "01", "01_word_embeddings"
RUN_INPUTS = (
    *("corpora", "word_embeddings/runs", "vectors/agreement", "association", "counts", "vectors/glove", "recipes"),
    "word_embeddings/sweep",
)
SMALL, LARGE = (10, 25), (100, 200)


@dataclass(frozen=True)
class Plan:
    """How much is run.

    seeds: of each method. passes: over the text, of each method. cbow_passes: as many as give CBOW skip-gram's updates.
    skipgram_passes: fewer and more than the comparison's. fewer_seeds: for how many seeds these are tried. texts: which
    draws of the text are swept. schedule: the epochs of each share of the text, so that all make as many updates.
    draws: of a bootstrap.
    """

    seeds: int = 10
    passes: int = 10
    cbow_passes: int = 55
    skipgram_passes: tuple[int, ...] = (3, 30)
    fewer_seeds: int = 3
    texts: tuple[int, ...] = (10, 11, 12, 13, 14)
    schedule: tuple[tuple[float, int], ...] = ((0.05, 200), (1.0, 10))
    sizes: tuple[int, ...] = (*SMALL, *LARGE)
    draws: int = 2000

    def cells(self) -> list[tuple[float, int, int]]:
        """Return share, size and epochs of every point of the sweep."""
        return [(share, size, epochs) for share, epochs in self.schedule for size in self.sizes]


SHORT = Plan(
    seeds=2,
    passes=1,
    cbow_passes=2,
    skipgram_passes=(2,),
    fewer_seeds=1,
    texts=(0, 1),
    schedule=((0.05, 2), (0.1, 1)),
    draws=50,
)
