import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../contract/answer.js';
import type { Handle, RunPlan } from '../contract/handle.js';
import { isRunningFromSource, packageRoot } from '../home/package-root.js';
import type { RunnerReference } from '../runners/load-runner.js';
import type { Health } from '../runners/runner.js';

/** Task of a child process, sent to its standard input. */
export type ChildTask =
  | { do: 'call'; reference: RunnerReference; handle: Handle; inputs: unknown }
  | { do: 'start'; reference: RunnerReference; plan: RunPlan };

/** Result of a call task. The child process attaches with the handle only. */
export interface ChildResult {
  answer: Answer;
  health: Health;
}

/** Attaches in a child process and calls the software from there. */
export async function callFromChild(reference: RunnerReference, handle: Handle, inputs: unknown): Promise<ChildResult> {
  const child = spawnChild({ do: 'call', reference, handle, inputs });
  const [output, errorOutput] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (output === '') throw new Error(`the child process failed: ${errorOutput.trim()}`);
  return JSON.parse(output) as ChildResult; // written by child-main.ts
}

/**
 * Starts the plan in a child process, and kills that process as soon as `isPartlyStarted`. Throws if the start ends before
 * that.
 */
export async function killChildDuringStart(
  reference: RunnerReference,
  plan: RunPlan,
  isPartlyStarted: () => Promise<boolean>,
): Promise<void> {
  const child = spawnChild({ do: 'start', reference, plan });
  const errorOutput = text(child.stderr);
  const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let hasExited = false;
  void exit.then(() => {
    hasExited = true;
  });
  while (!(await isPartlyStarted())) {
    if (hasExited) throw new Error(`the start created nothing that can be seen: ${await errorOutput}`);
    await sleep(1); // lets this process send the task
  }
  child.kill('SIGKILL');
  await exit;
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
