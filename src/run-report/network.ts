// The network of a run: what it is made of, and what it costs.
import { byStage, cost, groupCosts, type LayerCost } from "../interpret/cost.ts";
import { draw } from "../interpret/drawing.ts";
import { activationMemory } from "../interpret/memory.ts";
import { endpoints } from "../interpret/shapes.ts";
import { toSvg } from "../interpret/svg.ts";
import { buildNetwork } from "../network/catalog.ts";
import type { NetworkOptions } from "../network/options.ts";
import { drawing, type Html, html } from "../report/html.ts";
import { table } from "../report/table.ts";

export interface ReportedNetwork {
  readonly options: NetworkOptions;
  /** Side of the square input in pixels. */
  readonly size: number;
  /** Pictures in a step. */
  readonly batch: number;
  readonly precision: "float32" | "bfloat16";
}

export function networkSection({ options, size, batch, precision }: ReportedNetwork): Html {
  const network = buildNetwork(options, size);
  const input = { height: size, width: size, channels: 3 };
  const { parameters, multiplyAdds, training, layers } = cost(network, input);
  const memory = activationMemory(network, input, { batch, bytes: precision === "bfloat16" ? 2 : 4 });
  const ends = endpoints(network, input);
  const outputOf = ({ path, output }: LayerCost): string => {
    const { height, width, channels } = ends.get(path) ?? output;
    return `${height} x ${width} x ${channels}`;
  };
  const whole = (value: number): string => value.toLocaleString("en-US");
  return html`<section id="network"><h2>Network</h2>
<p>${options.name} for ${options.classes} classes at ${size} x ${size} pixels: ${whole(parameters)} parameters${training.parameters > parameters && ` (${whole(training.parameters)} with what only training has)`}, ${whole(multiplyAdds)} multiply-adds for a picture. A step of ${batch} keeps at least ${(memory.training / 2 ** 20).toFixed(0)} MiB of maps in ${precision}.</p>
<details><summary>Its stages</summary>${table({
    caption: "Parameters and multiply-adds of each stage",
    columns: [
      { head: "stage" },
      { head: "output" },
      { head: "parameters", number: true },
      { head: "multiply-adds", number: true },
    ],
    rows: groupCosts(layers, byStage).map((row) => [
      `${row.path}${row.auxiliary ? " (training only)" : ""}`,
      outputOf(row),
      { show: whole(row.parameters), by: row.parameters },
      { show: whole(row.multiplyAdds), by: row.multiplyAdds },
    ]),
    sortable: true,
  })}</details>
<details><summary>Its diagram</summary><div class="scroll" tabindex="0" role="region" aria-label="Diagram of the network">${drawing(toSvg(draw(network, input), options.name))}</div></details></section>`;
}
