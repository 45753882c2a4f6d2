"""Is selection worth it here? A project's strategy against random order, by what has been labelled already."""
