"""Lesson 02: texts against people, search, quality against bytes, senses, baskets."""
