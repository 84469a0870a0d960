// Says at the end of a test run which tests the machine could not run, and why.
import type { Reporter, TestCase, TestModule, TestSuite } from "vitest/node";

export const notRun: Reporter = {
  onTestRunEnd(modules) {
    const text = describeNotRun(modules.flatMap((module) => [...module.children.allTests("skipped")]).map(reasonOf));
    if (text !== undefined) console.log(text);
  },
};

/** undefined for a test that was left out for another reason, such as a filter. */
function reasonOf(test: TestCase): string | undefined {
  for (let at: TestCase | TestSuite | TestModule = test; at.type !== "module"; at = at.parent) {
    const { needs } = at.meta();
    if (needs !== undefined) return needs;
  }
  return undefined;
}

/** The most frequent reason first; undefined where there is none. */
export function describeNotRun(reasons: readonly (string | undefined)[]): string | undefined {
  const counts = new Map<string, number>();
  for (const reason of reasons) if (reason !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const rows = [...counts].sort(([, a], [, b]) => b - a);
  if (rows.length === 0) return undefined;
  const total = rows.reduce((sum, [, count]) => sum + count, 0);
  const lines = rows.map(([reason, count]) => `  ${count} need${count === 1 ? "s" : ""} ${reason}`);
  return [`not run here: ${total} ${total === 1 ? "test" : "tests"}`, ...lines, ""].join("\n");
}
