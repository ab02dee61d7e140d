"""What teachers and maintainers run: lessons, courses, slides, the grader."""
