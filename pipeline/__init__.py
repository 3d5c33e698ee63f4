"""Projects the elderly population of a region and measures how far its care plan falls short."""
