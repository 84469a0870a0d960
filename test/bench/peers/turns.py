"""The line protocol of the benchmark: says "ready" after the warm-up, then runs one turn for each "go"."""

import argparse
import json
import sys
import time


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mode", choices=["train", "eval"], default="train")
    parser.add_argument("--size", type=int, default=299)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--precision", choices=["float32", "bfloat16"], default="float32")
    parser.add_argument("--steps", type=int, default=5, help="steps in a turn")
    parser.add_argument("--warmup", type=int, default=2, help="steps before the first turn")
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu", help="PyTorch's")
    parser.add_argument("--compile", action="store_true", help="PyTorch's model through torch.compile")
    return parser.parse_args()


def take_turns(step, options, speed_of=lambda pictures_per_second: pictures_per_second):
    """`step` runs one batch to its end; `speed_of` turns what was counted into the speed that is reported."""
    for _ in range(options.warmup):
        step()
    print("ready", flush=True)
    for line in sys.stdin:
        if line.strip() != "go":
            continue
        start = time.perf_counter()
        for _ in range(options.steps):
            step()
        rate = options.batch * options.steps / (time.perf_counter() - start)
        print(json.dumps({"imagesPerSecond": speed_of(rate)}), flush=True)


PARAMETERS = 23_834_568
PARAMETERS_WITH_AUXILIARY = 27_161_264


def check_parameters(count, auxiliary_kernel):
    """The published counts; `auxiliary_kernel` is below 5 where the input is small, None without the head."""
    expected = PARAMETERS
    if auxiliary_kernel is not None:
        expected = PARAMETERS_WITH_AUXILIARY - 128 * 768 * (25 - auxiliary_kernel**2)
    if count != expected:
        raise SystemExit(f"this network has {count:,} parameters, Inception V3 {expected:,}")
