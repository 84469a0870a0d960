// inception data index
import type { Command } from "commander";
import { exitCodes } from "../../errors.ts";
import { acts, flag, type OptionsOf } from "../options.ts";
import { note, print, printJson } from "../print.ts";
import { stopOnRequest } from "../stop.ts";

const options = {
  verify: flag("read everything and hold it against the index that is there; ends with 8 where anything differs"),
  json: flag("print the result as JSON"),
};

export function registerIndex(data: Command): void {
  acts(data.command("index"), options, run)
    .description("write beside each shard what is in it, so that a large set opens in seconds")
    .argument("<source>", "shards: a .tar with samples, a pattern such as 'train-{000..146}.tar', or a folder of them")
    .addHelpText("after", help);
}

const help = `
SHARD.index.json has offset, size, label and SHA-256 of each picture, and size
and time of the shard: where these differ the index is not used, and is made
anew by this command. Ctrl-C keeps what is written; the same command goes on.

Examples:
  $ inception data index shards
  $ inception data index 'shards/train-{000000..000146}.tar'
  $ inception data index shards --verify`;

async function run(source: string, { verify = false, json }: OptionsOf<typeof options>): Promise<void> {
  const { indexSource } = await import("../data-indexing.ts");
  const { signal, done } = stopOnRequest("indexes of whole shards are kept");
  try {
    const { of, shards } = await indexSource(source, verify, signal);
    const differing = shards.filter(({ differences }) => differences.length > 0);
    const stopped = shards.length < of;
    if (json) printJson({ schema: "inception.data-index/1", source, stopped, shards });
    else {
      for (const { shard, differences } of differing) for (const what of differences) print(`${shard}: ${what}`);
      print(summary(shards, verify));
    }
    if (stopped) note(`Stopped after ${shards.length} of ${of} shards.\nGive the same command again to continue.`);
    if (stopped) process.exitCode = exitCodes.stopped;
    else if (differing.length > 0) process.exitCode = exitCodes.checkFailed;
  } finally {
    done();
  }
}

function summary(shards: readonly { state: string; pictures: number }[], verify: boolean): string {
  const pictures = shards.reduce((sum, shard) => sum + shard.pictures, 0);
  const count = (state: string): number => shards.filter((shard) => shard.state === state).length;
  return verify
    ? `${count("verified")} of ${shards.length} shards are as their indexes say, ${pictures} pictures in all`
    : `${shards.length} shards, ${pictures} pictures: ${count("made")} indexed, ${count("kept")} were already`;
}
