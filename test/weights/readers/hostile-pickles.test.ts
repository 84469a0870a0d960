// 300 pickles made to run code, to fill the memory or to mislead: each is refused with its reason, in both forms of file.
import fc from "fast-check";
import { expect, test } from "vitest";
import { readForeign } from "../../../src/weights/readers/open.ts";
import { proved, tries } from "../../proof.ts";
import { dangerous } from "./dangerous-names.ts";
import { type Bytes, legacyFile, op, pickle, storage, tensor, zip, zipFile } from "./pickles.ts";
import { contents, refusalOf, scratch } from "./support.ts";

const write = scratch();
const sound = pickle(op.dictionary(op.text("a"), tensor(storage("0", 2), 0, [2], [1])));
const numbers = [["0", [1, 2]]] as const;

test("the files that the hostile ones are made from are sound", async () => {
  for (const bytes of [legacyFile(sound, numbers), zipFile(sound, numbers)]) {
    expect(contents(await readForeign(write("sound.pth", bytes)))).toEqual({ a: [[2], [1, 2]] });
  }
});

const command = op.text("touch /tmp/inception-was-here");
const named = ([module, name]: readonly [string, string]): string =>
  `its pickle uses "${module}.${name}", which is refused`;

/** Ways of reaching a name: written out, from the stack, from the memo, inside what looks like weights, as an attribute. */
const ways: readonly ((module: string, name: string) => Bytes)[] = [
  (module, name) => op.call(op.global(module, name), command),
  (module, name) => op.call(op.stackGlobal(module, name), command),
  (module, name) => [
    ...op.shortText(module),
    0x94,
    ...op.shortText(name),
    0x94,
    ...op.list([0x68, 0], [0x68, 1]),
    0x68,
    0,
    0x68,
    1,
    0x93,
    ...op.tuple(command),
    0x52,
  ],
  (module, name) =>
    op.dictionary(
      op.text("a"),
      tensor(storage("0", 2), 0, [2], [1]),
      op.text("b"),
      op.call(op.global(module, name), command),
    ),
];

const cases: [name: string, value: Bytes, reason: string | RegExp][] = dangerous.flatMap((name) =>
  ways.map((way, index): [string, Bytes, string] => [
    `${name.join(" ")} (${index})`,
    pickle(way(...name)),
    named(name),
  ]),
);

const many = (count: number, ...bytes: number[]): Bytes => Array.from({ length: count }, () => bytes).flat();
const state = (...items: Bytes[]): Bytes => pickle(op.dictionary(...items));
const a = (of: Bytes): Bytes => state(op.text("a"), of);

cases.push(
  ["100,000 open groups", [0x80, 2, ...many(100_000, 0x28)], "nests deeper than 100 levels"],
  ["200,000 open lists", [0x80, 2, ...many(200_000, 0x5d)], "nests too deep"],
  ["100,000 tuples in one another", pickle([0x29, ...many(100_000, 0x85)]), "holds no dictionary of tensors"],
  ["100,000 dictionaries in one another", [0x80, 2, ...many(100_001, 0x7d, 0x4b, 0)], "nests too deep"],
  ["a list that holds itself", pickle([0x5d, 0x94, 0x68, 0, 0x61]), "holds no dictionary of tensors"],
  ["a dictionary that holds itself", pickle([0x7d, 0x94, ...op.text("model"), 0x68, 0, 0x73]), "holds no dictionary"],
  ["a value that was never kept", pickle([0x68, 7]), "recalls value 7, which it never kept"],
  ["a kept value that is not there", pickle([0x94]), "takes more values than it has"],
  [
    "a million and one kept values",
    [0x80, 2, 0x4e, ...many(1_000_001, 0x94), ...op.stop],
    "remembers more than 1000000",
  ],
  ["a text of 4 GiB", [0x80, 2, ...op.text("x", 2 ** 32 - 1)], "ends early: 4294967295 bytes expected"],
  ["a long text of bytes", [0x80, 2, 0x8e, ...many(8, 0xff)], "the operation 0x8e"],
  ["a number of 2 GiB", [0x80, 2, 0x8b, 0xff, 0xff, 0xff, 0x7f], "the operation 0x8b"],
  ["a byte array of 2^63", [0x80, 5, 0x96, ...many(7, 0xff), 0x7f], "the operation 0x96"],
  ["text that is not UTF-8", pickle([0x8c, 2, 0xff, 0xfe]), "text that is not UTF-8"],
  ["a name without end", [0x80, 2, 0x63, ...many(1000, 65)], "a name has no end"],
  ["an instance (INST)", pickle([0x28, ...Buffer.from("ios\nsystem\n")]), "the operation 0x69"],
  ["an object (OBJ)", pickle([0x28, ...op.global("collections", "OrderedDict"), 0x6f]), "the operation 0x6f"],
  ["a new object (NEWOBJ)", pickle([...op.global("collections", "OrderedDict"), 0x29, 0x81]), "the operation 0x81"],
  ["a new object (NEWOBJ_EX)", pickle([...op.global("collections", "OrderedDict"), 0x29, 0x7d, 0x92]), "0x92"],
  ["an extension (EXT1)", pickle([0x82, 1]), "the operation 0x82"],
  ["an id in text (PERSID)", pickle([...Buffer.from("Ppersistent\n")]), "the operation 0x50"],
  ["a buffer from elsewhere (NEXT_BUFFER)", pickle([0x97]), "the operation 0x97"],
  ["text to be evaluated (STRING)", pickle([...Buffer.from("S'a'\n")]), "the operation 0x53"],
  [
    "attributes of a tensor",
    a([...tensor(storage("0", 2), 0, [2], [1]), ...op.dictionary(), 0x62]),
    "attributes of what",
  ],
  [
    "attributes of a name",
    pickle([...op.global("torch", "Size"), ...op.dictionary(), 0x62]),
    "attributes of what is no",
  ],
  ["a call of a dictionary", pickle(op.call(op.dictionary())), "calls what is no function"],
  [
    "a call of a storage's type",
    pickle(op.call(op.global("torch", "FloatStorage"), op.int(9))),
    "calls what is no function",
  ],
  ["a call without a tuple", pickle([...op.global("torch", "Size"), ...op.int(1), 0x52]), "without a tuple"],
  ["a name that is no text", pickle([...op.int(1), ...op.int(2), 0x93]), "names a global by what is no text"],
  [
    "a dictionary of what is no list",
    pickle(op.call(op.global("collections", "OrderedDict"), op.int(1))),
    "what is no list",
  ],
  ["a key without a value", pickle([0x7d, 0x28, ...op.text("a"), 0x75]), "a key without a value"],
  ["a key twice", state(op.text("a"), op.none, op.text("a"), op.none), 'sets the key "a" twice'],
  ["a group that never began", pickle([0x74]), "ends a group that it did not begin"],
  ["an append to a number", pickle([...op.int(1), ...op.int(2), 0x61]), "appends to what is no list"],
  ["a key of a list", pickle([0x5d, ...op.int(1), ...op.int(2), 0x73]), "sets a key of what is no dictionary"],
  ["nothing", pickle([]), "takes more values than it has"],
  ["a number", pickle(op.int(1)), "holds no dictionary of tensors"],
  ["an id that is no tuple", pickle([...op.int(1), 0x51]), "a reference to what is no storage"],
  [
    "a storage of an unknown type",
    a(tensor(storage("0", 2, "ComplexFloatStorage"), 0, [2], [1])),
    "ComplexFloatStorage",
  ],
  ["a tensor of a number", a(tensor(op.int(1), 0, [2], [1])), "a tensor of what is no storage"],
  ["a negative size", a(tensor(storage("0", 2), 0, [-2], [1])), "without a sound offset, shape and strides"],
  ["a negative stride", a(tensor(storage("0", 2), 1, [2], [-1])), "without a sound offset, shape and strides"],
  ["a negative offset", a(tensor(storage("0", 2), -1, [2], [1])), "without a sound offset, shape and strides"],
  [
    "strides of another length",
    a(tensor(storage("0", 2), 0, [2], [1, 1])),
    "without a sound offset, shape and strides",
  ],
  ["2^60 numbers", a(tensor(storage("0", 2), 0, [2 ** 30, 2 ** 30], [1, 0])), 'tensor "a" has the shape'],
  ["a number repeated a million times", a(tensor(storage("0", 2), 0, [10 ** 6], [0])), "takes 1000000 numbers up to 1"],
  [
    "numbers behind the storage",
    a(tensor(storage("0", 2), 1, [2], [1])),
    'tensor "a" takes 2 numbers up to 3 of a storage of 2',
  ],
  [
    "a stride out of the storage",
    a(tensor(storage("0", 2), 0, [2], [2 ** 40])),
    'tensor "a" takes 2 numbers up to 1099511',
  ],
  ["a thousand dimensions", a(tensor(storage("0", 2), 0, Array(1000).fill(1), Array(1000).fill(1))), "1000 dimensions"],
  ["a storage of 2^50 numbers", a(tensor(storage("0", 2 ** 50), 0, [2], [1])), /storage "0" has|more at byte/],
  ["a storage that is not there", a(tensor(storage("1", 2), 0, [2], [1])), /storage "[01]"|archive\/data\/1/],
  [
    "a storage under another folder",
    a(tensor(storage("../../../etc/passwd", 2), 0, [2], [1])),
    /etc\/passwd|no tensor is of its storage "0"/,
  ],
  [
    "a storage with two sizes",
    state(op.text("a"), tensor(storage("0", 2), 0, [2], [1]), op.text("b"), tensor(storage("0", 9), 0, [2], [1])),
    'the storage "0" twice, with different sizes or types',
  ],
  ["a tensor under a number", state(op.int(7), tensor(storage("0", 2), 0, [2], [1])), "has no text for a name"],
  [
    "a tensor called __proto__",
    state(op.text("__proto__"), tensor(storage("0", 2), 0, [2], [1])),
    '"__proto__" is not',
  ],
  [
    "a tensor called nothing",
    state(op.text(""), tensor(storage("0", 2), 0, [2], [1])),
    'the tensor name "" is not allowed',
  ],
  [
    "a part of a storage without its start",
    a(tensor(storage("0", 2, "FloatStorage", op.int(1)), 0, [2], [1])),
    "without its",
  ],
);
for (let length = 1; length < sound.length; length += 3) {
  // In the older form the next pickle goes on where this one ends.
  cases.push([`cut off after ${length} bytes`, sound.slice(0, length), /^: it/]);
}

test(`${cases.length} hostile pickles in both forms`, { timeout: 60_000 }, async () => {
  expect(cases.length).toBeGreaterThan(300);
  for (const [name, value, reason] of cases) {
    for (const bytes of [legacyFile(value, numbers), zipFile(value, numbers)]) {
      const file = write("hostile.pth", bytes);
      const message = await refusalOf(file, readForeign(file));
      if (typeof reason === "string") expect(message, name).toContain(reason);
      else expect(message, name).toMatch(reason);
    }
  }
});

test("a storage's key of 50,000 tuples in one another", async () => {
  const nested = [0x29, ...many(50_000, 0x85)];
  // The pickle of the keys of a file without storages is an empty list: mark, nothing, append.
  const bytes = legacyFile(sound);
  const empty = Buffer.from([0x28, 0x65, ...op.stop]);
  expect(bytes.subarray(-empty.length)).toEqual(empty);
  const file = write("keys.pth", Buffer.concat([bytes.subarray(0, -2), Buffer.from([...nested, 0x65, ...op.stop])]));
  expect(await refusalOf(file, readForeign(file))).toBe(': no tensor is of its storage ""');
});

test("any row of allowed operations ends with tensors or a refusal", async () => {
  const operations = [..."N\x88\x89JKMGX\x8cTU()\x85\x86\x87t]ae}suqr\x94hjcRbQ.".split("")].map((c) =>
    c.charCodeAt(0),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.constantFrom(...operations), fc.nat(255)), { maxLength: 60 }),
      async (soup) => {
        const file = write("soup.pth", legacyFile([0x80, 2, ...soup]));
        await refusalOf(file, readForeign(file));
      },
    ),
    { numRuns: tries(100, 3000), seed: 1 },
  );
  proved("R27", { pickles: tries(100, 3000), run: 0 });
});

test.each<[string, () => Buffer, string]>([
  [
    "two archives in one",
    () =>
      zip([
        ["a/data.pkl", Buffer.from(sound)],
        ["b/data.pkl", Buffer.from(sound)],
      ]),
    "2 files data.pkl",
  ],
  [
    "a file twice",
    () =>
      zip([
        ["a/data.pkl", Buffer.from(sound)],
        ["a/data.pkl", Buffer.from(sound)],
      ]),
    '"a/data.pkl" stands twice',
  ],
  [
    "a file outside",
    () => zip([["../data.pkl", Buffer.from(sound)]]),
    "list of files is damaged (invalid relative path",
  ],
  [
    "big-endian numbers",
    () =>
      zip([
        ["a/data.pkl", Buffer.from(sound)],
        ["a/byteorder", Buffer.from("big")],
      ]),
    "least byte first",
  ],
  ["a zip in a zip", () => zip([["a/data.pkl", zipFile(sound)]]), "the operation 0x50"],
])("an archive with %s", async (_, bytes, reason) => {
  const file = write("archive.pth", bytes());
  expect(await refusalOf(file, readForeign(file))).toContain(reason);
});
