// Options of every command that opens a run: which of its weights.
import { choice, flag } from "./options.ts";

export const weightsOptions = () => ({
  checkpoint: choice("<which>", "which of a run's checkpoints", { choices: ["best", "last"], standard: "best" }),
  raw: flag("the raw weights instead of their running average"),
});
