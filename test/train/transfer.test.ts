// Weights given to another network: what is loaded, mapped by class, started anew, left over and refused.
import { describe, expect, test } from "vitest";
import type { NamedTensors } from "../../src/graph/state.ts";
import { variables } from "../../src/interpret/parameters.ts";
import { classifiers } from "../../src/interpret/selection.ts";
import { chain, conv, dense, globalPool, tap } from "../../src/network/build.ts";
import type { Layer } from "../../src/network/layer.ts";
import { type Given, transfer, type Wanted } from "../../src/train/transfer.ts";

const input = { height: 4, width: 4, channels: 3 };
const network = (classes: number, { aux = true, kernel = 2, filters = 4 } = {}): Layer =>
  chain({
    a: conv(filters, 1),
    ...(aux ? { aux: tap(chain({ c: conv(2, kernel), pool: globalPool, dense: dense(classes) })) } : {}),
    pool: globalPool,
    dense: dense(classes),
  });
/** Each number says its variable and its place. */
const weightsOf = (of: Layer, from: number): NamedTensors =>
  new Map(
    variables(of, input).map(({ name, shape }, i) => {
      const size = shape.reduce((a, b) => a * b, 1);
      return [name, { shape, data: Float32Array.from({ length: size }, (_, at) => from + 1000 * i + at) }];
    }),
  );
const given = (of: Layer, classes: readonly string[], background = false): Given => ({
  weights: weightsOf(of, 1),
  classes,
  background,
});
const wanted = (of: Layer, classes: readonly string[]): Wanted => ({
  variables: variables(of, input),
  classifiers: classifiers(of),
  classes,
  initial: weightsOf(of, -1e6),
});
const heads = ["aux/dense/kernel", "aux/dense/bias", "dense/kernel", "dense/bias"];
const rest = ["a/kernel", "aux/c/kernel"];

describe("the classifiers", () => {
  test("of the same classes are loaded as they are", () => {
    const from = given(network(3), ["x", "y", "z"]);
    const { weights, account } = transfer(from, wanted(network(3), ["x", "y", "z"]));
    expect(weights).toEqual(from.weights);
    expect(account).toEqual({ loaded: [...weights.keys()], replaced: [], missing: [], leftOver: [] });
  });

  test("of the same classes in another order are mapped by name", () => {
    const from = given(network(3), ["x", "y", "z"]);
    const { weights, account } = transfer(from, wanted(network(3), ["z", "x", "y"]));
    const [kernel, mapped] = [from.weights, weights].map((of) => of.get("dense/kernel")!.data);
    for (let row = 0; row < 4; row++)
      for (const [to, column] of [2, 0, 1].entries()) expect(mapped![3 * row + to]).toBe(kernel![3 * row + column]);
    const bias = from.weights.get("aux/dense/bias")!.data;
    expect([...weights.get("aux/dense/bias")!.data]).toEqual([bias[2], bias[0], bias[1]]);
    expect(account.loaded).toHaveLength(6);
  });

  test("lose the column of a background class", () => {
    const from = given(network(3), ["background", "x", "y"], true);
    const { weights, account } = transfer(from, wanted(network(2), ["x", "y"]));
    const bias = from.weights.get("dense/bias")!.data;
    expect([...weights.get("dense/bias")!.data]).toEqual([bias[1], bias[2]]);
    expect(account.replaced).toEqual([]);
  });

  test.each([
    { classes: ["x", "y", "w"], what: "another class" },
    { classes: ["x", "y"], what: "fewer classes" },
    { classes: ["w", "x", "y", "z"], what: "more classes" },
  ])("of $what start anew, all else is loaded", ({ classes }) => {
    const from = given(network(3), ["x", "y", "z"]);
    const to = wanted(network(classes.length), classes);
    const { weights, account } = transfer(from, to);
    expect(account).toEqual({ loaded: rest, replaced: heads, missing: [], leftOver: [] });
    for (const name of heads) expect(weights.get(name)).toEqual(to.initial.get(name));
    for (const name of rest) expect(weights.get(name)).toEqual(from.weights.get(name));
  });
});

describe("auxiliary heads", () => {
  test("start anew where there are none, and are left over where none is wanted", () => {
    const [bare, whole] = [network(2, { aux: false }), network(2)];
    const classes = ["x", "y"];
    const without = transfer(given(bare, classes), wanted(whole, classes)).account;
    expect(without).toMatchObject({ loaded: ["a/kernel", "dense/kernel", "dense/bias"], replaced: [], leftOver: [] });
    expect(without.missing).toEqual(["aux/c/kernel", "aux/dense/kernel", "aux/dense/bias"]);
    expect(transfer(given(whole, classes), wanted(bare, classes)).account.leftOver).toEqual(without.missing);
  });

  test("start anew in what another grid gives another shape", () => {
    const classes = ["x", "y"];
    const { account } = transfer(given(network(2, { kernel: 1 }), classes), wanted(network(2), classes));
    expect(account.replaced).toEqual(["aux/c/kernel"]);
  });
});

test("what the trunk lacks or has in another shape is refused by name", () => {
  const classes = ["x", "y"];
  const wide = given(network(2, { filters: 8 }), classes);
  const refused = () => transfer(wide, wanted(network(2), classes));
  expect(refused).toThrow(
    /do not fit the network: a\/kernel is \[1, 1, 3, 8\], expected \[1, 1, 3, 4\]; dense\/kernel/,
  );
  const none = { ...wide, weights: new Map(), classes: ["other"] };
  expect(() => transfer(none, wanted(network(2), classes))).toThrow(/network: a\/kernel is missing$/);
});
