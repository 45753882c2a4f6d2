"""The chest of one patient without disease, as maps of path length per material."""

from dataclasses import dataclass

from phantom.body import body_project
from phantom.electrodes import electrodes_add
from phantom.gas import gas_project
from phantom.lateral import gas_side_on, lungs_project_side_on
from phantom.lungs import Lungs, domes_draw, lungs_project
from phantom.mediastinum import Domes
from phantom.projection import Projection
from phantom.raster import blur, clouds
from phantom.ribs import clavicles_add, rib_gap, ribs_add, sternum_add
from phantom.shapes import Map
from phantom.shoulder import arms_draw, shoulder_add
from phantom.spine import spine_add
from phantom.streams import Streams
from phantom.vessels import trees_project

GRAINS = ((0.55, 0.22), (0.5, 0.5), (0.5, 1.3))
"""Weight and size (cm) of the lungs' texture."""


@dataclass(frozen=True)
class Chest:
    """Maps (n, n) of path length in cm. body includes all else; vessels and bronchi lie in the lungs."""

    projection: Projection
    domes: Domes
    body: Map
    bone: Map
    gas: Map
    lungs: Lungs
    vessels: Map
    bronchi: Map
    texture: Map
    streams: Streams

    def lungs_about(self, ctr: float) -> Lungs:
        """The lungs of this patient about a heart of another cardiothoracic ratio."""
        return _lungs(self.projection, ctr, self.domes, self.streams)


def chest_project(projection: Projection, streams: Streams) -> Chest:
    raised = 1.2 * (projection.pose.view == "AP") + streams.of_image("shoulders").normal(0, 0.5)
    arms = arms_draw(projection, raised, streams.of_image("arms"))
    domes = domes_draw(projection, streams.of_patient("domes"))
    gas = gas_side_on if projection.pose.side_on else gas_project
    vessels, bronchi = trees_project(projection, streams)
    grain = streams.of_patient("texture")
    return Chest(
        projection=projection,
        domes=domes,
        body=body_project(projection, arms, streams.of_patient("body")),
        bone=_bones(projection, raised, streams),
        gas=gas(projection, domes, streams.of_image("gas")),
        lungs=_lungs(projection, projection.ctr, domes, streams),
        vessels=vessels,
        bronchi=bronchi,
        texture=sum((w * clouds(grain, bronchi.shape, cm / projection.px) for w, cm in GRAINS), projection.empty()),
        streams=streams,
    )


def _lungs(projection: Projection, ctr: float, domes: Domes, streams: Streams) -> Lungs:
    project = lungs_project_side_on if projection.pose.side_on else lungs_project
    return project(projection, ctr, domes, streams.of_patient("lungs"))


def _bones(projection: Projection, raised: float, streams: Streams) -> Map:
    out = projection.empty()
    rng = streams.of_patient("bones")
    gap = rib_gap(projection, rng)
    spine_add(projection, out, gap, rng)
    ribs_add(projection, out, gap, rng)
    if projection.pose.side_on:
        sternum_add(projection, out, rng)
    else:
        clavicles_add(projection, out, raised, rng)
    for arm in arms_draw(projection, raised, streams.of_image("arms")):
        shoulder_add(projection, out, arm, rng)
    electrodes_add(projection, out, streams.of_image("electrodes"))
    return blur(out, max(0.7, 0.042 / projection.px))
