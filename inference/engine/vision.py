"""The one way to torchvision: `from inference.engine.vision import models, transforms`.

torchvision's wheel is built against CUDA torch. Beside a CPU-only torch its compiled operators fail to load and the
import stops at `operator torchvision::nms does not exist`. Declaring the two missing schemas first lets models, weights
and transforms work; `nms` itself and `torchvision.io` stay unavailable. Nothing is declared where the operators load.
"""

import torch

try:
    import torchvision
except RuntimeError as refusal:
    if "torchvision::" not in str(refusal):
        raise
    # Kept in a module constant: the schemas live as long as this object.
    DECLARATIONS = torch.library.Library("torchvision", "DEF")  # type: ignore[no-untyped-call]
    for operator in ("nms", "qnms"):
        DECLARATIONS.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")  # type: ignore[no-untyped-call]
    import torchvision

from torchvision import models
from torchvision.transforms import v2 as transforms

VERSION: str = torchvision.__version__

__all__ = ["VERSION", "models", "transforms"]
