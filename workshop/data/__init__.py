"""Texts and yardsticks: what the lessons read and what they are judged by."""

from workshop.data.catalogue import DataSet, available
from workshop.data.corpora import Article, draw_share, load_analogies, load_articles, load_ratings, load_sentences
from workshop.data.haystack import cut_document, load_haystack, load_passages, load_wiki_passages
from workshop.data.judged import load_lee, load_lee_background, load_reviews
from workshop.data.records import Basket, Document, Passage, Question, Ticket, VoicePair
from workshop.data.skerryline import load_baskets, load_faq, load_handbook, load_prices, load_tickets, load_voice
from workshop.data.spans import SpanQuestion, load_span_questions
from workshop.data.spoken import SPOKEN, code_words, list_prices, list_times, say_price, say_time
from workshop.data.tasks import (
    FollowUp,
    Injection,
    JsonInstructions,
    JsonTask,
    SenseUse,
    Skill,
    Summary,
    TaggedSentence,
    load_json_instructions,
    load_task,
)
from workshop.data.wiki_vectors import enlarge, load_wiki_vectors

__all__ = [
    "SPOKEN",
    "Article",
    "Basket",
    "DataSet",
    "Document",
    "FollowUp",
    "Injection",
    "JsonInstructions",
    "JsonTask",
    "Passage",
    "Question",
    "SenseUse",
    "Skill",
    "SpanQuestion",
    "Summary",
    "TaggedSentence",
    "Ticket",
    "VoicePair",
    "available",
    "code_words",
    "cut_document",
    "draw_share",
    "enlarge",
    "list_prices",
    "list_times",
    "load_analogies",
    "load_articles",
    "load_baskets",
    "load_faq",
    "load_handbook",
    "load_haystack",
    "load_json_instructions",
    "load_lee",
    "load_lee_background",
    "load_passages",
    "load_prices",
    "load_ratings",
    "load_reviews",
    "load_sentences",
    "load_span_questions",
    "load_task",
    "load_tickets",
    "load_voice",
    "load_wiki_passages",
    "load_wiki_vectors",
    "say_price",
    "say_time",
]
