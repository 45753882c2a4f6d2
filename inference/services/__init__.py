"""Everything that writes about models and predictions. `scoring` needs ONNX Runtime and belongs to workers."""

from inference.services.champions import ChampionMoved, champion_swap
from inference.services.predictions import exposure_record, prediction_ensure, prediction_request
from inference.services.showing import prediction_show
from inference.services.versions import version_register

__all__ = [
    "ChampionMoved",
    "champion_swap",
    "prediction_ensure",
    "prediction_request",
    "prediction_show",
    "exposure_record",
    "version_register",
]
