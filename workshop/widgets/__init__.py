"""What learners click on; where no widget can run, a still picture or text stands in."""

from workshop.widgets.confusion import confusion_map
from workshop.widgets.controls import word_map
from workshop.widgets.prediction import predict, predictions
from workshop.widgets.rank_slider import rank_slider
from workshop.widgets.search_box import search_box

__all__ = ["confusion_map", "predict", "predictions", "rank_slider", "search_box", "word_map"]
