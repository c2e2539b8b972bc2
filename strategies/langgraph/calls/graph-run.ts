import { createHash, randomUUID } from 'node:crypto';
import type { RunPlan } from '../../../src/contract/handle.js';
import type { ReadJson } from '../../../src/json/read-json.js';
import { writeJson } from '../../../src/json/write-json.js';
import { callHttp } from '../../../src/runners/http/http-call.js';
import type { CallOptions } from '../../../src/runners/runner.js';
import type { GraphInterface } from '../graph-interface.js';
import type { GraphCall } from './parse-graph-call.js';

export interface GraphServer {
  plan: RunPlan;
  graph: GraphInterface;
  /** Address of the server: `http://127.0.0.1:20123`. */
  endpoint: string;
  /** Headers that authenticate the caller. */
  headers?: Record<string, string>;
  /** Reads the JSON of states and events. By default, an integer beyond 2^53 becomes a bigint. */
  read?: ReadJson;
}

/** Run of a graph, in the thread that the caller named or in its own. */
export interface Run {
  server: GraphServer;
  call: GraphCall;
  /** Thread ID; the server takes UUIDs only. */
  thread: string;
  /** `/threads/…/runs/…/join`, once the server has named it. */
  location: string | undefined;
}

export const createRun = (server: GraphServer, call: GraphCall): Run => ({
  server,
  call,
  thread: call.thread === null ? randomUUID() : deriveThreadId(server.plan.deployment, call.thread),
  location: undefined,
});

export const threadUrl = ({ server, thread }: Run): string => `${server.endpoint}/threads/${thread}`;

/** Returns the run's ID; undefined until the server has named it. */
export const getRunId = ({ location }: Run): string | undefined => location?.split('/')[4];

/** Uses the revision's timeout when the call has none. */
export const withDefaultTimeout = ({ plan }: GraphServer, options: CallOptions) => ({
  ...options,
  timeout: options.timeout ?? plan.timeout,
});

/** Describes the request for a run: one that waits for the final state, or one that streams events of these modes. */
export function describeRequest(run: Run, streamModes?: readonly string[]) {
  const { server, call } = run;
  const mode = streamModes === undefined ? 'wait' : 'stream';
  return {
    url: `${threadUrl(run)}/runs/${mode}`,
    headers: { ...server.headers, 'content-type': 'application/json' },
    body: writeJson({
      assistant_id: server.graph.assistantId,
      on_disconnect: 'cancel',
      ...(streamModes !== undefined && { stream_mode: streamModes }),
      ...('resume' in call ? { command: { resume: call.resume } } : { if_not_exists: 'create', input: call.input }),
    }),
  };
}

/** Derives a thread ID from any other name, as the server takes UUIDs only. */
function deriveThreadId(deployment: string, name: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(name)) return name;
  const digest = createHash('sha256').update(`${deployment}\n${name}`).digest('hex');
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}

/**
 * Makes a thread of another revision, which is in the deployment's database, known to this server. Returns false when
 * there is no such thread.
 */
export async function adoptThread({ server, thread }: Run, signal: AbortSignal): Promise<boolean> {
  const url = `${server.endpoint}/threads`;
  const metadata = { graph_id: server.graph.assistantId };
  const body = JSON.stringify({ thread_id: thread, if_exists: 'do_nothing', metadata });
  const headers = server.headers ?? {};
  await callHttp({ url, headers: { ...headers, 'content-type': 'application/json' }, body, signal });
  const { status, body: state } = await callHttp({ url: `${url}/${thread}/state`, headers, signal });
  const { created_at: since } = JSON.parse(state.toString()) as { created_at?: string | null };
  if (status === 200 && typeof since === 'string') return true;
  await callHttp({ url: `${url}/${thread}`, method: 'DELETE', headers, signal });
  return false;
}
