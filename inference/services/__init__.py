"""Everything that writes about models and predictions. `scoring` needs ONNX Runtime and belongs to workers."""

from inference.services.champions import ChampionMoved, champion_swap
from inference.services.predictions import prediction_ensure, prediction_request, prediction_show
from inference.services.versions import version_register

__all__ = [
    "ChampionMoved",
    "champion_swap",
    "prediction_ensure",
    "prediction_request",
    "prediction_show",
    "version_register",
]
