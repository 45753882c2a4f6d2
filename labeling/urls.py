"""Addresses of the API: cases, reads and how cases are chosen."""

from django.urls import URLPattern, URLResolver, include, path

from labeling.api import assignments, policies, predictions, proposals, reads, results, selections, similar, worth

in_assignment = [
    path("", assignments.AssignmentDetail.as_view(), name="assignment"),
    path("read/", assignments.AssignmentRead.as_view(), name="assignment-read"),
    path("skip/", assignments.AssignmentSkip.as_view(), name="assignment-skip"),
    path("unskip/", assignments.AssignmentUnskip.as_view(), name="assignment-unskip"),
    path("defer/", assignments.AssignmentDefer.as_view(), name="assignment-defer"),
    path("resume/", assignments.AssignmentResume.as_view(), name="assignment-resume"),
    path("escalate/", assignments.AssignmentEscalate.as_view(), name="assignment-escalate"),
    path("second-opinion/", assignments.AssignmentOpinion.as_view(), name="assignment-opinion"),
    path("release/", assignments.AssignmentRelease.as_view(), name="assignment-release"),
    path("extend/", assignments.AssignmentExtend.as_view(), name="assignment-extend"),
]

in_project: list[URLPattern | URLResolver] = [
    path("images/<uuid:pk>/prediction/", predictions.PredictionDetail.as_view(), name="prediction"),
    path("images/<uuid:pk>/prediction/maps/<slug:finding>", predictions.PredictionMap.as_view(), name="prediction-map"),
    path("images/<uuid:pk>/result/", results.ImageResultDetail.as_view(), name="image-result"),
    path("images/<uuid:pk>/overrule/", results.ImageOverrule.as_view(), name="image-overrule"),
    path("predict/", results.Predict.as_view(), name="predict"),
    path("images/<uuid:pk>/similar/", similar.SimilarCases.as_view(), name="similar"),
    path("assignments/", assignments.Assignments.as_view(), name="assignments"),
    path("assignments/claim/", assignments.AssignmentClaim.as_view(), name="assignment-claim"),
    path("assignments/sent/", assignments.AssignmentsSent.as_view(), name="assignments-sent"),
    path("assignments/skipped/", assignments.AssignmentsSkipped.as_view(), name="assignments-skipped"),
    path("assignments/<uuid:pk>/", include(in_assignment)),
    path("reads/", reads.Reads.as_view(), name="reads"),
    path("reads/<uuid:pk>/undo/", assignments.ReadUndo.as_view(), name="read-undo"),
    path("reads/<uuid:pk>/amend/", assignments.ReadAmend.as_view(), name="read-amend"),
    path("proposals/", proposals.Proposals.as_view(), name="proposals"),
    path("proposals/<uuid:pk>/accept/", proposals.ProposalAccept.as_view(), name="proposal-accept"),
    path("proposals/<uuid:pk>/decline/", proposals.ProposalDecline.as_view(), name="proposal-decline"),
    path("selections/", selections.Selections.as_view(), name="selections"),
    path("selections/<uuid:pk>/picks/", selections.SelectionPicks.as_view(), name="selection-picks"),
    path("policies/", policies.SelectionPolicies.as_view(), name="policies"),
    path("worth/", worth.WorthReports.as_view(), name="worth"),
    path("worth/restore/", policies.StrategyRestore.as_view(), name="worth-restore"),
]

urlpatterns = [path("projects/<slug:slug>/", include(in_project))]
