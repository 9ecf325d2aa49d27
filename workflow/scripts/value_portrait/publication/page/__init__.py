"""The page report.html: what it holds, packed, and how it is written."""
