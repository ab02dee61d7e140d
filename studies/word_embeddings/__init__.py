"""Lesson 01: word vectors against people, size against data, analogies, bias."""
