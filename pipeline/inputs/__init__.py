"""The front door: every input read, corrected, reconciled and checked."""
