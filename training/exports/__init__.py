"""Labels out: tables of labels, reads, scores and regions, and data sets for detection and classification.

`tables` has a file for each table, `formats` one for each form of file.
"""
