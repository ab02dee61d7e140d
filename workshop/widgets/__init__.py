"""What learners click on; where no widget can run, a still picture or text stands in."""

from workshop.widgets.confusion import confusion_map
from workshop.widgets.controls import word_map
from workshop.widgets.prediction import predict, predictions
from workshop.widgets.search_box import search_box

__all__ = ["confusion_map", "predict", "predictions", "search_box", "word_map"]
