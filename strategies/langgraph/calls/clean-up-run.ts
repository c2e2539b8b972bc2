import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../../../src/contract/answer.js';
import { callHttp } from '../../../src/runners/http/http-call.js';
import { getRunId, type Run, threadUrl } from './graph-run.js';
import { isInterrupted } from './read-reply.js';

/** Milliseconds that the server may take for each step: a caller that was answered or has left waits for it. */
const stepTimeout = 2_000;
/** Milliseconds between two checks for a run. */
const interval = 50;

/**
 * Cleans up after a call: cancels an abandoned run, then deletes its own thread. A server that deletes the thread of an
 * active run continues the run, and finds no run to cancel when its caller leaves. `answer` is undefined for a caller
 * that left. A thread that cannot be deleted is removed with the revision.
 */
export async function cleanUpRun(run: Run, answer: Answer | undefined): Promise<void> {
  const isOwn = run.call.thread === null;
  try {
    if (wasAbandoned(answer)) await cancelRun(run, AbortSignal.timeout(stepTimeout));
    // An interrupt can be resumed only in its own thread.
    if (isOwn && (answer === undefined || !isInterrupted(answer)))
      await request(run, { url: threadUrl(run), method: 'DELETE', signal: AbortSignal.timeout(stepTimeout) });
  } catch {
    // The server has ended, or takes too long.
  }
}

const wasAbandoned = (answer: Answer | undefined): boolean =>
  answer === undefined ||
  (answer.status === 'error' && ['CALL_TIMEOUT', 'CALL_CANCELLED', 'CALL_LOST'].includes(answer.error.code));

async function cancelRun(run: Run, signal: AbortSignal): Promise<void> {
  const id = getRunId(run) ?? (run.call.thread === null ? await findRun(run, signal) : undefined);
  if (id !== undefined) await request(run, { url: `${threadUrl(run)}/runs/${id}/cancel`, method: 'POST', signal });
}

/** Finds the only run of a thread. Its caller left before the server had named it: it may not have begun yet. */
async function findRun(run: Run, signal: AbortSignal): Promise<string> {
  for (;;) {
    const { status, body } = await request(run, { url: `${threadUrl(run)}/runs`, signal });
    const [found] = status === 200 ? (JSON.parse(body.toString()) as { run_id: string }[]) : [];
    if (found !== undefined) return found.run_id;
    await sleep(interval, undefined, { signal });
  }
}

const request = ({ server }: Run, question: { url: string; method?: string; signal: AbortSignal }) =>
  callHttp({ ...question, headers: server.headers ?? {} });
