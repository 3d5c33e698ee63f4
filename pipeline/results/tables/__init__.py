"""The result tables, by topic: the contract that readers of the results can rely on."""
