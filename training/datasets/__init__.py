"""What the files of a data set say, layout by layout, before anything is stored. No Django."""
