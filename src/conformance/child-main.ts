// Program of the child process that `child-client.ts` starts. It knows a runner only by its plan or handle.
import { json } from 'node:stream/consumers';
import { loadRunnerClass } from '../runners/load-runner.js';
import type { ChildResult, ChildTask } from './child-client.js';

const task = (await json(process.stdin)) as ChildTask; // written by child-client.ts
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
