"""Learning over HTTP: snapshots, runs, verdicts, and putting a model in use."""
