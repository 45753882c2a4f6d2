"""What several readers' answers amount to: pure functions, no Django.

`majority`, `plurality` and `median` need nothing but Python; `agreement` needs scikit-learn and `dawid_skene` NumPy.
"""
