import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../contract/answer.js';
import type { Handle, RunPlan } from '../contract/handle.js';
import { isRunningFromSource, packageRoot } from '../home/package-root.js';
import type { RunnerReference } from '../runners/load-runner.js';
import type { Health } from '../runners/runner.js';

/** What another process of this host is told to do with a runner, on its standard input. */
export type ChildTask =
  | { do: 'call'; reference: RunnerReference; handle: Handle; inputs: unknown }
  | { do: 'start'; reference: RunnerReference; plan: RunPlan };

/** What it finds: an answer and the health, from the handle alone. */
export interface ChildResult {
  answer: Answer;
  health: Health;
}

/** Attaches in another process of this host, and calls the software from there. */
export async function callFromChild(reference: RunnerReference, handle: Handle, inputs: unknown): Promise<ChildResult> {
  const child = spawnChild({ do: 'call', reference, handle, inputs });
  const [found, said] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (found === '') throw new Error(`the other process said: ${said.trim()}`);
  return JSON.parse(found) as ChildResult; // written by our own program
}

/**
 * Starts the plan in another process of this host, and kills that process as soon as the software begins to be there.
 * Throws when the start is over before.
 */
export async function killChildDuringStart(
  reference: RunnerReference,
  plan: RunPlan,
  isThere: () => Promise<boolean>,
): Promise<void> {
  const child = spawnChild({ do: 'start', reference, plan });
  const said = text(child.stderr);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  while (!(await isThere())) {
    if (isOver) throw new Error(`the start made nothing that can be seen: ${await said}`);
    await sleep(1); // the errand is on its way through this process
  }
  child.kill('SIGKILL');
  await ended;
}

const loadSource =
  'const { createJiti } = await import("jiti"); await createJiti(process.argv[1], { fsCache: false }).import(process.argv[1]);';

const program = isRunningFromSource
  ? ['--input-type=module', '--eval', loadSource, join(packageRoot, 'src', 'conformance', 'child-main.ts')]
  : [join(packageRoot, 'dist', 'src', 'conformance', 'child-main.js')];

function spawnChild(task: ChildTask): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, program, { cwd: packageRoot, env: process.env });
  child.stdin.end(JSON.stringify(task));
  return child;
}
