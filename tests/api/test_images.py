"""Images of a project: lists, pixels."""

import gzip

from overread.accounts.models import User
from overread.archive.models import Image
from overread.archive.services import image_quarantine
from overread.projects.models import Project
from tests.api.rooms import at, url
from tests.factories import make_image, make_project


def test_an_image_tells_its_pseudonym_and_its_pixels(project: Project, reader: User) -> None:
    image = make_image(project, patient="MRN-4711")
    told = at(reader).get(url("image", project, image)).json()
    assert told["patient"] == image.patient.code and told["status"] == "ready"
    assert (told["pixels"]["rows"], told["pixels"]["columns"]) == (40, 48)


def test_no_answer_holds_an_identity(project: Project, reader: User) -> None:
    image = make_image(project, patient="MRN-4711")
    for address in (url("images", project), url("image", project, image)):
        answer = at(reader).get(address).content.decode()
        assert "MRN-4711" not in answer and image.patient.pseudonym not in answer


def test_an_image_in_quarantine_says_why(project: Project, reader: User) -> None:
    image = make_image(project, ready=False)
    image_quarantine(image=image, reason="The pixels do not decode.")
    told = at(reader).get(url("image", project, image)).json()
    assert told["status"] == "quarantined" and told["reason"] == "The pixels do not decode." and told["pixels"] is None


def test_pages_show_every_image_once(project: Project, reader: User) -> None:
    made = {str(make_image(project, ready=False).pk) for _ in range(5)}
    seen, address = [], url("images", project) + "?page_size=2"
    while address:
        page = at(reader).get(address).json()
        seen += [image["id"] for image in page["results"]]
        address = page["next"]
    assert len(seen) == 5 and set(seen) == made


def test_a_made_up_cursor_is_a_problem(project: Project, reader: User) -> None:
    for cursor in ("cD1hYmM=", "nonsense", "bz0tMQ=="):
        assert at(reader).get(url("images", project), {"cursor": cursor}).status_code == 404


def test_images_are_filtered(project: Project, reader: User) -> None:
    image = make_image(project, patient="A")
    make_image(project, patient="B", ready=False)
    for query in ({"status": "ready"}, {"patient": image.patient.code}):
        listed = at(reader).get(url("images", project), query).json()["results"]
        assert [one["id"] for one in listed] == [str(image.pk)]


def test_a_filter_that_means_nothing_is_refused(project: Project, reader: User) -> None:
    assert at(reader).get(url("images", project), {"status": "gone"}).status_code == 400
    assert at(reader).get(url("images", project), {"patient": "%_____"}).json()["results"] == []


def test_images_of_another_project_are_not_there(project: Project, reader: User) -> None:
    elsewhere = make_image(make_project())
    assert at(reader).get(url("images", project)).json()["results"] == []
    for address in (url("image", project, elsewhere), url("pixels", project, elsewhere, "full")):
        assert at(reader).get(address).status_code == 404


def test_pixels_are_the_stored_bytes(project: Project, reader: User) -> None:
    image = make_image(project)
    answer = at(reader).get(url("pixels", project, image, "full"))
    assert answer["Content-Encoding"] == "gzip" and len(gzip.decompress(answer.content)) == 40 * 48 * 2
    assert answer["Cache-Control"] == "private, no-store"


def test_known_pixels_are_not_sent_again(project: Project, reader: User) -> None:
    address = url("pixels", project, make_image(project), "half")
    etag = at(reader).get(address)["ETag"]
    again = at(reader).get(address, headers={"If-None-Match": etag})
    assert again.status_code == 304 and not again.content


def test_the_thumbnail_is_a_picture(project: Project, reader: User) -> None:
    answer = at(reader).get(url("pixels", project, make_image(project), "thumb"))
    assert answer["Content-Type"] == "image/jpeg" and answer.content[:2] == b"\xff\xd8"


def test_there_are_no_pixels_before_decoding(project: Project, reader: User) -> None:
    image = make_image(project, ready=False)
    refused = at(reader).get(url("pixels", project, image, "full"), headers={"Accept": "application/octet-stream"})
    assert refused.status_code == 404 and refused["Content-Type"] == "application/problem+json"
    assert Image.objects.get().status == "received"
