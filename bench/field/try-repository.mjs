import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createJiti } from 'jiti';
import { obtainClone } from './prepare-clone.mjs';

const { matchOutput } = await createJiti(import.meta.url).import('../../src/adaptation/match-output.ts');

/**
 * Deploys one repository, makes its calls and removes it again.
 * @returns `served`, `lost` or `skipped`, with the reason of a loss and the seconds until it ran
 */
export async function tryRepository(entry, name, { stack, from, directory, deadline }) {
  if (entry.engine && !(await hasEngine(stack)))
    return { entry, outcome: 'skipped', reason: 'no container engine here' };
  const began = performance.now();
  let seconds = null;
  try {
    const source = join(await obtainClone(entry, { from, directory }), entry.folder);
    await deploy(stack, entry, { source, name, deadline });
    seconds = (performance.now() - began) / 1000;
    for (const call of entry.calls) await makeCall(stack, call, { name, directory });
    return { entry, outcome: 'served', seconds };
  } catch (error) {
    return { entry, outcome: 'lost', seconds, reason: error.message };
  } finally {
    await stack.run(['cleanup', name, '--yes'], 120);
  }
}

async function deploy(stack, entry, { source, name, deadline }) {
  const argv = ['deploy', source, '--name', name, '--agent', 'none', ...entry.arguments];
  const { exitCode, answer, stderr, timedOut } = await stack.run(argv, deadline);
  if (timedOut) throw new Error(`not running after ${deadline} s`);
  if (exitCode === 0 && answer?.state === 'running') return;
  throw new Error(describeFailure(answer?.lastError ?? answer?.error, stderr));
}

async function makeCall(stack, call, { name, directory }) {
  const file = join(directory, `${name}.json`);
  await writeFile(file, JSON.stringify(call.input));
  const { answer, stderr, timedOut } = await stack.run(['run', name, `@${file}`], 120);
  if (timedOut) throw new Error('no answer within 120 s');
  if (answer?.status !== 'success') throw new Error(describeFailure(answer?.error, stderr));
  const difference = await matchOutput(call, answer.output);
  if (difference !== null) throw new Error(difference);
}

/** Joins code, message, and the last line of the evidence unless the message has it. */
function describeFailure(error, stderr) {
  if (!error) return lastLine(stderr) || 'the command failed without a word';
  const last = lastLine(error.evidence ?? '');
  return `${error.code}: ${error.message}${error.message.includes(last) ? '' : `; ${last}`}`;
}

const lastLine = (text) => text.trim().split('\n').at(-1).trim();

async function hasEngine(stack) {
  const { answer } = await stack.run(['strategies', 'list'], 60);
  return answer?.find(({ name }) => name === 'docker')?.state === 'ready';
}
