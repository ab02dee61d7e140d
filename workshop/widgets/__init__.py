"""What learners click on: predictions and the word map. Each leaves a still picture or text where no widget can run."""

from workshop.widgets.controls import word_map
from workshop.widgets.prediction import predict, predictions

__all__ = ["predict", "predictions", "word_map"]
