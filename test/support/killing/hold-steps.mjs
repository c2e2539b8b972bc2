// Loaded into a worker before its own code (`NODE_OPTIONS=--import=…`), so that a test can kill it at a chosen moment.
//   $BERTH_TEST_HOLDS/NAME       where to hold a step of the deployment: `STEP begin`, `STEP end`, or `STEP 3` after its
//                                third effect; removing the file releases the step
//   $BERTH_TEST_HOLDS/NAME.held  exists while the step is held; contains the id of a process that was stopped, if any
//   $BERTH_TEST_HOLDS/NAME.log   each start of a step, and each end with its effects, one JSON object per line
import { AsyncLocalStorage } from 'node:async_hooks';
import childProcess from 'node:child_process';
import fileSystem, { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const directory = process.env.BERTH_TEST_HOLDS;
const current = new AsyncLocalStorage();
const changing = ['appendFile', 'copyFile', 'link', 'mkdir', 'rename', 'rm', 'symlink', 'unlink', 'writeFile'];

if (directory !== undefined && process.argv[1]?.endsWith('worker.js')) {
  watchFiles(fileSystem.promises);
  watchProcesses();
  syncBuiltinESMExports();
  await watchSteps();
}

async function watchSteps() {
  const { Worker } = await import('@temporalio/worker');
  const create = Worker.create.bind(Worker);
  const activity = [
    (context) => ({ inbound: { execute: (input, next) => runStep(context, input, () => next(input)) } }),
  ];
  Worker.create = (options) => create({ ...options, interceptors: { activity } });
}

async function runStep(context, { args }, run) {
  const { activityType, workflowExecution } = context.info;
  // Scheduled runs name their deployment in their input; a step without a deployment is held under its own name.
  const name = /^deployment-(.*)/.exec(workflowExecution.workflowId)?.[1] ?? args[0].name ?? activityType;
  const step = { name, step: activityType, effects: [], beat: () => context.heartbeat() };
  log(step, { started: step.step });
  await hold(step, 'begin');
  try {
    return await current.run(step, run);
  } finally {
    log(step, { ended: step.step, effects: step.effects });
    await hold(step, 'end');
  }
}

function watchFiles(promises) {
  for (const name of changing) watchFunction(promises, name, () => true);
  watchFunction(promises, 'open', (_path, flags = 'r') => flags !== 'r');
}

function watchFunction(promises, name, isEffect) {
  const original = promises[name];
  promises[name] = async (...args) => {
    const result = await original(...args);
    const step = current.getStore();
    if (step !== undefined && isEffect(...args)) await hold(step, step.effects.push(name));
    return result;
  };
}

/** Stops a spawned process before it does anything, because `spawn` itself cannot be held. */
function watchProcesses() {
  const { spawn } = childProcess;
  childProcess.spawn = (...args) => {
    const child = spawn(...args);
    const step = current.getStore();
    if (step !== undefined && child.pid !== undefined && isWanted(step, step.effects.push('spawn'))) {
      process.kill(child.pid, 'SIGSTOP');
      writeFileSync(held(step), String(child.pid));
    }
    return child;
  };
}

async function hold(step, moment) {
  if (!isWanted(step, moment)) return;
  writeFileSync(held(step), '');
  for (let look = 0; isWanted(step, moment); look += 1) {
    if (look % 50 === 0) step.beat();
    await sleep(20);
  }
}

function isWanted(step, moment) {
  const file = join(directory, step.name);
  return existsSync(file) && readFileSync(file, 'utf8') === `${step.step} ${moment}`;
}

const held = (step) => join(directory, `${step.name}.held`);
const log = (step, line) => appendFileSync(join(directory, `${step.name}.log`), `${JSON.stringify(line)}\n`);
