"""Grad-CAM of torchvision's networks by PyTorch's autograd, for test/graph/grad-cam-program.test.ts.

    python3 -m venv venv && venv/bin/pip install torch==2.14.1 torchvision==0.29.1
    venv/bin/python test/golden/grad_cam.py > test/golden/grad-cam.json

The networks and the picture are those of foreign/reference.py. Of each layer the maps of three classes are kept, the
one with the largest logit first, before they are brought to the picture's size.
"""

import json
import os
import sys

import numpy as np
import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "foreign"))
import reference  # noqa: E402


def heats(build, size, layers):
    model = build(
        weights=None, num_classes=reference.CLASSES, aux_logits=True, init_weights=False, transform_input=True
    )
    reference.fill_torch(model)
    model.eval()
    maps = {}
    for name in layers:
        model.get_submodule(name).register_forward_hook(lambda _, __, output, name=name: maps.update({name: output}))
    mean, deviation = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    logits = model(reference.nchw((reference.picture(size) / 255 - mean) / deviation))[0]
    classes = [int(logits.argmax()), 0, 1]

    def heat(one, name):
        (gradient,) = torch.autograd.grad(logits[one], maps[name], retain_graph=True)
        weighted = (gradient.mean((2, 3), keepdim=True) * maps[name]).sum(1)
        return torch.relu(weighted)[0].detach().double().numpy()

    of = {name: [heat(one, name) for one in classes] for name in layers}
    return {
        "classes": classes,
        "layers": {name: [[[float(f"{v:.6g}") for v in row] for row in one] for one in of[name]] for name in layers},
    }


if __name__ == "__main__":
    from torchvision.models import googlenet, inception_v3

    json.dump(
        {
            "googlenet": heats(googlenet, 224, ["inception5b", "inception4e"]),
            "inception_v3": heats(inception_v3, 299, ["Mixed_7c", "Mixed_6e"]),
        },
        sys.stdout,
    )
    print()
