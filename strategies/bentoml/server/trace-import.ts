import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import type { RunPlan } from '../../../src/contract/handle.js';
import { BerthError } from '../../../src/errors.js';
import type { BentoInterface } from '../bento-interface.js';
import { findException } from '../calls/find-exception.js';
import { buildBentoServerEnvironment } from './server-environment.js';

/** Milliseconds that the import may take. */
const importTimeout = 30_000;

/**
 * Adds the traceback that BentoML does not show to an import error: imports the module once more, alone. Returns the
 * same error when that shows none.
 */
export async function traceImport(
  error: BerthError,
  { plan, bentoInterface, env }: { plan: RunPlan; bentoInterface: BentoInterface; env: Record<string, string> },
): Promise<BerthError> {
  const [module = ''] = bentoInterface.service.split(':');
  const child = spawn(plan.environment?.python ?? 'python3', ['-c', `import ${module}`], {
    cwd: plan.directory,
    env: buildBentoServerEnvironment(plan, bentoInterface, env),
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: importTimeout,
    killSignal: 'SIGKILL',
  });
  const output = await text(child.stderr).catch(() => '');
  const traceback = findException(output, 'Traceback', plan)?.traceback;
  if (traceback === undefined) return error;
  return new BerthError(error.code, error.message, { ...error.details, evidence: traceback }, { cause: error });
}
