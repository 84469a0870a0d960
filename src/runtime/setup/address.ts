// The wheel from its published address, for machines without pip.
import { basename, join } from "node:path";
import { fetchFile } from "../../download/fetch-file.ts";
import { fileHash } from "../../download/hash.ts";
import { UserError } from "../../errors.ts";
import type { Download } from "./wheel.ts";

/** No variable of the environment changes the address; a proxy that it names is asked for it. */
export const directDownload: Download = async ({ url, bytes, sha256 }, folder, onBytes) => {
  const file = join(folder, basename(url));
  await fetchFile({ url, file, bytes }, onBytes);
  const got = (await fileHash(file)).toString("hex");
  if (got === sha256) return file;
  throw new UserError("checkFailed", `${url} is not the pinned wheel: expected sha256 ${sha256}, got ${got}.`);
};
