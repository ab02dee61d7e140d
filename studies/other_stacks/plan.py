"""What lesson 08's study runs: stacks, sizes, questions asked through a chain, live jobs; and each run's inputs."""

from dataclasses import dataclass

STEM = "08_other_stacks"
# A stack's module, its name in tables, and the packages that somebody would name to install it.
STACKS = {
    "by_hand": ("FAISS, by hand", ("faiss-cpu",)),
    "by_langchain": ("LangChain + FAISS", ("langchain-community", "faiss-cpu")),
    "by_chroma": ("Chroma", ("chromadb",)),
    "by_qdrant": ("Qdrant, local", ("qdrant-client",)),
}
# What stands beside them in the table of packages alone.
CLIENTS = {"LangChain's chain": ("langchain-openai",), "OpenAI client": ("openai",)}
DATA = ("handbook", "sentences")
QUERIES = 200

SERVED = ("serve/jobs", "serve/writing", "serve/served", "serve/turns")
ROOM = ("other_stacks/plan", "other_stacks/trial", *(f"other_stacks/{name}" for name in STACKS))
STACK_INPUTS = (
    *ROOM,
    "other_stacks/stacks",
    "data/haystack",
    "data/wiki_vectors",
    "models/encoder",
    "models/texts",
    "skerryline/handbook",
    "skerryline/faq",
)
PACKAGE_INPUTS = ("other_stacks/plan", "other_stacks/packages", "other_stacks/stacks")
ANSWER_INPUTS = (
    "other_stacks/plan",
    "other_stacks/chain",
    "bot/retrieval",
    "bot/answers",
    "bot/prompt",
    "data/haystack",
    "models/encoder",
    "models/texts",
    "skerryline/handbook",
    "skerryline/faq",
    *SERVED,
)
LIVE_INPUTS = (
    "other_stacks/plan",
    "other_stacks/live",
    *SERVED,
    "tune/training",
    "tune/lora",
    "tune/examples",
    "tasks/json",
)


@dataclass(frozen=True)
class Plan:
    """How much is run."""

    repeats: int = 3
    questions: int = 40
    part: int = 10
    live: int = 12
    steps: int = 24


SHORT = Plan(1, 2, 2, 1, 2)
