"""What is done each minute for the rooms below this one, which know of no jobs."""

from overread.accounts.access import access_tidy
from overread.audit.services import events_seal
from overread.audit.views import views_collect
from overread.jobs.registry import each_minute

each_minute(views_collect)
each_minute(events_seal)
each_minute(access_tidy)
