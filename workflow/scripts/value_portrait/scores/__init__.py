"""From answers to ratings, profiles, sensitivity and reliability."""
