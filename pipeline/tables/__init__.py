"""The tables: how they are declared, read, corrected, reconciled and written."""
