// A worker that is killed during a start: the process is recorded, but the software is not ready yet.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { createJiti } from 'jiti';

const strategies = new URL('../../strategies/', import.meta.url);
const { plan, className = 'LocalRunner', noted = 'host.json' } = JSON.parse(await text(process.stdin));
const loaded = await createJiti(import.meta.url, { fsCache: false }).import(
  fileURLToPath(new URL(`${plan.strategy}/runner.ts`, strategies)),
);
void new loaded[className](plan).start({ env: {} });
while (!existsSync(join(plan.stateDirectory, noted))) await new Promise((resolve) => setTimeout(resolve, 1));
process.kill(process.pid, 'SIGKILL');
