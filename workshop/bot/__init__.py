"""The bot: its prompt, and the answers that a language model writes."""

from workshop.bot.chat import encode_chat, write_answers
from workshop.bot.generate import generate, sample_probabilities
from workshop.bot.prompt import WORD_BUDGET, build_prompt

__all__ = ["WORD_BUDGET", "build_prompt", "encode_chat", "generate", "sample_probabilities", "write_answers"]
