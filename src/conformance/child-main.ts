// The program of `elsewhere.ts`: another process of this host, which knows a runner by its plan or its handle alone.
import { json } from 'node:stream/consumers';
import { loadRunnerClass } from '../runners/load-runner.js';
import type { ChildResult, ChildTask } from './child-client.js';

const task = (await json(process.stdin)) as ChildTask; // written by our own suite
const RunnerClass = await loadRunnerClass(task.reference);

if (task.do === 'start') {
  await new RunnerClass(task.plan).start({ env: {} });
} else {
  const runner = new RunnerClass(task.handle.plan);
  await runner.attach(task.handle);
  const result: ChildResult = { answer: await runner.run(task.inputs), health: await runner.isHealthy() };
  await runner.close();
  process.stdout.write(JSON.stringify(result));
}
