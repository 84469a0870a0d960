// Weights that another program wrote, as a plain .safetensors file.
import { UserError } from "../errors.ts";
import { errorCode, explainIoError } from "../io-error.ts";
import { type FsPort, nodeFs } from "./files.ts";
import { decode, type SafeTensors } from "./safetensors.ts";

/**
 * Throws UserError("foreignWeights") that names the file, and the tensor where it is one's fault; ("io") where the machine
 * fails to read.
 */
export function readWeightsFile(path: string, fs: FsPort = nodeFs): SafeTensors {
  const bytes = read(path, fs);
  try {
    return decode(bytes, path);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError("foreignWeights", error.message, { cause: error });
  }
}

const notThere: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such file",
  EISDIR: "it is a folder, expected a .safetensors file",
};

function read(path: string, fs: FsPort): Uint8Array {
  try {
    return fs.read(path);
  } catch (error) {
    const problem = notThere[errorCode(error) ?? ""];
    if (problem === undefined) throw explainIoError(error, "cannot read", path);
    throw new UserError("foreignWeights", `${path}: ${problem}`, { cause: error });
  }
}
