"""Is selection worth it here? A project's strategy against random order, on the images that are labelled already."""
