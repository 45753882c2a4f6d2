"""Synthetic chest radiographs with known truth, for the demo, the tests and experiments. No classifier of findings trained on
them may meet patients, and no patient's data is in them. The stages for views and lungs learn some of their geometry from them,
beside real films; the README of each says what is not known of it on real ones.

Method. Path lengths in centimetres, one map per material: body, lungs, heart and great vessels are analytic chords; ribs,
clavicles, shoulders and the trees of vessels and bronchi are tubes in space, laid onto the detector. A finding changes the
maps of the lungs; then come exp(-sum of mu t), scatter, grid, quantum noise, blur, logarithm, local contrast, the curve of
one of several devices, collimation and a marker of the side. Patient, pose, device, noise and findings draw from random
streams of their own, and window and scatter are those of the patient without findings, so that nothing beside a finding
tells of it.

How hard. `difficulty` goes from 0 (plain) to 1 (subtle). At 0.5, a quarter of the films showing each finding, a small CNN at
128 pixels trained 30 epochs on 1,400 films reaches on 400 others these AUROCs (`measure`, three draws of 1,800 films; the
last column is ridge regression on the outer tenth of the films):

    cardiomegaly   .91 .91 .87    border .50 .50 .48
    consolidation  .93 .94 .90           .51 .45 .49
    effusion       .95 .95 .94           .46 .48 .49
    interstitial   .92 .97 .96           .51 .48 .52
    nodule         .94 .90 .86           .51 .46 .51
    pneumothorax   .94 .81 .92           .47 .51 .49

With 840 films the network is still at the foot of its curve: .75 to .91 (findings a shade easier or harder than now).

Limits. Lateral views are a sketch. Fissures, skin folds, costal cartilage and devices other than leads are missing; fluid
moves no organ; an extent is that of what was drawn, not of what can be seen.
"""

from phantom.findings import FINDINGS
from phantom.render import Radiograph, Truth, draw_findings, render

__all__ = ["FINDINGS", "Radiograph", "Truth", "draw_findings", "render"]
