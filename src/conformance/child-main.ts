// Program of the child process that `child-client.ts` starts. It knows a runner only by its plan or handle.
import { json } from 'node:stream/consumers';
import { loadRunnerClass } from '../runners/load-runner.js';
import type { Health, Runner } from '../runners/runner.js';
import type { ChildResult, ChildTask } from './child-client.js';

const task = (await json(process.stdin)) as ChildTask; // written by child-client.ts
const RunnerClass = await loadRunnerClass(task.reference);

/** Probes as often as supervision does before it calls software unresponsive: a busy machine may miss a probe. */
async function probe(runner: Runner): Promise<Health> {
  let health = await runner.isHealthy();
  for (let misses = 1; !health.isHealthy && misses < 5; misses += 1) health = await runner.isHealthy();
  return health;
}

if (task.do === 'start') {
  await new RunnerClass(task.plan).start({ env: {} });
} else {
  const runner = new RunnerClass(task.handle.plan);
  await runner.attach(task.handle);
  const result: ChildResult = { answer: await runner.run(task.inputs), health: await probe(runner) };
  await runner.close();
  process.stdout.write(JSON.stringify(result));
}
