// The file system that saving uses: the real one, or in tests one that kills the process at a chosen call.
import { UserError } from "../errors.ts";
import { type FsPort, nodeFs } from "./files.ts";

/**
 * With INCEPTION_FAULT=ckpt:<n> the process kills itself before the n-th file operation of its saves; only where
 * NODE_ENV is test, UserError("usage") elsewhere.
 */
export function savingFs(environment: NodeJS.ProcessEnv = process.env): FsPort {
  const fault = environment.INCEPTION_FAULT;
  if (fault === undefined || !fault.startsWith("ckpt:")) return nodeFs;
  if (environment.NODE_ENV !== "test")
    throw new UserError("usage", "INCEPTION_FAULT is only for tests (NODE_ENV=test)");
  return interpose(nodeFs, () => {
    calls += 1;
    if (calls === Number(fault.slice("ckpt:".length))) process.kill(process.pid, "SIGKILL");
  });
}

let calls = 0;

/** The same file system with `before` called ahead of each operation; what it throws is what the operation throws. */
export function interpose(fs: FsPort, before: (operation: keyof FsPort) => void): FsPort {
  type Method = (...args: readonly unknown[]) => unknown;
  const wrapped = Object.entries(fs).map(([name, method]: [string, Method]) => [
    name,
    (...args: readonly unknown[]) => {
      before(name as keyof FsPort);
      return method(...args);
    },
  ]);
  return Object.fromEntries(wrapped) as FsPort;
}
