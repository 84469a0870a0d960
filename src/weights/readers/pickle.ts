// Python's pickles as torch.save writes them, read by a machine that knows these operations and no others. Nothing of the file is
// run: a name in it stands for an entry of the reader's own table or is refused. Operations as in Python's pickletools.
import { refused, shown } from "./refused.ts";

/** What a reader makes of a name or an id in the pickle. */
export interface Made {
  readonly kind: string;
}
export type Value = null | boolean | number | bigint | string | Value[] | Map<Value, Value> | Made;

export interface Global extends Made {
  readonly kind: "global";
  /** What calling it gives; absent for a name that is only passed on. Throws where the arguments are not what it takes. */
  readonly call?: (values: readonly Value[]) => Value;
}

export interface Names {
  /** By module and name: "collections.OrderedDict". */
  readonly globals: ReadonlyMap<string, Global>;
  /** What an object outside the pickle is, by its id. */
  persistent(id: Value): Value;
}

/** Weights' pickles have a few hundred kilobytes at most; the limits keep a hostile one to seconds and some hundred megabytes. */
export const longestPickle = 2 ** 25;
const deepestNesting = 100;
const mostOnStack = 100_000;
const mostMemos = 1_000_000;

interface Machine {
  readonly file: string;
  readonly view: DataView;
  at: number;
  readonly stack: Value[];
  readonly marks: number[];
  readonly memo: Map<number, Value>;
  readonly names: Names;
}

/** The value that starts at byte `at`, and where it ends. Throws UserError("foreignWeights") that says what is not allowed. */
export function unpickle(
  bytes: Uint8Array,
  names: Names,
  file: string,
  at = 0,
): { readonly value: Value; readonly end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const machine: Machine = { file, view, at, stack: [], marks: [], memo: new Map(), names };
  for (;;) {
    const code = unsigned(machine, 1);
    if (code === stop) return { value: pop(machine), end: machine.at };
    const operation = operations[code];
    if (operation === undefined) {
      throw refused(
        file,
        `its pickle has the operation 0x${code.toString(16).padStart(2, "0")}, which no weights need`,
      );
    }
    operation(machine);
    if (machine.stack.length > mostOnStack) throw refused(file, "its pickle nests too deep, or has too long a tuple");
  }
}

const stop = ".".charCodeAt(0);

const operations: Readonly<Record<number, (machine: Machine) => void>> = {
  // Values.
  78: push(() => null), // NONE
  136: push(() => true), // NEWTRUE
  137: push(() => false), // NEWFALSE
  74: push((machine) => take(machine, 4, (view, at) => view.getInt32(at, true))), // BININT
  75: push((machine) => unsigned(machine, 1)), // BININT1
  77: push((machine) => unsigned(machine, 2)), // BININT2
  138: push((machine) => long(bytes(machine, unsigned(machine, 1)))), // LONG1
  71: push((machine) => take(machine, 8, (view, at) => view.getFloat64(at, false))), // BINFLOAT
  88: push((machine) => text(machine, unsigned(machine, 4))), // BINUNICODE
  140: push((machine) => text(machine, unsigned(machine, 1))), // SHORT_BINUNICODE
  84: push((machine) => text(machine, unsigned(machine, 4))), // BINSTRING
  85: push((machine) => text(machine, unsigned(machine, 1))), // SHORT_BINSTRING
  // Tuples, lists and dictionaries.
  40: mark, // MARK
  41: push(() => []), // EMPTY_TUPLE
  133: push((machine) => last(machine, 1)), // TUPLE1
  134: push((machine) => last(machine, 2)), // TUPLE2
  135: push((machine) => last(machine, 3)), // TUPLE3
  116: push(marked), // TUPLE
  93: push(() => []), // EMPTY_LIST
  97: (machine) => append(machine, last(machine, 1)), // APPEND
  101: (machine) => append(machine, marked(machine)), // APPENDS
  125: push(() => new Map()), // EMPTY_DICT
  115: (machine) => setItems(machine, last(machine, 2)), // SETITEM
  117: (machine) => setItems(machine, marked(machine)), // SETITEMS
  // The memo.
  113: (machine) => remember(machine, unsigned(machine, 1)), // BINPUT
  114: (machine) => remember(machine, unsigned(machine, 4)), // LONG_BINPUT
  148: (machine) => remember(machine, machine.memo.size), // MEMOIZE
  104: push((machine) => recall(machine, unsigned(machine, 1))), // BINGET
  106: push((machine) => recall(machine, unsigned(machine, 4))), // LONG_BINGET
  // Names, and what is made with them.
  99: push((machine) => globalOf(machine, line(machine), line(machine))), // GLOBAL
  147: push((machine) => globalOf(machine, ...(last(machine, 2) as [Value, Value]))), // STACK_GLOBAL
  82: push(reduce), // REDUCE
  98: build, // BUILD
  81: push((machine) => machine.names.persistent(pop(machine))), // BINPERSID
  // Protocol and length, of no effect.
  128: (machine) => void unsigned(machine, 1), // PROTO
  149: (machine) => void bytes(machine, 8), // FRAME
};

function push(value: (machine: Machine) => Value): (machine: Machine) => void {
  return (machine) => void machine.stack.push(value(machine));
}

function take<T>(machine: Machine, length: number, get: (view: DataView, at: number) => T): T {
  if (machine.at + length > machine.view.byteLength) {
    throw refused(machine.file, `its pickle ends early: ${length} bytes expected at byte ${machine.at}`);
  }
  const value = get(machine.view, machine.at);
  machine.at += length;
  return value;
}

const bytes = (machine: Machine, length: number): Uint8Array =>
  take(machine, length, (view, at) => new Uint8Array(view.buffer, view.byteOffset + at, length));

const unsigned = (machine: Machine, length: 1 | 2 | 4): number =>
  take(machine, length, (view, at) =>
    length === 1 ? view.getUint8(at) : length === 2 ? view.getUint16(at, true) : view.getUint32(at, true),
  );

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function text(machine: Machine, length: number): string {
  try {
    return utf8.decode(bytes(machine, length));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw refused(machine.file, `its pickle has text that is not UTF-8 before byte ${machine.at}`, { cause: error });
  }
}

function line(machine: Machine): string {
  const { view, at } = machine;
  const rest = new Uint8Array(view.buffer, view.byteOffset + at, view.byteLength - at);
  const end = rest.indexOf(10);
  if (end < 0) throw refused(machine.file, "its pickle ends early: a name has no end");
  const value = text(machine, end);
  machine.at++;
  return value;
}

/** Two's complement, least byte first; a number where it is exact. */
function long(digits: Uint8Array): number | bigint {
  const value = digits.reduceRight((sum, digit) => sum * 256n + BigInt(digit), 0n);
  const signed = BigInt.asIntN(digits.length * 8, value);
  return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
}

function pop(machine: Machine): Value {
  const floor = machine.marks.at(-1) ?? 0;
  if (machine.stack.length <= floor) throw refused(machine.file, "its pickle takes more values than it has");
  return machine.stack.pop()!;
}

const last = (machine: Machine, count: number): Value[] => Array.from({ length: count }, () => pop(machine)).reverse();

function mark(machine: Machine): void {
  if (machine.marks.length === deepestNesting) {
    throw refused(machine.file, `its pickle nests deeper than ${deepestNesting} levels`);
  }
  machine.marks.push(machine.stack.length);
}

function marked(machine: Machine): Value[] {
  const from = machine.marks.pop();
  if (from === undefined) throw refused(machine.file, "its pickle ends a group that it did not begin");
  return machine.stack.splice(from);
}

function append(machine: Machine, items: readonly Value[]): void {
  const list = pop(machine);
  if (!Array.isArray(list)) throw refused(machine.file, "its pickle appends to what is no list");
  for (const item of items) list.push(item);
  machine.stack.push(list);
}

function setItems(machine: Machine, items: readonly Value[]): void {
  const dictionary = pop(machine);
  if (!(dictionary instanceof Map)) throw refused(machine.file, "its pickle sets a key of what is no dictionary");
  if (items.length % 2 !== 0) throw refused(machine.file, "its pickle has a key without a value");
  for (let i = 0; i < items.length; i += 2) {
    const [key, value] = [items[i]!, items[i + 1]!];
    if (typeof key === "string" && dictionary.has(key)) {
      throw refused(machine.file, `its pickle sets the key "${shown(key)}" twice`);
    }
    dictionary.set(key, value);
  }
  machine.stack.push(dictionary);
}

function remember(machine: Machine, index: number): void {
  if (machine.memo.size === mostMemos)
    throw refused(machine.file, `its pickle remembers more than ${mostMemos} values`);
  const value = pop(machine);
  machine.memo.set(index, value);
  machine.stack.push(value);
}

function recall(machine: Machine, index: number): Value {
  const value = machine.memo.get(index);
  if (value === undefined) throw refused(machine.file, `its pickle recalls value ${index}, which it never kept`);
  return value;
}

function globalOf(machine: Machine, module: Value, name: Value): Global {
  if (typeof module !== "string" || typeof name !== "string") {
    throw refused(machine.file, "its pickle names a global by what is no text");
  }
  const global = machine.names.globals.get(`${module}.${name}`);
  if (global === undefined) {
    throw refused(
      machine.file,
      `its pickle uses "${shown(module)}.${shown(name)}", which is refused: weights are tensors, dictionaries, numbers and text`,
      {
        hint: "save the weights alone from PyTorch: torch.save(model.state_dict(), FILE)",
      },
    );
  }
  return global;
}

function reduce(machine: Machine): Value {
  const values = pop(machine);
  const called = pop(machine);
  const call = isMade(called) && called.kind === "global" ? (called as Global).call : undefined;
  if (call === undefined) throw refused(machine.file, "its pickle calls what is no function");
  if (!Array.isArray(values)) throw refused(machine.file, "its pickle calls a function without a tuple of arguments");
  return call(values);
}

/** Attributes of a dictionary (a state dict's `_metadata`), which say nothing of its tensors. */
function build(machine: Machine): void {
  pop(machine);
  const target = pop(machine);
  if (!(target instanceof Map)) throw refused(machine.file, "its pickle sets attributes of what is no dictionary");
  machine.stack.push(target);
}

export const isMade = (value: Value): value is Made =>
  typeof value === "object" && value !== null && "kind" in value && typeof value.kind === "string";
