// What a run starts from, in words: the weights, and what became of each.
import type { StartFrom } from "../train/start.ts";
import type { Account } from "../train/transfer.ts";

/** "from        runs/photos-1/checkpoints/step-000000300 (average weights): 112 loaded; 2 of other classes start anew (Logits/dense)". */
export function sayOrigin({ source, account }: StartFrom<"weights">): string {
  const from = source
    ? `from        ${source.path} (step ${source.step}, ${source.kind} weights)`
    : "from        weights";
  return account ? `${from}\nweights     ${sayAccount(account)}` : from;
}

const sayAccount = ({ loaded, replaced, missing, leftOver }: Account): string =>
  [
    `${loaded.length} loaded`,
    told(replaced, "start anew for other classes or another grid"),
    told(missing, "start anew as there are none"),
    told(leftOver, "left over"),
  ]
    .filter(Boolean)
    .join("; ");

/** The layers of the variables, a few of them. */
function told(names: readonly string[], what: string): string {
  if (names.length === 0) return "";
  const layers = [...new Set(names.map((name) => name.slice(0, name.lastIndexOf("/"))))];
  const more = layers.length > mostNamed ? ` and ${layers.length - mostNamed} more` : "";
  return `${names.length} ${what} (${layers.slice(0, mostNamed).join(", ")}${more})`;
}

const mostNamed = 3;
