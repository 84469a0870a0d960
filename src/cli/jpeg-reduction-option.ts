// How a command is told whether a JPEG may be reduced by its decoder.
import { choice } from "./options.ts";

export const jpegReductionOption = () =>
  choice("<when>", "whether JPEGs shrunk a lot are reduced by their decoder (default: as trained)", {
    choices: ["auto", "off"],
  });
