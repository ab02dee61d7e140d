"""Grade submissions at class scale: each student's code jailed, every mark kept."""
