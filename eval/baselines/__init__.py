"""Rules of our own for Russian newswire: blocks and dateline, and who said what. Standard library only."""
