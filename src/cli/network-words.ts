// What the `<network|config>` argument may be, in words.
import { networkNames } from "../network/options.ts";

export const networkArgument = `${networkNames.join(", ")}, an experiment file or a shipped config`;
