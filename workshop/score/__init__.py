"""What was measured, what the learner did, and the two side by side."""
