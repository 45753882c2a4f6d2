"""modAL's own query functions, as they are installed."""

from dataclasses import replace

import numpy as np
import pytest
from modAL import density, multilabel, uncertainty
from modAL.batch import uncertainty_batch_sampling
from modAL.models import ActiveLearner
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

from labeling.selection import strategies
from labeling.selection.by_path import Answered, by_path
from labeling.selection.pool import FindingOutput, Pool


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.fixture
def learned():
    """A classifier fitted on two features, and the pool it has scored."""
    X = rng(1).normal(size=(300, 2))
    y = (X.sum(axis=1) + rng(2).normal(size=300) > 0).astype(int)
    classifier = LogisticRegression().fit(X[:100], y[:100])
    scores = classifier.predict_proba(X[100:])[:, 1:]
    return classifier, Pool(scores, (FindingOutput("effusion"),), embeddings=X[100:])


@pytest.mark.parametrize("name", ["uncertainty_sampling", "margin_sampling", "entropy_sampling"])
def test_it_picks_what_modal_picks(learned, name):
    classifier, pool = learned
    theirs, _ = getattr(uncertainty, name)(classifier, pool.embeddings, n_instances=7)
    ours = by_path(f"modAL.uncertainty:{name}", classifier)(pool, 7, rng=rng())
    assert sorted(ours.rows.tolist()) == sorted(theirs.tolist())


def test_stored_probabilities_stand_in_for_the_classifier(learned):
    classifier, pool = learned
    fitted = by_path("modAL.uncertainty:margin_sampling", classifier)(pool, 7, rng=rng())
    stored = by_path("modAL.uncertainty:margin_sampling")(pool, 7, rng=rng())
    assert sorted(stored.rows.tolist()) == sorted(fitted.rows.tolist())


def test_a_multilabel_query():
    X, scores = rng().normal(size=(50, 4)), rng(1).random((50, 3))
    pool = Pool(scores, tuple(FindingOutput(f) for f in "abc"), embeddings=X)
    theirs, _ = multilabel.avg_confidence(Answered(scores), X, n_instances=5)
    assert set(by_path("modAL.multilabel:avg_confidence")(pool, 5, rng=rng()).rows.tolist()) == set(theirs.tolist())


def test_a_multilabel_query_with_its_classifier():
    X = rng().normal(size=(80, 4))
    classifier = OneVsRestClassifier(LogisticRegression()).fit(X, X[:, :3] > 0)
    pool = Pool(classifier.predict_proba(X), tuple(FindingOutput(f) for f in "abc"), embeddings=X)
    picks = by_path("modAL.multilabel:min_confidence", classifier)(pool, 5, rng=rng())
    assert len(set(picks.rows.tolist())) == 5


def test_a_batch_query_with_its_learner(learned):
    classifier, pool = learned
    learner = ActiveLearner(LogisticRegression(), X_training=pool.embeddings[:40], y_training=np.arange(40) % 2)
    theirs = uncertainty_batch_sampling(learner, pool.embeddings, n_instances=4)[0]
    ours = by_path("modAL.batch:uncertainty_batch_sampling", learner)(pool, 4, rng=rng())
    assert ours.rows.tolist() == np.ravel(theirs).tolist()


def test_excluded_rows_are_not_even_shown(learned):
    classifier, pool = learned
    excluded = np.arange(200) < 150
    shown = Pool(pool.outputs, pool.layout, excluded=excluded, embeddings=pool.embeddings)
    assert (by_path("modAL.uncertainty:margin_sampling", classifier)(shown, 50, rng=rng()).rows >= 150).all()


def test_the_global_generator_is_seeded_and_put_back(flat_pool):
    np.random.seed(5)
    expected = np.random.random()
    np.random.seed(5)
    strategy = by_path("modAL.multilabel:avg_confidence", random_tie_break=True)
    first = strategy(flat_pool, 4, rng=rng(3)).rows.tolist()
    assert np.random.random() == expected
    assert strategy(flat_pool, 4, rng=rng(3)).rows.tolist() == first


def test_ties_are_settled_by_lot():
    alike = Pool(np.full((40, 1), 0.3), (FindingOutput("effusion"),))
    strategy = by_path("modAL.uncertainty:margin_sampling")
    assert len({int(strategy(alike, 2, rng=rng(seed)).rows[0]) for seed in range(30)}) > 10


@pytest.mark.parametrize("name", ["uncertainty_sampling", "margin_sampling", "entropy_sampling"])
def test_the_least_sure_comes_first_with_the_lowest_score(name):
    pool = Pool(np.linspace(0.01, 0.49, 60)[:, None], (FindingOutput("effusion"),))
    picks = by_path(f"modAL.uncertainty:{name}")(pool, 7, rng=rng())
    assert picks.rows.tolist() == list(range(59, 52, -1)) and (np.diff(picks.scores) > 0).all()


@pytest.mark.parametrize(
    ("layout", "path"),
    [
        ("measurement", "modAL.uncertainty:uncertainty_sampling"),
        ("mixed", "modAL.multilabel:avg_confidence"),
        ("binary", "modAL.uncertainty:margin_sampling"),
        ("categorical", "modAL.multilabel:min_confidence"),
    ],
)
def test_answers_that_would_be_misread_are_refused(layout, path, pool_factory):
    with pytest.raises(ValueError, match=f"{path} does not work here: .*(own strategies|several binary findings)"):
        by_path(path)(pool_factory(layout=layout), 6, rng=rng())


def test_one_finding_with_classes_is_read_rightly(pool_factory):
    pool = pool_factory(layout="categorical")
    picks = by_path("modAL.uncertainty:margin_sampling")(pool, 6, rng=rng())
    assert set(picks.rows.tolist()) == set(strategies.get("margin")(pool, 6, rng=rng()).rows.tolist())


WANTING = ("modAL.batch:uncertainty_batch_sampling", "modAL.disagreement:vote_entropy_sampling")


@pytest.mark.parametrize("path", [*WANTING, "skactiveml.pool:ExpectedModelChangeMaximization"])
def test_what_wants_more_than_a_pool_has_says_so(path, pool_factory):
    with pytest.raises(ValueError, match=f"{path} does not work here"):
        by_path(path)(pool_factory(layout="categorical"), 6, rng=rng())


def test_nan_in_an_embedding_is_refused(pool_factory):
    points = np.full((60, 4), np.nan, np.float16)
    with pytest.raises(ValueError, match="NaN"):
        by_path("modAL.uncertainty:margin_sampling")(
            pool_factory(layout="categorical", embeddings=points), 6, rng=rng()
        )


def test_stored_answers_serve_the_whole_pool_only():
    with pytest.raises(ValueError, match="2 rows are answered, not 1"):
        Answered(np.zeros((2, 2))).predict_proba(np.zeros((1, 8)))


@pytest.mark.parametrize(
    "path", ["margin", "no.such:thing", "modAL.uncertainty:nothing", "numpy:pi", ":x", ".x:y", ":", "modAL:"]
)
def test_a_path_that_leads_nowhere(path):
    with pytest.raises(ValueError, match=path.replace(".", r"\.")):
        by_path(path)


@pytest.mark.parametrize("answer", [[0, 0], [0], [0, 99], [0, -1], [0.5, 1.5]])
def test_a_wrong_answer_is_refused(flat_pool, monkeypatch, answer):
    monkeypatch.setattr(density, "wrong", lambda classifier, X, n_instances: np.array(answer), raising=False)
    with pytest.raises(ValueError, match="modAL.density:wrong"):
        by_path("modAL.density:wrong")(flat_pool, 2, rng=rng())


SCIKIT_ACTIVEML = ("skactiveml.pool:MaxHerding", "skactiveml.pool:Badge", "skactiveml.pool:UncertaintySampling")


@pytest.mark.parametrize("path", SCIKIT_ACTIVEML)
def test_a_class_of_scikit_activeml_is_a_strategy(path, pool_factory):
    known = np.array([1, 4, 9, 33])
    pool = pool_factory(layout="categorical", labelled=known, labels=np.array([[0], [1], [2], [0]]))
    first, again = (by_path(path)(pool, 6, rng=np.random.default_rng(3)) for _ in range(2))
    assert first.rows.tolist() == again.rows.tolist() and len(set(first.rows.tolist()) - set(known.tolist())) == 6


def test_an_uncertain_answer_teaches_a_class_nothing(pool_factory):
    known, told = np.arange(4), np.array([[0.0], [1.0], [0.5], [0.5]])
    pool = Pool(
        rng().random((60, 1)), (FindingOutput("a"),), embeddings=pool_factory().embeddings, labelled=known, labels=told
    )
    unknown = replace(pool, labels=np.where(told == 0.5, np.nan, told))
    strategy = by_path("skactiveml.pool:UncertaintySampling")
    assert strategy(pool, 9, rng=rng()).rows.tolist() == strategy(unknown, 9, rng=rng()).rows.tolist()


def test_a_class_of_scikit_activeml_takes_one_finding(pool_factory):
    with pytest.raises(ValueError, match="one finding"):
        by_path("skactiveml.pool:Badge")(pool_factory(), 3, rng=np.random.default_rng(0))


def test_a_class_without_a_query_is_refused():
    with pytest.raises(ValueError, match="neither"):
        by_path("collections:OrderedDict")
