"""The bot: its prompt, and the answers that a language model writes."""

from workshop.bot.answers import answer, stream_answer
from workshop.bot.chat import encode_chats
from workshop.bot.prompt import WORD_BUDGET, build_prompt
from workshop.bot.sampling import sample_probabilities

__all__ = ["WORD_BUDGET", "answer", "build_prompt", "encode_chats", "sample_probabilities", "stream_answer"]
