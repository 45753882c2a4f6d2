"""Backbones, heads, calibration, attention maps and serving: plain libraries, no Django.

What a page or a queue may import costs NumPy only: `outputs`, `preparation`, `probability`, `bundle`, `cam`, and the
names of `backbones`. `session` adds ONNX Runtime, `calibration`, `heads` and `metrics` SciPy and scikit-learn; what trains or
exports adds torch.
"""
