// The forms of whole models, by name.
import type { ModelForm } from "../published/choices.ts";
import type { Form } from "./form.ts";
import { inference } from "./inference.ts";
import { onnx } from "./onnx.ts";

export const forms: Readonly<Record<ModelForm, Form>> = { onnx, inference };
