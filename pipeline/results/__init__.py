"""Result tables: their declarations, what readers see of them, and how they are written."""
