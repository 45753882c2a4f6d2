"""Addresses of the API: data sets, labels, exports, snapshots, training runs, verdicts."""

from django.urls import include, path

from training.api import data_set_drafts, data_sets, exports, gate, labels, runs, snapshots, stages

in_project = [
    path("models/compose/", stages.PipelineCompose.as_view(), name="model-compose"),
    path("stages/", stages.Stages.as_view(), name="stages"),
    path("models/<int:number>/judge/", gate.ModelJudge.as_view(), name="model-judge"),
    path("models/<int:number>/roll-back/", gate.ModelRollBack.as_view(), name="model-roll-back"),
    path("snapshots/", snapshots.Snapshots.as_view(), name="snapshots"),
    path("snapshots/<int:number>/", snapshots.SnapshotDetail.as_view(), name="snapshot"),
    path("snapshots/<int:number>/items/", snapshots.SnapshotItems.as_view(), name="snapshot-items"),
    path("data-set-layouts/", data_sets.Layouts.as_view(), name="data-set-layouts"),
    path("data-sets/", data_sets.DataSets.as_view(), name="data-sets"),
    path("data-sets/<uuid:pk>/", data_sets.DataSetDetail.as_view(), name="data-set"),
    path("data-sets/<uuid:pk>/rows/", data_sets.DataSetRows.as_view(), name="data-set-rows"),
    path("data-sets/<uuid:pk>/withdraw/", data_sets.DataSetWithdraw.as_view(), name="data-set-withdraw"),
    path("data-set-drafts/", data_set_drafts.Drafts.as_view(), name="data-set-drafts"),
    path("data-set-drafts/<uuid:pk>/", data_set_drafts.DraftDetail.as_view(), name="data-set-draft"),
    path("data-set-drafts/<uuid:pk>/import/", data_set_drafts.DraftImport.as_view(), name="data-set-draft-import"),
    path("labels/", labels.Labels.as_view(), name="labels"),
    path("exports/", exports.Exports.as_view(), name="exports"),
    path("exports/<uuid:pk>/", exports.ExportDetail.as_view(), name="export"),
    path("exports/<uuid:pk>/file", exports.ExportFile.as_view(), name="export-file"),
    path("runs/", runs.Runs.as_view(), name="runs"),
    path("runs/<int:number>/", runs.RunDetail.as_view(), name="run"),
    path("runs/<int:number>/cancel/", runs.RunCancel.as_view(), name="run-cancel"),
    path("verdicts/", gate.Verdicts.as_view(), name="verdicts"),
    path("verdicts/<uuid:pk>/", gate.VerdictDetail.as_view(), name="verdict"),
    path("verdicts/<uuid:pk>/promote/", gate.VerdictPromote.as_view(), name="verdict-promote"),
]

urlpatterns = [path("projects/<slug:slug>/", include(in_project))]
