"""Lesson 08: what four stores for vectors give back, what each costs, and a fine-tuning job behind a protocol."""
