// What `npm ci` installs is what was locked: each package by its hash, from whatever registry the user has.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

type Entry = { readonly integrity?: string; readonly resolved?: string; readonly link?: boolean };

const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as { packages: Record<string, Entry> };
const installed = Object.entries(packages).filter(([path, { link }]) => path !== "" && !link);

test("every package has a hash, and no host", () => {
  expect(installed.length).toBeGreaterThan(100);
  expect(installed.filter(([, { integrity }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ""))).toEqual([]);
  expect(installed.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
});
