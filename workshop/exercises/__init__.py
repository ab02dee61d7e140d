"""The exercises, one file a lesson: facts, references, inputs and mistakes."""
