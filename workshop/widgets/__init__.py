"""What learners click on: predictions, the word map, the search box. Each leaves a still picture or text where no widget can run."""

from workshop.widgets.explorer import word_map
from workshop.widgets.prediction import predict, predictions
from workshop.widgets.search_box import search_box

__all__ = ["predict", "predictions", "search_box", "word_map"]
