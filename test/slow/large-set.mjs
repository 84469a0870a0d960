// What it takes to open a set of very many pictures: processor seconds and memory for the listing, the hold-out and the order of an epoch.
// First a million pictures that only the indexes of their shards know, then 100,000 tiny PNGs that are there: indexed, opened with and without
// the indexes, and read and decoded in the order of an epoch, beside the same pictures shard by shard. In a temporary folder, gone afterwards
// (1 GB at most). Some minutes, so it is run by hand after `npm run build`:
//   node --expose-gc test/slow/large-set.mjs [--simulated 1000000] [--real 100000] [--read 20000]
// Prints one line of JSON for each step.
import { randomBytes } from "node:crypto";
import { createWriteStream, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { parseArgs } from "node:util";
import { pack } from "tar-stream";
import { encodePng } from "../../dist/images/decode.js";
import { epochOrder } from "../../dist/images/order.js";
import { preparePicture } from "../../dist/images/prepare.js";
import { indexPath, indexText } from "../../dist/images/sources/shard-index.js";
import { indexShard } from "../../dist/images/sources/shard-indexing.js";
import { holdOut, openSource, shardsOf } from "../../dist/images/sources/source.js";

const { values } = parseArgs({
  options: {
    simulated: { type: "string", default: "1000000" },
    real: { type: "string", default: "100000" },
    read: { type: "string", default: "20000" },
  },
});
const [simulated, real, read] = [values.simulated, values.real, values.read].map(Number);
const shards = 100;

const folder = mkdtempSync(join(tmpdir(), "inception-large-set-"));
try {
  if (simulated > 0) await simulatedSet(join(folder, "s"));
  for (let shard = 0; shard < shards; shard++)
    for (const end of ["", ".index.json"]) rmSync(`${fileOf(join(folder, "s"), shard)}${end}`, { force: true });
  if (real > 0) await realSet(join(folder, "r"));
} finally {
  rmSync(folder, { recursive: true });
}

async function simulatedSet(stem) {
  const each = Math.ceil(simulated / shards);
  const place = 112_640;
  for (let shard = 0; shard < shards; shard++) {
    const file = fileOf(stem, shard);
    writeFileSync(file, "");
    truncateSync(file, each * place);
    const { size, mtimeMs } = statSync(file);
    const samples = Array.from({ length: each }, (_, i) => {
      const label = classOf(shard * each + i);
      return { name: `${label}_${shard * each + i}.jpg`, offset: i * place + 1536, size: 110_000, label };
    });
    const contents = { samples, oddities: [], digests: randomBytes(32 * each) };
    writeFileSync(indexPath(file), indexText({ file, size, modified: Math.floor(mtimeMs) }, contents));
  }
  await opened("simulated", `${stem}-*.tar`);
}

async function realSet(stem) {
  const each = Math.ceil(real / shards);
  for (let shard = 0; shard < shards; shard++) {
    const archive = pack();
    const out = createWriteStream(fileOf(stem, shard));
    archive.pipe(out);
    for (let i = shard * each; i < (shard + 1) * each; i++) {
      const pixels = Uint8Array.from({ length: 16 * 16 * 3 }, (_, at) => (at * (i % 251)) % 256);
      archive.entry({ name: `${String(i).padStart(9, "0")}.cls` }, classOf(i));
      archive.entry({ name: `${String(i).padStart(9, "0")}.png` }, Buffer.from(await encodePng(pixels, 16, 16)));
    }
    archive.finalize();
    await finished(out);
  }
  await opened("by headers", `${stem}-*.tar`);
  await measured("indexing", async () => {
    for (const file of await shardsOf(`${stem}-*.tar`)) {
      const made = await indexShard(file, new AbortController().signal);
      writeFileSync(indexPath(file), indexText(made.container, made));
    }
    return { pictures: real };
  });
  const { items, order } = await opened("by indexes", `${stem}-*.tar`);
  const pictures = Math.min(read, items.length);
  for (const [name, itemAt] of [
    ["in the order of an epoch", (i) => items[order[i]]],
    ["one after the other", (i) => items[i]],
    ["in the order of an epoch", (i) => items[order[i]]],
    ["one after the other", (i) => items[i]],
  ])
    await measured(name, async () => {
      for (let i = 0; i < pictures; i++) await preparePicture(itemAt(i), 16, { preset: "tf", jpegReduction: "auto" });
      return { pictures };
    });
}

async function opened(name, path) {
  let [listing, sets, order] = [];
  await measured(name, async () => {
    listing = await openSource(path);
    return { pictures: listing.items.length };
  });
  await measured("hold out", async () => {
    sets = holdOut(listing, 0.1);
    return { pictures: sets.train.items.length };
  });
  const { items } = sets.train;
  await measured("order of an epoch", async () => {
    order = epochOrder("uniform", 1, 0, items, items.length);
    return { pictures: order.length };
  });
  return { items, order };
}

async function measured(step, work) {
  const [start, before] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - start) / 1000;
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  const megabytes = {
    heap: Math.round(heapUsed / 1e6),
    rss: Math.round(rss / 1e6),
    peak: Math.round(process.resourceUsage().maxRSS / 1e3),
  };
  console.log(
    JSON.stringify({
      step,
      ...result,
      seconds: Number(seconds.toFixed(2)),
      processorSeconds: Number(((user + system) / 1e6).toFixed(2)),
      megabytes,
    }),
  );
}

function fileOf(stem, shard) {
  return `${stem}-${String(shard).padStart(3, "0")}.tar`;
}

function classOf(i) {
  return `n${String(10_000_000 + ((i * 7919) % 1000))}`;
}
