"""What `python -m pipeline` does beside the stages: one module a command, imported when it is called."""
