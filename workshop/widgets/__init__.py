"""What learners click on; each leaves a still picture or text where no widget can run."""

from workshop.widgets.confusion import confusion_map
from workshop.widgets.explorer import word_map
from workshop.widgets.prediction import predict, predictions

__all__ = ["confusion_map", "predict", "predictions", "word_map"]
