import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect } from '@jest/globals';
import { isFree } from '../../src/runners/listening-port.js';
import { findMarked } from '../../src/runners/marked-processes.js';
import { conformance } from '../../strategies/bentoml/conformance.js';
import { BentoMLRunner } from '../../strategies/bentoml/runner.js';
import { readServerRecord } from '../../strategies/bentoml/server-record.js';
import { temporaryDirectory } from '../support/temporary.js';
import { bentoEnvironment, bentoPlan } from './bento-plan.js';
import { conformanceSolution, conformsAsRunner } from './conformance.js';

const root = temporaryDirectory('berth-bento-');
/** Port by revision, to see that it is free again when no record is left of it. */
const ports = new Map<string, number>();

beforeAll(async () => {
  await bentoEnvironment();
}, 180_000);

conformsAsRunner({
  name: 'bentoml',
  RunnerClass: BentoMLRunner,
  reference: {
    module: fileURLToPath(new URL('../../strategies/bentoml/runner.ts', import.meta.url)),
    className: 'BentoMLRunner',
  },
  manner: conformance.manner ?? {},
  makePlan: async (revision, timeout) => bentoPlan(join(root, revision), conformanceSolution, { revision, timeout }),
  kill: async ({ server }) => {
    // The parent alone: its worker lives on, and serves the port.
    process.kill((server as { pid: number }).pid, 'SIGKILL');
    await sleep(200);
  },
  listRemains: async (plan) => {
    const record = await readServerRecord(plan);
    if (record !== undefined) ports.set(plan.revision, record.port);
    const port = ports.get(plan.revision);
    return [
      ...findMarked(plan).map((pid) => `process ${pid}`),
      ...(port === undefined || (await isFree(port)) ? [] : [`port ${port}`]),
    ];
  },
  startHalfway: async (plan) => {
    const program = fileURLToPath(new URL('../support/start-and-die.mjs', import.meta.url));
    const child = spawn(process.execPath, [program], { stdio: ['pipe', 'ignore', 'inherit'] });
    child.stdin.end(JSON.stringify({ plan, className: 'BentoMLRunner', noted: 'server.json' }));
    await new Promise((resolve) => child.once('exit', resolve));
    expect(findMarked(plan)).not.toEqual([]);
    ports.set(plan.revision, (await readServerRecord(plan))?.port ?? 0);
  },
});
