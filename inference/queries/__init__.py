"""Queries about models, their scores and their predictions."""

from inference.queries.arrays import (
    ImageTable,
    embeddings_of,
    prediction_find,
    score_arrays,
    scores_among,
    scores_find,
    scores_of,
)
from inference.queries.champions import (
    Released,
    champion_of,
    champion_record,
    former_champions,
    promotions_newest,
    released,
)
from inference.queries.predictions import (
    attention_map,
    in_view,
    prediction_in_view,
    predictions_shown,
    predictions_shown_anywhere,
)

__all__ = [
    "ImageTable",
    "Released",
    "attention_map",
    "champion_of",
    "champion_record",
    "embeddings_of",
    "former_champions",
    "in_view",
    "prediction_find",
    "prediction_in_view",
    "predictions_shown",
    "predictions_shown_anywhere",
    "promotions_newest",
    "released",
    "score_arrays",
    "scores_among",
    "scores_find",
    "scores_of",
]
