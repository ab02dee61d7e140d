"""The measurements of lesson 03: when a frozen embedding is not enough."""
