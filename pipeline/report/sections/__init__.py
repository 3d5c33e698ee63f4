"""Sections of the reports by topic: text keys, figures and tables; their words stand in `messages/`."""
