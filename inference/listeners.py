"""What inference does on events from the rooms below."""

from inference.jobs import predict_request
from overread.archive.events import ImageReady
from overread.events import listen


@listen(ImageReady)
def ready_image_score(event: ImageReady) -> None:
    predict_request(image=event.image, project=event.project, source=event.source)
