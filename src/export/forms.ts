// The forms in which models are written, by name.
import type { ModelForm } from "../published/choices.ts";
import { foreign } from "./foreign.ts";
import type { Form } from "./form.ts";
import { inference } from "./inference.ts";
import { onnx } from "./onnx.ts";
import { savedModel } from "./saved-model.ts";
import { tfjs } from "./tfjs.ts";

export const forms: Readonly<Record<ModelForm, Form>> = {
  onnx,
  inference,
  "saved-model": savedModel,
  tfjs,
  torchvision: foreign("torchvision"),
  timm: foreign("timm"),
  keras: foreign("keras"),
};
