// A file system in memory that remembers every operation, so that a test can ask what a power cut would have left.
import { dirname } from "node:path";
import type { FsPort } from "../../src/checkpoint/files.ts";

/** A file or a folder; entries are set and cleared by operations, so its content at any crash can be worked out. */
type Node = { readonly kind: "file"; bytes: Uint8Array } | { readonly kind: "folder"; entries: Map<string, Node> };

type Operation =
  | { readonly type: "write"; readonly node: Node; readonly bytes: Uint8Array }
  | { readonly type: "link"; readonly folder: Node; readonly name: string; readonly node: Node }
  | { readonly type: "unlink"; readonly folder: Node; readonly name: string; readonly node: Node }
  | { readonly type: "move"; readonly folder: Node; readonly from: string; readonly to: string; readonly node: Node }
  | { readonly type: "sync"; readonly node: Node };

/** What happens to an operation that no fsync made safe: all of it, none, or only this share of a write's bytes. */
export type Fate = (index: number) => number;

export class CrashFs implements FsPort {
  readonly log: Operation[] = [];
  private root: Node = folder();
  private readonly opened = new Map<number, Node>();

  open(path: string, flags: "wx" | "r"): number {
    if (flags === "wx") {
      if (this.exists(path)) throw failure("EEXIST", path);
      this.record({
        type: "link",
        folder: this.parent(path),
        name: nameOf(path),
        node: { kind: "file", bytes: empty },
      });
    }
    const file = this.opened.size + 3;
    this.opened.set(file, this.find(path));
    return file;
  }
  write(file: number, bytes: Uint8Array): number {
    this.record({ type: "write", node: this.opened.get(file)!, bytes: bytes.slice() });
    return bytes.length;
  }
  fsync(file: number): void {
    this.record({ type: "sync", node: this.opened.get(file)! });
  }
  close(): void {}
  makeFolder(path: string): void {
    if (path === "/" || this.exists(path)) return;
    this.makeFolder(dirname(path));
    this.record({ type: "link", folder: this.parent(path), name: nameOf(path), node: folder() });
  }
  rename(from: string, to: string): void {
    if (this.exists(to)) throw failure("ENOTEMPTY", to);
    this.record({
      type: "move",
      folder: this.parent(from),
      from: nameOf(from),
      to: nameOf(to),
      node: this.find(from),
    });
  }
  remove(path: string): void {
    if (!this.exists(path)) return;
    const node = this.find(path);
    if (node.kind === "folder") for (const name of [...node.entries.keys()]) this.remove(`${path}/${name}`);
    this.record({ type: "unlink", folder: this.parent(path), name: nameOf(path), node });
  }
  exists(path: string): boolean {
    try {
      this.find(path);
      return true;
    } catch {
      return false;
    }
  }
  list(path: string): string[] {
    const node = this.find(path);
    if (node.kind !== "folder") throw failure("ENOTDIR", path);
    return [...node.entries.keys()];
  }
  size(path: string): number {
    return this.read(path).length;
  }
  read(path: string): Uint8Array {
    const node = this.find(path);
    if (node.kind !== "file") throw failure("EISDIR", path);
    return node.bytes.slice();
  }

  /** Puts the state after the first `length` operations and a power cut in place: what was not synced meets its fate. */
  crash(length: number, fate: Fate): void {
    const done = this.log.slice(0, length);
    for (const operation of this.log) for (const node of nodesOf(operation)) clear(node);
    clear(this.root);
    done.forEach((operation, index) => {
      const safe = done.slice(index + 1).some((later) => later.type === "sync" && later.node === heldBy(operation));
      const share = safe ? 1 : fate(index);
      if (share > 0) apply(operation, share);
    });
  }

  private record(operation: Operation): void {
    this.log.push(operation);
    apply(operation, 1);
  }
  private parent(path: string): Node {
    return this.find(dirname(path));
  }
  private find(path: string): Node {
    let node = this.root;
    for (const name of path.split("/").filter((part) => part !== "")) {
      const next: Node | undefined = node.kind === "folder" ? node.entries.get(name) : undefined;
      if (next === undefined) throw failure("ENOENT", path);
      node = next;
    }
    return node;
  }
}

const empty = new Uint8Array(0);
const folder = (): Node => ({ kind: "folder", entries: new Map() });
const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
const failure = (code: string, path: string): Error => Object.assign(new Error(`${code}: ${path}`), { code });

/** The node whose fsync makes the operation safe. */
const heldBy = (operation: Operation): Node => ("folder" in operation ? operation.folder : operation.node);
const nodesOf = (operation: Operation): Node[] =>
  "folder" in operation ? [operation.folder, operation.node] : [operation.node];

function clear(node: Node): void {
  if (node.kind === "file") node.bytes = empty;
  else node.entries.clear();
}

function apply(operation: Operation, share: number): void {
  if (operation.type === "write" && operation.node.kind === "file") {
    const taken = operation.bytes.subarray(0, Math.floor(operation.bytes.length * share));
    operation.node.bytes = Uint8Array.from([...operation.node.bytes, ...taken]);
  }
  if (!("folder" in operation) || operation.folder.kind !== "folder") return;
  const { entries } = operation.folder;
  if (operation.type === "link") entries.set(operation.name, operation.node);
  if (operation.type === "unlink" && entries.get(operation.name) === operation.node) entries.delete(operation.name);
  if (operation.type === "move") {
    if (entries.get(operation.from) === operation.node) entries.delete(operation.from);
    entries.set(operation.to, operation.node);
  }
}
