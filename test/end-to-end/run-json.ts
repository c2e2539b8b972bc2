import { readdirSync } from 'node:fs';
import type { Answer } from '../../src/contract/answer.js';
import type { DeploymentInfo } from '../../src/contract/status.js';
import type { ErrorRecord } from '../../src/errors.js';
import { digestTree } from '../../src/workspaces/index.js';
import { type BinOptions, runBin } from '../support/bin.js';

/** Error as `--json` prints it. */
export type Refusal = { error: Pick<ErrorRecord, 'code' | 'message' | 'next'> };
export type Deployed = DeploymentInfo & { answer?: Answer };

export interface Result<Value> {
  exitCode: number | undefined;
  value: Value;
  stderr: string;
}

/** Runs a command with `--json`, and expects exactly one value on stdout. */
export async function runJson<Value = Deployed>(words: string[], options: BinOptions): Promise<Result<Value>> {
  const { exitCode, stdout, stderr } = await runBin([...words, '--json'], options);
  try {
    return { exitCode, value: JSON.parse(stdout), stderr };
  } catch {
    throw new Error(`berth ${words.join(' ')} wrote no JSON but: ${stdout.slice(0, 500)}\n${stderr.slice(0, 2000)}`);
  }
}

/** Describes a directory: all file names, including ignored ones, and the digest of its solution. */
export async function describeTree(directory: string): Promise<string> {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
  return [...names, await digestTree(directory).catch(({ code }) => code)].join('\n');
}

/** Polls until the condition is true. */
export async function eventually(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 30_000; !(await isTrue()); ) {
    if (Date.now() > deadline) throw new Error(`timed out waiting until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
