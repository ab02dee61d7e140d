"""Lesson 07's study: six tasks by one recipe, each against a baseline and against the same network from nothing."""
