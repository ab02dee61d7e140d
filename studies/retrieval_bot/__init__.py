"""The study of lesson 05: searches, what a reader makes of what they find, and what can go wrong."""
