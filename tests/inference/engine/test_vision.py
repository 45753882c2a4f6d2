import subprocess
import sys

from inference.engine import vision


def test_models_and_transforms_load_beside_this_torch():
    assert vision.models.resnet18 and vision.transforms.RandomAffine


def test_a_fresh_interpreter_imports_it_without_a_word():
    done = subprocess.run([sys.executable, "-c", "import inference.engine.vision"], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
