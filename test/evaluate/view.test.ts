// Another view than the checkpoint's: what counts as one, and what cannot be.
import { expect, test } from "vitest";
import type { Model } from "../../src/evaluate/model.ts";
import { chooseView, viewOf, withView } from "../../src/evaluate/view.ts";
import { variables } from "../../src/interpret/parameters.ts";
import { trace } from "../../src/interpret/shapes.ts";
import { buildNetwork } from "../../src/network/catalog.ts";
import { networkSchema } from "../../src/network/schema.ts";
import { tinyModel } from "./tiny-model.ts";

const model: Model = {
  ...tinyModel,
  options: { ...networkSchema.parse({ name: "inception-v3", width: 0.125 }), classes: 3 },
  size: 128,
  preprocessing: { ...tinyModel.preprocessing, size: 128 },
};

test("what is chosen as the checkpoint or the preset has it is no other view", () => {
  const same = withView(model, { preset: "tf", size: 128, cropShare: 0.875, interpolation: "tensorflow" });
  expect(viewOf(same)).toEqual({});
  expect(same.network).toBe(model.network);
  expect(viewOf(withView(model, { preset: "timm", cropShare: 0.875, interpolation: "bicubic" }))).toEqual({
    preset: "timm",
  });
});

test("what differs is said in the words of the options", () => {
  const asked = { preset: "timm", size: 160, cropShare: 0.95, interpolation: "bilinear" } as const;
  const other = withView(model, asked);
  expect(viewOf(other)).toEqual(asked);
  expect(other).toMatchObject({ preset: "timm", size: 160, choice: { share: 0.95, kernel: "linear" } });
  expect(trace(other.network, { height: 160, width: 160, channels: 3 }).at(-1)!.output.channels).toBe(3);
});

test("the whole picture in the place of a crop: asked for, or as the checkpoint has it", () => {
  const letterbox = { name: "letterbox", fill: [128, 128, 128] };
  const asked = withView(model, { fit: "letterbox" });
  expect(asked.choice).toEqual({ fit: letterbox });
  expect(viewOf(asked)).toEqual({ fit: "letterbox" });
  const own = { ...model, preprocessing: { ...model.preprocessing, fit: "letterbox" as const } };
  expect(viewOf(withView(own, {}))).toEqual({});
  expect(withView(own, {}).choice).toEqual({ fit: letterbox });
  expect(viewOf(withView(own, { fit: "crop", cropShare: 0.9 }))).toEqual({ fit: "crop", cropShare: 0.9 });
  expect(() => withView(own, { cropShare: 0.9 })).toThrow(
    expect.objectContaining({ reason: "usage", message: expect.stringMatching(/^--crop-share is about a crop, /) }),
  );
});

test.each([
  [{ preset: "timm", interpolation: "tensorflow" }, "single", /^--interpolation tensorflow .* tf alone, .* with timm$/],
  [{ preset: "tf" }, "12", /^--preset is about a single crop, and --crops 12 /],
  [{ fit: "squash" }, "12", /^--fit is about a single crop/],
  [{ cropShare: 0.9 }, "144", /^--crop-share is about a single crop/],
  [{ interpolation: "bicubic" }, "10", /^--interpolation is about a single crop/],
] as const)("%j with %s crops is refused", (asked, crops, message) => {
  expect(() => chooseView(model, asked, crops)).toThrow(
    expect.objectContaining({ reason: "usage", message: expect.stringMatching(message) }),
  );
});

test.each(networkSchema.options.map(({ shape }) => shape.name.value))(
  "%s computes with the same variables at every size, heads for training apart",
  (name) => {
    const options = { ...networkSchema.parse({ name }), classes: 10 };
    const at = (size: number) =>
      variables(buildNetwork(options, size), { height: size, width: size, channels: 3 }).filter(
        (one) => !one.auxiliary,
      );
    expect(at(128)).toEqual(at(299));
    expect(at(128).length).toBeGreaterThan(100);
  },
);

test("a size too small is refused with the smallest; many crops take any other", () => {
  expect(() => withView(model, { size: 70 })).toThrow("needs an input of at least 75 px (inception-v3)");
  expect(withView(model, { size: 75 }, "12").size).toBe(75);
});
