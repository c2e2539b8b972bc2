// A worker that is killed in the middle of a start: the host has been told what to serve and has not come so far yet.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { createJiti } from 'jiti';

const { plan } = JSON.parse(await text(process.stdin));
const jiti = createJiti(import.meta.url, { fsCache: false });
const { LocalRunner } = await jiti.import(fileURLToPath(new URL('../../strategies/local/runner.ts', import.meta.url)));
void new LocalRunner(plan).start({ env: {} });
while (!existsSync(join(plan.stateDirectory, 'host.json'))) await new Promise((resolve) => setTimeout(resolve, 1));
process.kill(process.pid, 'SIGKILL');
