// Documents that commands print with --json, held against their schemas.
import { printedSchemas } from "../../src/cli/documents/printed.ts";

type Name = keyof typeof printedSchemas;
type Printed = { [N in Name]: ReturnType<(typeof printedSchemas)[N]["parse"]> };

/** The document in `text`, which must be the one named and keep to its schema, no key less and no key more. */
export const readPrinted = <N extends Name>(name: N, text: string): Printed[N] =>
  printedSchemas[name].parse(JSON.parse(text)) as Printed[N];
