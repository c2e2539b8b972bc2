import { setCurrentDetails, sleep } from '@temporalio/workflow';
import type { Answer } from '../contract/answer.js';
import type { CallOutcome, DurableRun } from '../contract/durable-run.js';
import { callActivities, sharedActivities } from './activity-proxies.js';
import { isHostUnreachable } from './steps/run-on-host.js';

/** Milliseconds before a lost call is repeated; doubled at each attempt. */
const initialBackoff = 500;
const maxBackoff = 60_000;

/**
 * One recorded call. Waits while the software is stopped, restarting or being repaired. Repeats a lost call, so the
 * code may run more than once. Returns the answer of the code, a success or an error; as JSON text if a value would
 * lose digits.
 */
export async function durableRun(run: DurableRun): Promise<Answer | string> {
  let lostCalls = 0;
  for (let backoff = initialBackoff; ; backoff = Math.min(backoff * 2, maxBackoff)) {
    setDetails(run, 'looking for its host');
    const host = await sharedActivities.findHost.executeWithOptions({ summary: `find the host of ${run.name}` }, [
      { name: run.name },
    ]);
    if (host === null) return createUnknownNameAnswer(run);
    setDetails(run, `calling on ${host}`);
    const { answer, text, verdict } = await callOnHost(host, run, lostCalls + 1);
    if (verdict === 'lost') lostCalls += 1;
    if (verdict === 'answered' || lostCalls === run.attempts) {
      setDetails(run, answer.status === 'success' ? 'answered' : `answered: ${answer.error.code}`);
      return text ?? answer;
    }
    setDetails(run, verdict === 'lost' ? `lost ${lostCalls} of ${run.attempts} calls` : 'waiting for the software');
    await sleep(backoff);
  }
}

/** Calls the software. A host without a worker counts as software that could not be reached. */
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
  error: { code: 'NAME_UNKNOWN', message: `there is no deployment called ${name}` },
});

const setDetails = ({ name, id }: DurableRun, progress: string): void =>
  setCurrentDetails(`### Run ${id}\n\n**${name}**: ${progress}`);
