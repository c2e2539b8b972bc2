import { setTimeout as sleep } from 'node:timers/promises';
import { callHttp, type HttpCall, type HttpReply } from '../../../src/runners/http/http-call.js';

/** Milliseconds between two checks of a task: at first, and at most. */
const [firstInterval, maxInterval] = [20, 1_000];

/**
 * Submits a task and waits for its result, however long it takes: the service's own timeout would end a plain call. A
 * caller that gives up cancels the task, which only a local server supports.
 */
export async function callTask(call: HttpCall & { signal: AbortSignal }): Promise<HttpReply> {
  const { url, signal, agent, headers: { authorization } = {} } = call;
  const headers = authorization === undefined ? {} : { authorization };
  const submitted = await callHttp({ ...call, url: `${url}/submit` });
  const id = submitted.status === 200 ? readKey(submitted, 'task_id') : undefined;
  if (id === undefined) return submitted;
  const query = (what: string) =>
    callHttp({ url: `${url}/${what}?task_id=${id}`, headers, signal, ...(agent && { agent }) });
  try {
    for (let interval = firstInterval; await isRunning(query); interval = Math.min(interval * 2, maxInterval))
      await sleep(interval, undefined, { signal });
    return await query('get');
  } catch (error) {
    const cancel = {
      url: `${url}/cancel?task_id=${id}`,
      method: 'PUT',
      headers,
      signal: AbortSignal.timeout(maxInterval),
    };
    if (signal.aborted) void callHttp(cancel).catch(() => undefined);
    throw error;
  }
}

async function isRunning(query: (what: string) => Promise<HttpReply>): Promise<boolean> {
  const reply = await query('status');
  return reply.status === 200 && readKey(reply, 'status') === 'in_progress';
}

/** Returns undefined for any other reply: a gateway may answer instead of the service. */
function readKey({ body }: HttpReply, key: string): string | undefined {
  try {
    const value = (JSON.parse(body.toString()) as Record<string, unknown> | null)?.[key];
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
