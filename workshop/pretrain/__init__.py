"""The tiny language model: invented companies to read about, pretraining, evaluation, model card."""
