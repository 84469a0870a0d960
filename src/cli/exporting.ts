// `inception export` on a terminal: what is written, and what the check of it has found.

import { join } from "node:path";
import { nodeFs } from "../checkpoint/files.ts";
import { UserError } from "../errors.ts";
import type { Model } from "../evaluate/model.ts";
import { type ExportedModel, exportModel, requireFree } from "../export/export-model.ts";
import { forms } from "../export/forms.ts";
import { type CheckPictures, drawnPictures, picturesOf } from "../export/pictures.ts";
import { openSource } from "../images/sources/source.ts";
import type { ModelForm } from "../published/choices.ts";
import { bundle } from "../tensorflow/demo.ts";
import { openChosen } from "./chosen-model.ts";
import type { ExportOptions } from "./commands/export.ts";
import { exportDocument } from "./documents/weights.ts";
import { validationOf } from "./evaluation.ts";
import { labelled, note, print, printJson, wrap } from "./print.ts";

type Asked = Omit<ExportOptions, "format">;

export async function exportAloud(path: string | undefined, form: ModelForm, asked: Asked): Promise<void> {
  const {
    checkpoint,
    raw = false,
    storage,
    preprocessing: pixels,
    force = false,
    demo = false,
    tolerance,
    json,
  } = asked;
  const model = openChosen(path, { which: checkpoint, raw });
  const file = asked.output ?? `${model.options.name}${forms[form].ending}`;
  requireFree(file, force);
  const pictures = await checkPictures(model, asked);
  const request = { form, path: file, storage, pixels, demo, tolerance };
  const exported = await exportModel(model, pictures, { ...request, force });
  for (const remark of exported.remarks) note(`warning: ${remark}`);
  if (demo && !nodeFs.exists(join(file, bundle.name)))
    note(`the page needs ${bundle.file} of the npm package ${bundle.package} beside it: put it into ${file}`);
  if (json) return printJson(exportDocument(model, request, pictures, exported));
  print(describeExport(model, request, pictures, exported));
}

/** Those given, or the model's validation pictures; drawn ones where neither is to be had, which is said. */
async function checkPictures(model: Model, { data, pictures }: Asked): Promise<CheckPictures> {
  if (data !== undefined) return picturesOf(model, await openSource(data, { leastClasses: 1 }), pictures);
  try {
    return await picturesOf(model, await validationOf(model), pictures);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    note(`compared on drawn pictures: ${error.message}; --data names real ones`);
    return drawnPictures(model.size);
  }
}

type Request = { readonly form: ModelForm; readonly path: string; readonly demo: boolean } & Pick<Asked, "storage">;

function describeExport(
  { options, path: from, kind }: Model,
  { form, path, storage, demo }: Request,
  { count, source }: CheckPictures,
  { bytes, parity, cost }: ExportedModel,
): string {
  const whose = source === undefined ? "drawn pictures" : `pictures of ${source}`;
  const changed = (of: number): string => `top-1 of ${of} of ${count} changes`;
  return [
    ...wrap(`${path}: ${options.name} as ${form}, ${(bytes / 2 ** 20).toFixed(1)} MiB, of ${from} (${kind} weights)`),
    labelled(
      "checked",
      `on ${count} ${whose}: logits differ by ${parity.largest.toPrecision(2)} at the most (allowed: ${parity.allowed.toPrecision(2)}), ${changed(parity.otherTop1)}`,
    ),
    ...(cost
      ? [
          labelled(
            storage,
            `logits differ by ${cost.largest.toPrecision(2)} from float32's, ${changed(cost.otherTop1)}`,
          ),
        ]
      : []),
    ...(demo
      ? [labelled("demo", `python3 -m http.server -d ${path} 8000, then http://localhost:8000 in a browser`)]
      : []),
  ].join("\n");
}
