"""What TensorBoard's own reader finds in a folder of event files, as JSON: steps of each scalar, steps and sizes of each image."""

import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

found = EventAccumulator(sys.argv[1], size_guidance={"images": 0, "scalars": 0})
found.Reload()
tags = found.Tags()
scalars = {tag: [[one.step, one.value] for one in found.Scalars(tag)] for tag in tags["scalars"]}
images = {tag: [[one.step, one.width, one.height] for one in found.Images(tag)] for tag in tags["images"]}
print(json.dumps({"scalars": scalars, "images": images}))
