"""Names that older course folders know: their nbgrader_config.py is never overwritten."""
