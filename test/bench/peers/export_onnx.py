"""Writes Inception V3 for inference (uint8 pictures to probabilities, any batch and size) as ONNX to the path given."""

import os
import sys

import torch

from torch_v3 import InceptionV3


class Classifier(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.network = InceptionV3()

    def forward(self, images):
        return torch.softmax(self.network(images), 1)


torch.manual_seed(0)
path = sys.argv[1]
partial = f"{path}.{os.getpid()}.tmp"
pictures = torch.randint(0, 256, (2, 299, 299, 3), dtype=torch.uint8)
names = {0: "batch", 1: "height", 2: "width"}
torch.onnx.export(
    Classifier().eval(),
    (pictures,),
    partial,
    input_names=["images"],
    output_names=["probabilities"],
    dynamic_shapes=({axis: torch.export.Dim(name, min=2 if axis == 0 else 75) for axis, name in names.items()},),
    external_data=False,
    verbose=False,
)
os.replace(partial, path)
