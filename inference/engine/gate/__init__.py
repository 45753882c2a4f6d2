"""Parts of the quality gate: what of an image is looked at, how it is measured, and how far it lies from the project's."""
