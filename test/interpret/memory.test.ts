import { describe, expect, it } from "vitest";
import { activationMemory } from "../../src/interpret/memory.ts";
import { batchNorm, chain, concat, conv, globalPool, relu, responseNorm, tap } from "../../src/network/build.ts";
import { buildNetwork } from "../../src/network/catalog.ts";
import { square, v3 } from "../network/examples.ts";

const unit = (filters: number) => chain({ conv: conv(filters, 3), batchNorm: batchNorm(true), relu });
const image = 10 * 10 * 3;
const map = (channels: number) => 10 * 10 * channels;
const values = (network: ReturnType<typeof chain>) => activationMemory(network, square(10), { bytes: 1 });

describe("activationMemory", () => {
  it("training keeps a convolution's input, batch norm's input and ReLU's output", () => {
    expect(values(chain([unit(4), unit(5)])).training).toBe(image + 2 * map(4) + 2 * map(5));
  });

  it("training keeps what a response norm reads and gives; inference gives it a map of its own", () => {
    const network = chain([unit(4), responseNorm(5, 1, 0.75)]);
    expect(values(network).training).toBe(image + 2 * map(4) + map(4));
    expect(values(network).inference).toBe(2 * map(4));
  });

  it("inference frees a map after its last reader", () => {
    expect(values(chain([unit(4), unit(5), unit(6), globalPool])).inference).toBe(map(5) + map(6));
  });

  it("inference holds finished branches and their input until they are joined", () => {
    const joined = concat({ a: unit(4), b: unit(5) });
    expect(values(chain({ joined })).inference).toBe(Math.max(image + map(4) + map(5), map(4) + map(5) + map(9)));
  });

  it("an auxiliary head costs in training only", () => {
    const head = tap(unit(50));
    const body = { one: unit(4), two: unit(5) };
    const without = values(chain(body));
    const { training, inference } = values(chain({ one: body.one, head, two: body.two }));
    expect(inference).toBe(without.inference);
    expect(training).toBe(without.training + 2 * map(50));
  });

  it("grows with the batch and the bytes of a value", () => {
    const network = buildNetwork(v3, 299);
    const one = activationMemory(network, square(299), { batch: 1, bytes: 2 });
    const many = activationMemory(network, square(299), { batch: 32, bytes: 4 });
    expect(many).toEqual({ training: one.training * 64, inference: one.inference * 64 });
  });
});
