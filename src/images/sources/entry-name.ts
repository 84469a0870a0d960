// Names of entries in archives.

export const isHidden = (name: string): boolean => name.split("/").some((part) => part.startsWith("."));

/** The name without `./`, or undefined if it is absolute or climbs. */
export function safeName(name: string): string | undefined {
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  return name.startsWith("/") || name.includes("\\") || name.includes("\0") || parts.includes("..")
    ? undefined
    : parts.join("/");
}
