"""Lesson 04: scoring answers, prompts with examples, data for tuning, low-rank updates, perplexity and sampling."""

from workshop.checks.registry import lesson

lesson(
    "04_prompt_or_lora",
    title="Prompt it, or tune it with LoRA",
    minutes=85,
    seconds=200,
    extra="tune",
    libraries=("scipy.special", "torch"),
    causes={
        "below": "fewer examples or steps, a rate far from the recipe's, or labels that slipped against the tokens.",
        "above": "test messages among the training messages, or another adapter than the one the cell names.",
    },
)
