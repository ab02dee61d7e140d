"""The measurements of lesson 04: prompt it, or tune it with LoRA."""
