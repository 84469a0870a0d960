// inception doctor
import { createRequire } from "node:module";
import type { Command } from "commander";
import { UserError } from "../../errors.ts";
import type { Check } from "../../runtime/diagnosis.ts";
import { engineOptions } from "../engine-options.ts";
import { acts, flag, type OptionsOf } from "../options.ts";
import { print, printJson } from "../print.ts";

const options = { device: engineOptions().device, json: flag("print the result as JSON") };

export function registerDoctor(program: Command): void {
  acts(program.command("doctor"), options, run)
    .description("check Node, the engine, the image library and the machine, and say how to mend what is missing")
    .addHelpText("after", help);
}

async function run({ json }: OptionsOf<typeof options>): Promise<void> {
  const { diagnose } = await import("../../runtime/diagnosis.ts");
  const { tableSummary } = await import("../../race/table.ts");
  const diagnosed = await diagnose();
  const races = diagnosed.some(({ name, ok }) => name === "addon" && ok) ? [tableSummary()] : [];
  const checks = [...diagnosed, ...races.map((found): Check => ({ name: "races", ok: true, found })), ...imageChecks()];
  const missing = checks.filter(({ ok }) => !ok).map(({ name }) => name);
  if (json) printJson({ schema: "inception.doctor/1", ok: missing.length === 0, checks });
  else print(checks.map(describe).join("\n"));
  if (missing.length > 0) throw new UserError("checkFailed", `Not in order: ${missing.join(", ")}.`);
}

const describe = ({ name, ok, found, remedy }: Check): string =>
  `${ok ? "ok " : "NO "} ${name.padEnd(12)}  ${found}${remedy ? `\n${" ".repeat(18)}to mend it: ${remedy}` : ""}`;

/** Versions from the packages' own files: nothing is loaded, so a broken library cannot break the report. */
function imageChecks(): Check[] {
  const platform = `${process.platform}-${process.arch}`;
  return [
    versionCheck("sharp", `@img/sharp-${platform}/package`, "version"),
    versionCheck("libvips", `@img/sharp-libvips-${platform}/versions`, "vips"),
  ];
}

function versionCheck(name: string, file: string, field: string): Check {
  try {
    const versions = createRequire(import.meta.url)(file) as Readonly<Record<string, string>>;
    return { name, ok: true, found: versions[field] ?? "unknown" };
  } catch {
    return { name, ok: false, found: "not found for this platform", remedy: "run `npm ci` on this machine" };
  }
}

const help = `
Ends with code 8 if something is missing.

Examples:
  $ inception doctor
  $ inception doctor --json`;
