"""What learners click on; where no widget can run, a still picture or text stands in."""

from workshop.widgets.chat_box import chat_box
from workshop.widgets.confusion import confusion_map
from workshop.widgets.controls import word_map
from workshop.widgets.glass_bot import glass_bot
from workshop.widgets.prediction import predict, predictions
from workshop.widgets.rank_slider import rank_slider
from workshop.widgets.scenario_cards import scenario_cards
from workshop.widgets.search_box import search_box
from workshop.widgets.store_box import store_box
from workshop.widgets.tag_box import tag_box

__all__ = [
    "chat_box",
    "confusion_map",
    "glass_bot",
    "predict",
    "predictions",
    "rank_slider",
    "scenario_cards",
    "search_box",
    "store_box",
    "tag_box",
    "word_map",
]
