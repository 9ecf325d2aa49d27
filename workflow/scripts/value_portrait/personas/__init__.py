"""What personas and value steering do to models, beside how groups of people differ."""
