"""How good a model is, and whether a challenger may take the champion's place: pure functions over arrays, no Django.

labels are 1, 0 or NaN (unknown, and uncertain where the project does not count it); scores are probabilities; patients
say whose image each row is, so that two images of one patient never count as two patients.
"""
