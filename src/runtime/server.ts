// TensorFlow's own server in this process: sessions on its address sum values with those of other processes.
import protobuf from "protobufjs";
import { UserError } from "../errors.ts";
import { quietly } from "../system.ts";
import { admitOnly } from "./admission.ts";
import { type Place, prepareTensorflow, tensorflowFunction } from "./binding.ts";
import { threads } from "./threads.ts";

export type { Place } from "./binding.ts";

/** Field numbers are those of TensorFlow's public .proto files. */
const messages = protobuf.parse(`
  syntax = "proto3";
  message ServerDef { ClusterDef cluster = 1; string job_name = 2; int32 task_index = 3; ConfigProto default_session_config = 4; string protocol = 5; }
  message ClusterDef { repeated JobDef job = 1; }
  message JobDef { string name = 1; map<int32, string> tasks = 2; }
  message ConfigProto { repeated string device_filters = 4; int32 inter_op_parallelism_threads = 5; Experimental experimental = 16; }
  message Experimental { string collective_group_leader = 1; }
`).root;

function bytesOf(name: "ServerDef" | "ConfigProto", from: object): Uint8Array {
  const message = messages.lookupType(name);
  return message.encode(message.fromObject(from)).finish();
}

type Served = {
  /** host:port of every process, in order. */
  readonly tasks: readonly string[];
  /** This process's among them. */
  readonly index: number;
  /** IPv4 addresses from which the port takes packets, where the system can tell. */
  readonly admitted: readonly string[];
};

const job = "worker";

/** Of the threads that run operations, beside those of a training: a step may keep these for seconds, and a beat must not wait for it. */
const spareThreads = 4;

/**
 * Listens on the port of its address until the process ends, as TensorFlow has no way to stop. Its sessions see this process's devices
 * alone. `isClosed`: whether nobody but those admitted is heard.
 *
 * @throws UserError if set-up has not been run, and ("io") where it cannot listen.
 */
export function startServer({ tasks, index, admitted }: Served): Place & { readonly isClosed: boolean } {
  prepareTensorflow();
  const config = {
    deviceFilters: [`/job:${job}/task:${index}`],
    experimental: { collectiveGroupLeader: `/job:${job}/replica:0/task:0` },
  };
  const definition = bytesOf("ServerDef", {
    cluster: { job: [{ name: job, tasks: Object.fromEntries(tasks.entries()) }] },
    jobName: job,
    taskIndex: index,
    defaultSessionConfig: { ...config, interOpParallelismThreads: threads() + spareThreads },
    protocol: "grpc",
  });
  const { newStatus, code, message, newServer, start, targetOf } = functions();
  const status = newStatus();
  const mustBeWell = (): void => {
    if (code(status) === 0) return;
    throw new UserError("io", `TensorFlow cannot serve at ${tasks[index]}: ${message(status).split("\n")[0]}`, {
      hint: "another process may have the port: name another one",
    });
  };
  return quietly(() => {
    const server = newServer(definition, definition.length, status);
    mustBeWell();
    // Nothing is answered before the start.
    const isClosed = admitOnly(Number(tasks[index]!.split(":").at(-1)), admitted);
    start(server, status);
    mustBeWell();
    return { target: targetOf(server), config: bytesOf("ConfigProto", config), isClosed };
  });
}

const functions = () => ({
  newStatus: tensorflowFunction<() => unknown>("void *TF_NewStatus()"),
  code: tensorflowFunction<(status: unknown) => number>("int TF_GetCode(void *status)"),
  message: tensorflowFunction<(status: unknown) => string>("const char *TF_Message(void *status)"),
  newServer: tensorflowFunction<(definition: Uint8Array, length: number, status: unknown) => unknown>(
    "void *TF_NewServer(const void *definition, size_t length, void *status)",
  ),
  start: tensorflowFunction<(server: unknown, status: unknown) => void>(
    "void TF_ServerStart(void *server, void *status)",
  ),
  targetOf: tensorflowFunction<(server: unknown) => string>("const char *TF_ServerTarget(void *server)"),
});
