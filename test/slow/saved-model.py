# A SavedModel in Python's TensorFlow; saved-model.mjs runs it.
import json
import sys

import numpy
import tensorflow

folder, pictures, logits, size = sys.argv[1:]
serve = tensorflow.saved_model.load(folder).signatures["serving_default"]
images = numpy.fromfile(pictures, numpy.uint8).reshape(-1, int(size), int(size), 3)
expected = numpy.fromfile(logits, numpy.float32).reshape(len(images), -1)
found = {name: value.numpy() for name, value in serve(input=tensorflow.constant(images)).items()}
print(
    json.dumps(
        {
            "tensorflow": tensorflow.__version__,
            "pictures": len(images),
            "classes": expected.shape[1],
            "largestDifference": float(numpy.abs(found["logits"] - expected).max()),
            "largestLogit": float(numpy.abs(expected).max()),
            "probabilitiesOffOne": float(numpy.abs(found["probabilities"].sum(axis=1) - 1).max()),
        }
    )
)
