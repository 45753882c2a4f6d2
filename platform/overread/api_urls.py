"""Every address of the API."""

from django.urls import URLPattern, URLResolver, include, path

from inference import api as inference
from labeling.api import assignments, labels, policies, predictions, proposals, reads, selections, worth
from overread.accounts import api as accounts
from overread.api import docs
from overread.archive.api import images, launches
from overread.jobs import api as jobs
from overread.projects import api as projects
from training.api import gate, runs, snapshots

app_name = "api"

in_assignment = [
    path("", assignments.AssignmentDetail.as_view(), name="assignment"),
    path("read/", assignments.AssignmentRead.as_view(), name="assignment-read"),
    path("skip/", assignments.AssignmentSkip.as_view(), name="assignment-skip"),
    path("defer/", assignments.AssignmentDefer.as_view(), name="assignment-defer"),
    path("resume/", assignments.AssignmentResume.as_view(), name="assignment-resume"),
    path("escalate/", assignments.AssignmentEscalate.as_view(), name="assignment-escalate"),
    path("second-opinion/", assignments.AssignmentOpinion.as_view(), name="assignment-opinion"),
    path("release/", assignments.AssignmentRelease.as_view(), name="assignment-release"),
    path("extend/", assignments.AssignmentExtend.as_view(), name="assignment-extend"),
]

in_project: list[URLPattern | URLResolver] = [
    path("", projects.ProjectDetail.as_view(), name="project"),
    path("findings/urgent/", projects.UrgentFindings.as_view(), name="findings-urgent"),
    path("jobs/", projects.ProjectJobs.as_view(), name="project-jobs"),
    path("images/", images.Images.as_view(), name="images"),
    path("images/<uuid:pk>/", images.ImageDetail.as_view(), name="image"),
    path("images/<uuid:pk>/retry/", images.ImageRetry.as_view(), name="image-retry"),
    path("images/<uuid:pk>/admit/", images.ImageAdmission.as_view(), name="image-admit"),
    path("images/<uuid:pk>/pixels/<slug:level>", images.Pixels.as_view(), name="pixels"),
    path("images/<uuid:pk>/prediction/", predictions.PredictionDetail.as_view(), name="prediction"),
    path("images/<uuid:pk>/prediction/maps/<slug:finding>", predictions.PredictionMap.as_view(), name="prediction-map"),
    path("launches/", launches.Launches.as_view(), name="launches"),
    path("predictions/", inference.Predictions.as_view(), name="predictions"),
    path("models/", inference.Models.as_view(), name="models"),
    path("models/<int:number>/", inference.ModelDetail.as_view(), name="model"),
    path("models/<int:number>/roll-back/", gate.ModelRollBack.as_view(), name="model-roll-back"),
    path("assignments/", assignments.Assignments.as_view(), name="assignments"),
    path("assignments/claim/", assignments.AssignmentClaim.as_view(), name="assignment-claim"),
    path("assignments/sent/", assignments.AssignmentsSent.as_view(), name="assignments-sent"),
    path("assignments/<uuid:pk>/", include(in_assignment)),
    path("reads/", reads.Reads.as_view(), name="reads"),
    path("reads/<uuid:pk>/undo/", assignments.ReadUndo.as_view(), name="read-undo"),
    path("reads/<uuid:pk>/amend/", assignments.ReadAmend.as_view(), name="read-amend"),
    path("proposals/", proposals.Proposals.as_view(), name="proposals"),
    path("proposals/<uuid:pk>/accept/", proposals.ProposalAccept.as_view(), name="proposal-accept"),
    path("proposals/<uuid:pk>/decline/", proposals.ProposalDecline.as_view(), name="proposal-decline"),
    path("labels/", labels.Labels.as_view(), name="labels"),
    path("selections/", selections.Selections.as_view(), name="selections"),
    path("selections/<uuid:pk>/picks/", selections.SelectionPicks.as_view(), name="selection-picks"),
    path("policies/", policies.SelectionPolicies.as_view(), name="policies"),
    path("worth/", worth.WorthReports.as_view(), name="worth"),
    path("worth/restore/", policies.StrategyRestore.as_view(), name="worth-restore"),
    path("snapshots/", snapshots.Snapshots.as_view(), name="snapshots"),
    path("snapshots/<int:number>/", snapshots.SnapshotDetail.as_view(), name="snapshot"),
    path("snapshots/<int:number>/items/", snapshots.SnapshotItems.as_view(), name="snapshot-items"),
    path("runs/", runs.Runs.as_view(), name="runs"),
    path("runs/<int:number>/", runs.RunDetail.as_view(), name="run"),
    path("runs/<int:number>/cancel/", runs.RunCancel.as_view(), name="run-cancel"),
    path("verdicts/", gate.Verdicts.as_view(), name="verdicts"),
    path("verdicts/<uuid:pk>/", gate.VerdictDetail.as_view(), name="verdict"),
    path("verdicts/<uuid:pk>/promote/", gate.VerdictPromote.as_view(), name="verdict-promote"),
]

urlpatterns = [
    path("tokens/", accounts.Tokens.as_view(), name="tokens"),
    path("tokens/<str:key>/", accounts.Token.as_view(), name="token"),
    path("me/", accounts.Me.as_view(), name="me"),
    path("me/preferences/", accounts.MyPreferences.as_view(), name="preferences"),
    path("projects/", projects.Projects.as_view(), name="projects"),
    path("projects/<slug:slug>/", include(in_project)),
    path("jobs/", jobs.Jobs.as_view(), name="jobs"),
    path("jobs/<uuid:pk>/retry/", jobs.JobRetry.as_view(), name="job-retry"),
    path("jobs/<uuid:pk>/cancel/", jobs.JobCancel.as_view(), name="job-cancel"),
    path("schema/", docs.SchemaView.as_view(), name="schema"),
    path("docs/", docs.page, name="docs"),
]
