"""The exercises: one file a lesson with its facts, references, inputs and mistakes. Nothing that a jail shows is here."""
