"""How far what exists falls short of what is asked for, and whether a plan's own figures hold together."""
