import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { RunPlan } from '../../../../src/contract/handle.js';
import { BerthError } from '../../../../src/errors.js';
import { builtInStrategiesDirectory } from '../../../../src/home/package-root.js';
import { createProcessMark } from '../../../../src/processes/marked-processes.js';
import { buildSoftwareEnvironment } from '../../../../src/runners/build-software-environment.js';
import { requireToken } from '../../../../src/runners/cloud/cloud-api.js';
import type { CloudRecord } from '../../../../src/runners/cloud/cloud-record.js';
import { readLines } from '../../../../src/runners/http/http-stream.js';
import type { LogOptions } from '../../../../src/runners/runner.js';
import { toolMark } from '../../bento/build-bento.js';
import { bentoHome, bytecodeDirectory } from '../../server/server-environment.js';
import { tokenVariable } from '../environment-variables.js';

const logProgram = join(builtInStrategiesDirectory, 'bentoml', 'cloud', 'logs', 'read_log.py');
/** Exit codes of the program. */
const [refused, unreachable] = [3, 4];
/** Characters of the program's error output to keep. */
const maxErrorLength = 2_000;

/**
 * Yields the output of a deployment's pods; with `follow`, new lines, too; `tail` limits the lines of each pod.
 * BentoCloud offers logs over WebSockets only, for which the revision's environment has a client: a Python program
 * reads them, and ends with this process.
 *
 * @throws CLOUD_REFUSED, CLOUD_UNREACHABLE when the log cannot be read.
 */
export async function* readCloudLog(
  plan: RunPlan,
  { name, address }: CloudRecord,
  { tail, follow = false, signal }: LogOptions = {},
): AsyncIterable<string> {
  const python = plan.environment?.python;
  if (python === undefined || signal?.aborted) return;
  const token = requireToken('BentoCloud', tokenVariable);
  const reader = spawn(python, [logProgram], { cwd: plan.stateDirectory, env: buildEnvironment(plan, python) });
  const end = () => void reader.kill('SIGKILL');
  const getErrorOutput = collectErrorOutput(reader);
  const ended = once(reader, 'close') as Promise<[number | null]>;
  ended.catch(() => undefined);
  signal?.addEventListener('abort', end, { once: true });
  try {
    reader.stdin.on('error', () => undefined); // it has ended: the exit code says why
    reader.stdin.write(`${JSON.stringify({ address, token, name, tail: tail ?? null, follow })}\n`);
    for await (const line of readLines(reader.stdout)) yield stripVTControlCharacters(line);
    const [code] = await ended;
    const isKilled = code === null; // by a reader that stopped following, or by a stop
    if (code !== 0 && !isKilled) throw explainExit(code, { address, errorOutput: getErrorOutput() });
  } finally {
    signal?.removeEventListener('abort', end);
    end();
  }
}

/** Builds an environment without the software's code and variables. The token comes over standard input. */
const buildEnvironment = (plan: RunPlan, python: string): Record<string, string> => ({
  ...buildSoftwareEnvironment(python),
  BENTOML_HOME: bentoHome(plan),
  BENTOML_DO_NOT_TRACK: 'True',
  PYTHONPYCACHEPREFIX: bytecodeDirectory(plan),
  ...createProcessMark(toolMark(plan)),
});

/** Collects the end of the program's error output. */
function collectErrorOutput({ stderr }: ChildProcess): () => string {
  let errorOutput = '';
  stderr?.on('data', (chunk: Buffer) => {
    errorOutput = (errorOutput + chunk).slice(-maxErrorLength);
  });
  return () => errorOutput.trim();
}

function explainExit(
  code: number | null,
  { address, errorOutput }: { address: string; errorOutput: string },
): BerthError {
  const details = { evidence: errorOutput };
  if (code === refused)
    return new BerthError('CLOUD_REFUSED', `BentoCloud does not accept the token in ${tokenVariable}`, details);
  const reason = errorOutput.split('\n').at(-1) ?? '';
  if (code === unreachable)
    return new BerthError('CLOUD_UNREACHABLE', `the log cannot be read from ${address}: ${reason}`, details);
  return new BerthError(
    'INTERNAL',
    `the program that reads BentoCloud’s log exited with code ${code}: ${reason}`,
    details,
  );
}
