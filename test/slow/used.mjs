// A command of the tool and what it takes: seconds, processor seconds of all its threads, and MiB of memory at the most.
import { spawn } from "node:child_process";

const told = `process.on("exit", () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  process.stderr.write("used " + maxRSS + " " + (userCPUTime + systemCPUTime));
})`;
const preload = `data:text/javascript,${encodeURIComponent(told)}`;

/** Throws where it ends with another code than `code`. `watch` is given the process. */
export async function used(words, { code = 0, watch = () => {} } = {}) {
  const start = performance.now();
  const child = spawn(process.execPath, ["--import", preload, "bin/inception.js", ...words], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (data) => (said += data));
  watch(child);
  const ended = await new Promise((resolve) => child.once("close", resolve));
  if (ended !== code) throw new Error(`${words.join(" ")}: ended with ${ended}: ${said}`);
  const [, kilobytes, microseconds] = /used (\d+) (\d+)$/.exec(said);
  return {
    seconds: Number(((performance.now() - start) / 1000).toFixed(2)),
    cpuSeconds: Number((microseconds / 1e6).toFixed(2)),
    megabytes: Math.round(kilobytes / 1024),
  };
}
