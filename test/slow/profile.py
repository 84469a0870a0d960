# The other side of profile.mjs: runs the program in its folder with a trace, one operation at a time, and prints a table.
import collections
import json
import os
import sys
import time

import numpy
import tensorflow as tf

folder = sys.argv[1]
with open(os.path.join(folder, "about.json")) as file:
    about = json.load(file)
tf.load_library(about["operations"])
v1 = tf.compat.v1

numbers = numpy.random.default_rng(0).random(2**26, dtype=numpy.float32)
target = numpy.empty_like(numbers)
copies = []
for _ in range(5):
    start = time.perf_counter()
    numpy.copyto(target, numbers)
    copies.append(2 * numbers.nbytes / (time.perf_counter() - start))
print(f"a copy of memory: {max(copies) / 1e9:.1f} GB/s (one thread)")

config = v1.ConfigProto(intra_op_parallelism_threads=about["threads"], inter_op_parallelism_threads=1)
graph = tf.Graph()
with v1.Session(graph=graph, config=config) as session:
    v1.saved_model.load(session, ["serve"], folder)
    size, batch = about["size"], about["batch"]
    pixels = numpy.random.default_rng(1).integers(0, 256, batch * size * size * 3, dtype=numpy.uint8).tobytes()
    if about["mode"] == "train":
        session.run("initialize:0", {"seed:0": [1, 2]})
        fetch, feeds = "train:0", {
            "images:0": pixels,
            "labels:0": numpy.arange(batch) % 1000,
            "seed:0": [3, 4],
            "learning_rate:0": 0.01,
            "average_rate:0": 0.01,
            "statistics_rate:0": 0.01,
            "update:0": 1.0,
        }
        names = {operation.name for operation in graph.get_operations()}
        feeds = {name: value for name, value in feeds.items() if name.removesuffix(":0") in names}
    else:
        with open(os.path.join(folder, "weights"), "rb") as file:
            session.run("assign:0", {"weights:0": file.read()})
        fetch, feeds = "logits:0", {"images:0": pixels}
    session.run(fetch, feeds)
    start = time.perf_counter()
    for _ in range(about["steps"]):
        session.run(fetch, feeds)
    whole = (time.perf_counter() - start) / about["steps"]
    found = collections.defaultdict(lambda: [0, 0.0, 0, 0])
    for _ in range(about["steps"]):
        metadata = v1.RunMetadata()
        session.run(fetch, feeds, options=v1.RunOptions(trace_level=v1.RunOptions.FULL_TRACE), run_metadata=metadata)
        for device in metadata.step_stats.dev_stats:
            for node in device.node_stats:
                of = about["groups"].get(node.node_name, {"group": "other", "multiplyAdds": 0, "bytes": 0})
                entry = found[of["group"]]
                entry[0] += 1
                entry[1] += (node.op_end_rel_nanos - node.op_start_rel_nanos) / 1e9
                entry[2] += of["multiplyAdds"]
                entry[3] += of["bytes"]

steps = about["steps"]
total = sum(entry[1] for entry in found.values())
print(f"a step: {whole:.3f} s, {about['batch'] / whole:.1f} images/s; its operations one after the other: {total / steps:.3f} s")
print(f"{'':42}{'n':>5}{'ms':>9}{'share':>7}{'10^9 multiply-adds/s':>22}{'GB/s':>7}")
for group, (count, seconds, products, moved) in sorted(found.items(), key=lambda item: -item[1][1]):
    if seconds < 0.005 * total:
        continue
    rate = f"{products / seconds / 1e9:.0f}" if products else ""
    print(
        f"{group:42}{count // steps:>5}{1000 * seconds / steps:>9.1f}{100 * seconds / total:>6.1f}%"
        f"{rate:>22}{moved / seconds / 1e9:>7.1f}"
    )
