"""What a handler imports on a cold, busy machine: it goes on until the job's lease has been prolonged."""

import threading

from overread.jobs.models import Job

_known = Job.objects.values_list("lease_until", flat=True).get()
_pause = threading.Event()
if not any(Job.objects.get().lease_until > _known or _pause.wait(0.05) for _ in range(400)):
    raise ImportError("No heartbeat came while the handler imported what it needs.")
