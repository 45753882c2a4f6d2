class DatasetError(Exception):
    """The data set, or a row of it, cannot be read as asked. The text says what to do, and names no patient."""
