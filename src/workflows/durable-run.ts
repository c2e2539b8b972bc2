import { setCurrentDetails, sleep } from '@temporalio/workflow';
import type { Answer } from '../contract/answer.js';
import type { CallOutcome, DurableRun } from '../contract/durable-run.js';
import { callActivities, sharedActivities } from './activity-proxies.js';
import { isHostUnreachable } from './revision/run-on-host.js';

/** Milliseconds until a lost call is made again. */
const initialBackoff = 500;
const maxBackoff = 60_000;

/**
 * One call that is on record. While the software is not there (stopped, restarting, being repaired) the run waits; a call
 * that is lost half-way is made again, so the code may see it more than once. What the code answers, failure or not, is
 * the answer: as its JSON text where a value would not hold every digit.
 */
export async function durableRun(run: DurableRun): Promise<Answer | string> {
  let lostCalls = 0;
  for (let backoff = initialBackoff; ; backoff = Math.min(backoff * 2, maxBackoff)) {
    setDetails(run, 'is looked for');
    const host = await sharedActivities.findHost.executeWithOptions({ summary: `find ${run.name}` }, [
      { name: run.name },
    ]);
    if (host === null) return createUnknownNameAnswer(run);
    setDetails(run, `is called on ${host}`);
    const { answer, text, verdict } = await callOnHost(host, run, lostCalls + 1);
    if (verdict === 'lost') lostCalls += 1;
    if (verdict === 'answered' || lostCalls === run.attempts) {
      setDetails(run, answer.status === 'success' ? 'has answered' : `has answered: ${answer.error.code}`);
      return text ?? answer;
    }
    setDetails(run, verdict === 'lost' ? `lost the call ${lostCalls} of ${run.attempts} times` : 'is not there yet');
    await sleep(backoff);
  }
}

/** Nobody on that host to take the call counts as nothing to be called. */
async function callOnHost(host: string, run: DurableRun, attempt: number): Promise<CallOutcome> {
  const summary = attempt === 1 ? `call ${run.name}` : `call ${run.name}, attempt ${attempt}`;
  try {
    return await callActivities(host).callSoftware.executeWithOptions({ summary }, [run]);
  } catch (error) {
    if (!isHostUnreachable(error)) throw error;
    const message = `no worker of ${host} took the call`;
    return { answer: { status: 'error', error: { code: 'WORKER_UNREACHABLE', message } }, verdict: 'unreached' };
  }
}

const createUnknownNameAnswer = ({ name }: DurableRun): Answer => ({
  status: 'error',
  error: { code: 'NAME_UNKNOWN', message: `there is no deployment called ${name} any more` },
});

/** For a reader of the Web UI. */
const setDetails = ({ name, id }: DurableRun, standing: string): void =>
  setCurrentDetails(`### Run ${id}\n\n**${name}** ${standing}`);
