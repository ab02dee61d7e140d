"""What learners click on: predictions, word map, search box; where no widget can run, a still picture or text."""

from workshop.widgets.controls import word_map
from workshop.widgets.prediction import predict, predictions
from workshop.widgets.search_box import search_box

__all__ = ["predict", "predictions", "search_box", "word_map"]
