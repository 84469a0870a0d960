// The forms of whole models, by name.
import type { ModelForm } from "../published/choices.ts";
import type { Form } from "./form.ts";
import { inference } from "./inference.ts";
import { onnx } from "./onnx.ts";
import { savedModel } from "./saved-model.ts";
import { tfjs } from "./tfjs.ts";

export const forms: Readonly<Record<ModelForm, Form>> = { onnx, inference, "saved-model": savedModel, tfjs };
