"""What the numbers are worth: chance, validity, uncertainty, and every defensible analysis."""
