"""Everything that reads in the reading room, one file per subject."""
