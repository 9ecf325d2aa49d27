"""Which items measure what."""
