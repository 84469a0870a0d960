// A network cut behind one of its stages: what makes maps of a picture, and what makes logits of these.
import { fold } from "../network/fold.ts";
import type { Children, Layer } from "../network/layer.ts";
import type { Parts } from "./border.ts";

/** Names of the first-level layers that give maps, in order: all before the global pool, auxiliary heads left out. */
export function mapStages(network: Layer): string[] {
  const stages = Object.entries(childrenOf(network)).filter(([, { type }]) => type !== "tap");
  const pool = stages.findIndex(([, layer]) => poolsGlobally(layer));
  return stages.slice(0, pool).map(([name]) => name);
}

/** Auxiliary heads stay where they are. Throws (our bug) where no first-level layer has this name. */
export function cutAfter(network: Layer, stage: string): Parts {
  const children = Object.entries(childrenOf(network));
  const end = children.findIndex(([name]) => name === stage) + 1;
  if (end === 0) throw new Error(`there is no stage ${stage}`);
  const part = (entries: typeof children): Layer => ({ type: "chain", children: Object.fromEntries(entries) });
  return { trunk: part(children.slice(0, end)), head: part(children.slice(end)) };
}

const childrenOf = (network: Layer): Children => (network.type === "chain" ? network.children : {});

function poolsGlobally(layer: Layer): boolean {
  let found = false;
  fold<void>(layer, undefined, {
    primitive({ type }) {
      found ||= type === "globalPool";
    },
    concat() {},
    tap() {},
  });
  return found;
}
