"""What is easy and what is hard in Skerryline's data."""
