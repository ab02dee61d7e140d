"""The bot: what it retrieves, its prompt, and the answers that a language model writes."""

from workshop.bot.answers import answer, stream_answer
from workshop.bot.chat import encode_chats
from workshop.bot.prompt import WORD_BUDGET, build_prompt
from workshop.bot.retrieval import Draft, FaissRetriever, Reply, ask, draft_reply, find_passages
from workshop.bot.sampling import sample_probabilities

__all__ = [
    "WORD_BUDGET",
    "Draft",
    "FaissRetriever",
    "Reply",
    "answer",
    "ask",
    "build_prompt",
    "draft_reply",
    "encode_chats",
    "find_passages",
    "sample_probabilities",
    "stream_answer",
]
