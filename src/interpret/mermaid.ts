// A drawing as a Mermaid flowchart: one subgraph for each stage.
import type { Box, Drawing } from "./drawing.ts";
import { groupBy } from "./group.ts";

export function toMermaid({ boxes, arrows }: Drawing): string {
  const ids = new Map(boxes.map(({ path }, index) => [path, `n${index}`]));
  const stages = groupBy(boxes, ({ stage }) => stage);
  return [
    "flowchart TD",
    ...[...stages].flatMap(([stage, members], index) => [
      `  subgraph s${index}["${escapeMermaid(stage)}"]`,
      ...members.map((box) => `    ${ids.get(box.path)}["${label(box)}"]`),
      "  end",
    ]),
    ...arrows.map(({ from, to }) => `  ${ids.get(from)} --> ${ids.get(to)}`),
    "",
  ].join("\n");
}

const label = ({ words, output: { height, width, channels } }: Box): string =>
  [...words, `${height} x ${width} x ${channels}`].map(escapeMermaid).join("<br/>");

/** Mermaid's entities: `#` and the character's code. */
export const escapeMermaid = (text: string): string =>
  text.replace(/["#&<>;`\\[\]]/g, (character) => `#${character.codePointAt(0)};`);
