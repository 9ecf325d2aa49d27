"""Live answers: asking models, and keeping what they say."""
