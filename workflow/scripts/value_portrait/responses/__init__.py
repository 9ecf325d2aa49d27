"""What models are told and asked, and what they answer, kept for good."""
