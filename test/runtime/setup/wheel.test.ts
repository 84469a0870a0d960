import { createHash } from "node:crypto";
import { cpSync, existsSync, readFileSync, readlinkSync, realpathSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tensorflowFolder } from "../../../src/runtime/setup/cache.ts";
import { cudaWheels } from "../../../src/runtime/setup/cuda.ts";
import type { Release } from "../../../src/runtime/setup/published.ts";
import { wheelMembers } from "../../../src/runtime/setup/release.ts";
import { type Download, installWheels } from "../../../src/runtime/setup/wheel.ts";
import { damaged, missized } from "../../../src/runtime/setup/whole.ts";
import { makeWheel, temporaryFolder } from "./support.ts";

const wheels = cudaWheels(wheelMembers);

/** Each a wheel whose files hold their names. */
function published(): { releases: readonly Release[]; download: Download; asked: string[] } {
  const shelf = temporaryFolder();
  const asked: string[] = [];
  const made = new Map(wheels.map(({ package: name, members }) => [name, makeWheel(shelf, { name, members })]));
  const releases = wheels.map((wheel) => ({
    ...wheel,
    sha256: createHash("sha256")
      .update(readFileSync(made.get(wheel.package)!))
      .digest("hex"),
  }));
  const download: Download = async ({ package: name }, folder) => {
    asked.push(name);
    const wheel = join(folder, `${name}.whl`);
    cpSync(made.get(name)!, wheel);
    return wheel;
  };
  return { releases, download, asked };
}

test("for a GPU NVIDIA's libraries lie where TensorFlow looks for them, all of them sealed", async () => {
  const cache = temporaryFolder();
  const { releases, download } = published();
  await installWheels(releases, { cache, device: "cuda", onBytes: () => {}, download });
  const folder = tensorflowFolder(cache, "cuda");
  for (const { members } of wheels)
    for (const member of members) expect(existsSync(join(folder, member)), member).toBe(true);
  const link = join(folder, "nvidia/cusparse/lib/libcusolver.so.11");
  expect(readlinkSync(link)).toBe("../../cusolver/lib/libcusolver.so.11");
  expect(realpathSync(link)).toBe(realpathSync(join(folder, "nvidia/cusolver/lib/libcusolver.so.11")));
  expect(await damaged(join(folder, "tensorflow"))).toBeUndefined();
  truncateSync(join(folder, "nvidia/cudnn/lib/libcudnn.so.9"), 3);
  expect(missized(join(folder, "tensorflow"))).toMatch(/^\.\.\/nvidia\/cudnn\/lib\/libcudnn\.so\.9: expected/);
});

test("a set-up that was killed between two wheels fetches only those that it lacks", async () => {
  const cache = temporaryFolder();
  const { releases, download, asked } = published();
  const half: Download = async (release, ...rest) => {
    if (release.package === "nvidia-cudnn-cu12") throw new Error("killed");
    return download(release, ...rest);
  };
  const options = { cache, device: "cuda", onBytes: () => {} } as const;
  await expect(installWheels(releases, { ...options, download: half })).rejects.toThrow("killed");
  const before = asked.splice(0);
  await installWheels(releases, { ...options, download });
  expect([...before, ...asked]).toEqual(wheels.map(({ package: name }) => name));
});

test("each wheel has its own address and hash at PyPI, of its version", () => {
  expect(new Set(wheels.map(({ sha256 }) => sha256)).size).toBe(wheels.length);
  for (const { package: name, version, url, sha256 } of wheels) {
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(url).toContain(`/${name.replaceAll("-", "_")}-${version}-`);
    expect(url).toMatch(/^https:\/\/files\.pythonhosted\.org\/packages\/[0-9a-f]{2}\/[0-9a-f]{2}\/[0-9a-f]{60}\//);
  }
});
