"""Lesson 06's study: prompt, LoRA, retrieval and both on the same questions, what each costs, and claims C16 to C20."""
