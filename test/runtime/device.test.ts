import { mkdirSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { type Device, device, type Gpu, parseGpus, preferDevice } from "../../src/runtime/device.ts";
import { deviceCheck } from "../../src/runtime/diagnosis.ts";
import { choosePrecision, features, vectorsOfKernels } from "../../src/runtime/features.ts";
import { tensorflowFolder } from "../../src/runtime/setup/cache.ts";
import { temporaryFolder } from "./setup/support.ts";

const card: Gpu = { name: "NVIDIA H200", driver: "580.159.04", bytes: 143771 * 2 ** 20, capability: 9 };

const environment = { ...process.env };
afterEach(() => {
  process.env = { ...environment };
});

test("what nvidia-smi says of each GPU; one that it cannot tell of is left out", () => {
  const text = "NVIDIA H200, 580.159.04, 143771, 9.0\nTesla K40m, 470.1, [N/A], 3.5\n";
  expect(parseGpus(text)).toEqual([card]);
  expect(parseGpus("")).toEqual([]);
  expect(parseGpus("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.")).toEqual([]);
});

describe("the device", () => {
  test("is the one that INCEPTION_DEVICE names; another word is refused", () => {
    for (const word of ["cpu", "cuda"]) {
      process.env.INCEPTION_DEVICE = word;
      expect(device()).toBe(word);
    }
    process.env.INCEPTION_DEVICE = "gpu";
    expect(() => device()).toThrow('INCEPTION_DEVICE: expected auto, cpu, cuda, got "gpu"');
  });

  test("of itself is the processor where there is no engine for a GPU, or no GPU", () => {
    delete process.env.INCEPTION_DEVICE;
    process.env.PATH = temporaryFolder();
    const cache = temporaryFolder();
    expect(device(cache)).toBe("cpu");
    mkdirSync(tensorflowFolder(cache, "cuda"));
    expect(device(cache)).toBe("cpu");
  });

  test("of an experiment gives way to the command's", () => {
    process.env.INCEPTION_DEVICE = "cpu";
    preferDevice("cuda");
    expect(device()).toBe("cpu");
    delete process.env.INCEPTION_DEVICE;
    preferDevice("cuda");
    expect(device()).toBe("cuda");
  });
});

test("on a GPU the project's own kernels, which are for processors, are off", () => {
  process.env.INCEPTION_DEVICE = "cuda";
  expect(features()).toContain("cuda");
  expect(vectorsOfKernels()).toBeUndefined();
  expect(choosePrecision("auto", ["cuda", "cuda_bf16"])).toBe("bfloat16");
  expect(choosePrecision("auto", ["cuda"])).toBe("float32");
});

test.each<[chosen: Device, seen: boolean, there: readonly Gpu[], wished: boolean, ok: boolean, found: string]>([
  ["cuda", true, [card], false, true, "GPU: NVIDIA H200, driver 580.159.04, 140.4 GiB"],
  ["cuda", false, [card], false, false, "no GPU: TensorFlow cannot use NVIDIA H200, driver 580.159.04, 140.4 GiB"],
  ["cuda", false, [], false, false, "no GPU: no NVIDIA driver answers (nvidia-smi)"],
  ["cpu", false, [], false, true, "CPU; no NVIDIA GPU answers (nvidia-smi)"],
  [
    "cpu",
    false,
    [card],
    true,
    true,
    "CPU; there is NVIDIA H200, driver 580.159.04, 140.4 GiB: INCEPTION_DEVICE says so",
  ],
])("doctor on %s, seen %j of %j, wished %j", (chosen, seen, there, wished, ok, found) => {
  expect(deviceCheck(chosen, seen, there, wished)).toMatchObject({ ok, found });
});
