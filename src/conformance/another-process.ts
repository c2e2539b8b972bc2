// The program of `elsewhere.ts`: another process of this host, which knows a runner by its plan or its handle alone.
import { json } from 'node:stream/consumers';
import { loadRunnerClass } from '../runners/load-runner.js';
import type { Errand, Found } from './elsewhere.js';

const errand = (await json(process.stdin)) as Errand; // written by our own suite
const RunnerClass = await loadRunnerClass(errand.reference);

if (errand.do === 'start') {
  await new RunnerClass(errand.plan).start({ env: {} });
} else {
  const runner = new RunnerClass(errand.handle.plan);
  await runner.attach(errand.handle);
  const found: Found = { answer: await runner.run(errand.inputs), health: await runner.isHealthy() };
  await runner.close();
  process.stdout.write(JSON.stringify(found));
}
