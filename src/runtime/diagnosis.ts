// What `inception doctor` finds out about Node, the engine and the machine, without changing anything.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "../cache-folder.ts";
import { bytesBelow, freeBytes } from "../download/space.ts";
import { hasGpuCompiler } from "./compiler.ts";
import { device, deviceVariable, type Gpu, gpus } from "./device.ts";
import { choosePrecision, cpuFeatures, features, vectorsOfKernels } from "./features.ts";
import { freeMemory } from "./free-memory.ts";
import { addonFor, compilerHint, hasCompiler } from "./setup/addon.ts";
import { findLibrary, type Library } from "./setup/library.ts";
import { spaceNeeded } from "./setup/wheel.ts";
import { damaged } from "./setup/whole.ts";

/** One line of the report; `remedy` says what to do where `ok` is false. */
export type Check = { readonly name: string; readonly ok: boolean; readonly found: string; readonly remedy?: string };

const runSetup = (): string => `run \`inception setup${device() === "cuda" ? " --device cuda" : ""}\``;

/** Every check of the runtime, in the order shown. */
export async function diagnose(cache: string = cacheFolder()): Promise<Check[]> {
  const engine = await engineChecks(cache);
  const ready = engine.every(({ ok }) => ok);
  const tools = ready ? [] : [await compilerCheck()];
  const disk = diskChecks(cache, ready ? 0 : spaceNeeded(device()));
  return [nodeCheck(process.versions.node), ...engine, ...tools, ...machineChecks(), ...disk];
}

/** @param version as in process.versions.node */
export function nodeCheck(version: string): Check {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const ok = major > 20 || (major === 20 && minor >= 9);
  return check("node", ok, version, "install Node 20.9 or later");
}

async function engineChecks(cache: string): Promise<Check[]> {
  const library = attempt(() => findLibrary(cache));
  if (library instanceof Error)
    return [check("tensorflow", false, library.message, "correct or unset INCEPTION_TENSORFLOW")];
  if (!library) return [check("tensorflow", false, "not found", runSetup())];
  const ofLibrary = await damaged(library.folder);
  if (ofLibrary) return [check("tensorflow", false, `damaged: ${ofLibrary}`, makeAnew)];
  const addon = addonFor(library, cache);
  if (!existsSync(addon))
    return [place(library), check("addon", false, "not compiled for this TensorFlow", runSetup())];
  const ofAddon = await damaged(dirname(addon));
  if (ofAddon) return [place(library), check("addon", false, `damaged: ${ofAddon}`, makeAnew)];
  const loaded = await loadElsewhere(addon);
  if ("failure" in loaded) return [place(library), check("addon", false, loaded.failure, makeAnew)];
  return [
    check("tensorflow", true, `${loaded.version}, ${origin[library.source]}`),
    check("addon", true, addon),
    deviceCheck(device(), loaded.gpu, gpus(), process.env[deviceVariable] === "cpu"),
  ];
}

/** What computes, and where that is not the GPU that is there, why; `seen` is whether TensorFlow sees one. */
export function deviceCheck(chosen: "cpu" | "cuda", seen: boolean, there: readonly Gpu[], wished: boolean): Check {
  const [gpu] = there;
  const words = gpu && `${gpu.name}, driver ${gpu.driver}, ${gibibytes(gpu.bytes)}`;
  if (chosen === "cuda" && seen) return check("device", true, `GPU${words ? `: ${words}` : ""}`);
  if (chosen === "cuda") {
    const why = words ? `TensorFlow cannot use ${words}` : "no NVIDIA driver answers (nvidia-smi)";
    return check("device", false, `no GPU: ${why}`, `install NVIDIA's driver, or set ${deviceVariable}=cpu`);
  }
  if (!words) return check("device", true, "CPU; no NVIDIA GPU answers (nvidia-smi)");
  const remedy = wished ? `${deviceVariable} says so` : "`inception setup --device cuda` gets what it needs";
  return check("device", true, `CPU; there is ${words}: ${remedy}`);
}

const makeAnew = "run `inception setup --force`";

/** In a process of its own: half a library ends its process by a signal. */
async function loadElsewhere(
  addon: string,
): Promise<{ readonly version: string; readonly gpu: boolean } | { readonly failure: string }> {
  const load = "const m = { exports: {} }; process.dlopen(m, process.argv[1]);";
  const say = "console.log(JSON.stringify({ version: m.exports.TF_Version, gpu: m.exports.isUsingGpuDevice() }))";
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", load + say, addon], { encoding: "utf8" });
    return JSON.parse(stdout.trim().split("\n").at(-1)!);
  } catch (error) {
    const { signal, stderr = "" } = error as { signal?: string; stderr?: string };
    const reason = stderr.split("\n").find((line) => /^Error/.test(line)) ?? String(error).split("\n")[0]!;
    return { failure: signal ? `loading it ends with ${signal}` : reason.replace(/^Error: /, "") };
  }
}

const origin: Readonly<Record<Library["source"], string>> = {
  environment: "from INCEPTION_TENSORFLOW",
  cache: "the official wheel's",
};

const place = (library: Library): Check => check("tensorflow", true, library.folder);

async function compilerCheck(): Promise<Check> {
  const found = await hasCompiler();
  return check("compiler", found, found ? "found" : "not found", compilerHint);
}

function machineChecks(): Check[] {
  const ofProcessor = cpuFeatures();
  const processors = cpus();
  const free = freeMemory();
  const memory = Number.isFinite(free) ? `, ${gibibytes(free)} of them free` : "";
  return [
    check("cpu", true, `${processors.length} x ${processors[0]?.model.trim() ?? "unknown"}`),
    check("memory", true, gibibytes(totalmem()) + memory),
    check("cpu features", true, ofProcessor.join(" ") || "none that matter"),
    check("kernels", true, kernelWords()),
    check("precision", true, `auto is ${choosePrecision("auto")}${tf32()}`),
  ];
}

function kernelWords(): string {
  const vectors = vectorsOfKernels();
  if (vectors) return `the project's own, in ${vectors}, beside TensorFlow's`;
  return hasGpuCompiler() ? "TensorFlow's; in long runs it makes others for the step" : "TensorFlow's";
}

/** NVIDIA's libraries round the products of float32 to ten bits where they may. */
const tf32 = (): string => {
  if (!features().includes("cuda")) return "";
  return process.env.NVIDIA_TF32_OVERRIDE === "1" ? "; float32 is multiplied as TF32" : "; float32 without TF32";
};

function diskChecks(cache: string, needed: number): Check[] {
  const free = freeBytes(cache);
  return [
    check("cache", true, `${cache}, ${megabytes(bytesBelow(cache))}`),
    check(
      "disk",
      free >= needed,
      `${megabytes(free)} free there`,
      `free ${megabytes(needed)} or set XDG_CACHE_HOME to a larger disk`,
    ),
  ];
}

const check = (name: string, ok: boolean, found: string, remedy?: string): Check =>
  ok || remedy === undefined ? { name, ok, found } : { name, ok, found, remedy };

const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6).toLocaleString("en-US")} MB`;

function attempt<Result>(action: () => Result): Result | Error {
  try {
    return action();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
