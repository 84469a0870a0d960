// A small wheel with TensorFlow's real headers and a compiler that only copies: set-up in a second, without a network.
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import { cacheFolder } from "../../../src/cache-folder.ts";
import { findAddon } from "../../../src/runtime/binding.ts";
import { findLibrary } from "../../../src/runtime/setup/library.ts";
import { wheelMembers } from "../../../src/runtime/setup/release.ts";

export const realAddon = findAddon();
export const realLibrary = findLibrary(cacheFolder())!;

const folders: string[] = [];

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "inception-test-"));
  folders.push(folder);
  return folder;
}

const environment = { ...process.env };
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  process.env = { ...environment };
});

type Made = { readonly name?: string; readonly members?: readonly string[]; readonly damaged?: string | undefined };

/** Writes a wheel into `folder`, TensorFlow's unless told otherwise; `damaged` is the member whose RECORD line is wrong. */
export function makeWheel(folder: string, { name = "tensorflow", members = wheelMembers, damaged }: Made = {}): string {
  const wheel = join(folder, `${name}.whl`);
  execFileSync("python3", ["-c", makeWheelScript, wheel, realLibrary.include, damaged ?? "", ...members]);
  return wheel;
}

const makeWheelScript = `
import base64, hashlib, os, sys, zipfile
wheel, include, damaged, *members = sys.argv[1:]
with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
    record = []
    for member in members:
        header = member.removeprefix("tensorflow/include/")
        data = open(os.path.join(include, header), "rb").read() if header != member else member.encode()
        archive.writestr(member, data)
        digest = hashlib.sha256(data + (b"x" if member == damaged else b"")).digest()
        record.append(f"{member},sha256={base64.urlsafe_b64encode(digest).decode().rstrip('=')},{len(data)}")
    archive.writestr("tensorflow-0.dist-info/RECORD", "\\n".join([*record, "tensorflow-0.dist-info/RECORD,,"]))
`;

/** Makes CXX a script that logs each call and "links" by copying the real addon. */
export function copyingCompiler(): { calls(): number } {
  const folder = temporaryFolder();
  const log = join(folder, "log");
  const script = join(folder, "compiler");
  writeFileSync(log, "");
  writeFileSync(script, `#!/bin/sh\necho x >> ${log}\nfor last; do :; done\nsleep 0.1\ncp ${realAddon} "$last"\n`);
  chmodSync(script, 0o755);
  process.env.CXX = script;
  return { calls: () => readFileSync(log, "utf8").length / 2 };
}
