"""One topic of the reports a file: its text keys, figure and table. Messages stand in `messages/<topic>.yaml`."""
