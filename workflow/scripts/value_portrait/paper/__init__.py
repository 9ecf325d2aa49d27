"""What is of this paper alone: the authors' archive, the printed numbers, and the certificate."""
