import { setCurrentDetails, sleep } from '@temporalio/workflow';
import type { Answer } from '../contract/answer.js';
import type { CallEnd, DurableRun } from '../contract/durable-run.js';
import { isUnreached } from './on-host.js';
import { anywhere, callingOn } from './steps.js';

/** Milliseconds until a lost call is made again. */
const firstPause = 500;
const longestPause = 60_000;

/**
 * One call that is on record. While the software is not there (stopped, restarting, being repaired) the run waits; a call
 * that is lost half-way is made again, so the code may see it more than once. What the code answers, failure or not, is
 * the answer: as its JSON text where a value would not hold every digit.
 */
export async function durableRun(run: DurableRun): Promise<Answer | string> {
  let lost = 0;
  for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
    show(run, 'is looked for');
    const host = await anywhere.findHost.executeWithOptions({ summary: `find ${run.name}` }, [{ name: run.name }]);
    if (host === null) return gone(run);
    show(run, `is called on ${host}`);
    const { answer, text, verdict } = await callOn(host, run, lost + 1);
    if (verdict === 'lost') lost += 1;
    if (verdict === 'answered' || lost === run.attempts) {
      show(run, answer.status === 'success' ? 'has answered' : `has answered: ${answer.error.code}`);
      return text ?? answer;
    }
    show(run, verdict === 'lost' ? `lost the call ${lost} of ${run.attempts} times` : 'is not there yet');
    await sleep(pause);
  }
}

/** Nobody on that host to take the call counts as nothing to be called. */
async function callOn(host: string, run: DurableRun, attempt: number): Promise<CallEnd> {
  const summary = attempt === 1 ? `call ${run.name}` : `call ${run.name}, attempt ${attempt}`;
  try {
    return await callingOn(host).callSoftware.executeWithOptions({ summary }, [run]);
  } catch (error) {
    if (!isUnreached(error)) throw error;
    const message = `no worker of ${host} took the call`;
    return { answer: { status: 'error', error: { code: 'WORKER_UNREACHABLE', message } }, verdict: 'unreached' };
  }
}

const gone = ({ name }: DurableRun): Answer => ({
  status: 'error',
  error: { code: 'NAME_UNKNOWN', message: `there is no deployment called ${name} any more` },
});

/** For a reader of the Web UI. */
const show = ({ name, id }: DurableRun, standing: string): void =>
  setCurrentDetails(`### Run ${id}\n\n**${name}** ${standing}`);
