import { createHash } from 'node:crypto';
import type { Answer } from '../../src/contract/answer.js';
import type { RunPlan } from '../../src/contract/handle.js';
import { callFailure, withDeadline } from '../../src/runners/call-deadline.js';
import { callHttp, type HttpReply } from '../../src/runners/http-call.js';
import type { CallOptions } from '../../src/runners/runner.js';
import { type GraphCall, readInputs } from './graph-inputs.js';
import type { GraphInterface } from './graph-interface.js';

export interface GraphServer {
  plan: RunPlan;
  graph: GraphInterface;
  /** For example `http://127.0.0.1:20123`. */
  endpoint: string;
  /** What says who calls. */
  headers?: Record<string, string>;
}

/** Milliseconds that forgetting the thread of an ended call may take: the answer waits for it. */
const forgetPatience = 1_000;

/** One run of the graph, waited for. Never throws: what goes wrong is an answer. */
export async function callGraph(server: GraphServer, inputs: unknown, options: CallOptions = {}): Promise<Answer> {
  const call = readInputs(inputs, server.graph);
  if ('problem' in call) return callFailure('CALL_INPUT', call.problem);
  const { timeout = server.plan.timeout, signal } = options;
  const run: Run = { server, call, location: undefined };
  const answer = await withDeadline({ timeout, ...(signal && { signal }) }, (ending) => exchange(run, ending));
  if (call.thread === null && !isInterrupted(answer)) await forgetThread(run);
  return answer;
}

interface Run {
  server: GraphServer;
  call: GraphCall;
  /** `/threads/…/runs/…/join`, as soon as the server has told. */
  location: string | undefined;
}

async function exchange(run: Run, signal: AbortSignal): Promise<Answer> {
  const reply = await request(run, signal);
  const isUnknown = reply.status === 404 && 'resume' in run.call;
  return await readReply(run, isUnknown && (await adoptThread(run, signal)) ? await request(run, signal) : reply);
}

function request(run: Run, signal: AbortSignal): Promise<HttpReply> {
  const { server, call } = run;
  return callHttp({
    url: `${server.endpoint}${pathOf(server, call)}`,
    headers: { ...server.headers, 'content-type': 'application/json' },
    body: JSON.stringify(bodyOf(server, call)),
    signal,
    onHeaders: ({ location }) => {
      run.location = location;
    },
  });
}

/** A thread of another revision is in the deployment's database, and new to this server. False for one that is not. */
async function adoptThread({ server, call }: Run, signal: AbortSignal): Promise<boolean> {
  const thread = threadId(server.plan.deployment, call.thread ?? '');
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

const pathOf = (server: GraphServer, { thread }: GraphCall): string =>
  thread === null ? '/runs/wait' : `/threads/${threadId(server.plan.deployment, thread)}/runs/wait`;

/** The thread that a stateless run makes is kept until its answer is known: only with it can an interrupt be resumed. */
function bodyOf({ graph }: GraphServer, call: GraphCall): Record<string, unknown> {
  const common = { assistant_id: graph.assistantId, on_disconnect: 'cancel' };
  if ('resume' in call) return { ...common, command: { resume: call.resume } };
  const life = call.thread === null ? { on_completion: 'keep' } : { if_not_exists: 'create' };
  return { ...common, ...life, input: call.input };
}

/** The server takes UUIDs only: any other name has one of its own. */
export function threadId(deployment: string, name: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(name)) return name;
  const digest = createHash('sha256').update(`${deployment}\n${name}`).digest('hex');
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}

async function readReply(run: Run, { status, body, isComplete }: HttpReply): Promise<Answer> {
  if (!isComplete || body.length === 0) return callFailure('CALL_LOST', 'the server ended during the call');
  const said = parse(body);
  if (status !== 200) return refusal(run.call, status, said);
  if (isRecord(said) && isRecord(said.__error__)) return await describeFailure(run, said.__error__);
  return describeState(run, said);
}

function refusal(call: GraphCall, status: number, said: unknown): Answer {
  const detail = isRecord(said) && typeof said.detail === 'string' ? said.detail : JSON.stringify(said);
  if (status === 404 && 'resume' in call)
    return callFailure('CALL_INPUT', `there is no thread “${call.thread}” to resume`);
  if (status === 401 || status === 403)
    return callFailure('CLOUD_REFUSED', `the server does not accept the key of this process (${status}: ${detail})`);
  if (status === 422) return callFailure('CALL_INPUT', `the server refused the inputs: ${detail}`);
  return callFailure('CALL_FAILED', `the server answered with status ${status}: ${detail}`);
}

async function describeFailure({ server, location }: Run, error: Record<string, unknown>): Promise<Answer> {
  const type = String(error.error);
  const { findTraceback } = await import('./find-traceback.js');
  const run = location?.split('/')[4] ?? '';
  const logged = await findTraceback(server.plan, { run, type }).catch(() => undefined);
  const said = error.message === 'An internal error occurred' ? (logged?.message ?? error.message) : error.message;
  const code = type === 'EmptyInputError' ? 'CALL_INPUT' : 'CALL_FAILED';
  const message = `${type}: ${String(said)}`;
  return { status: 'error', error: { code, message, type, ...(logged && { traceback: logged.traceback }) } };
}

/** The final state, or the one key that holds a function's output; an interrupt is handed on with its thread. */
function describeState({ server, call, location }: Run, state: unknown): Answer {
  if (isRecord(state) && '__interrupt__' in state) {
    return { status: 'success', output: { ...state, __thread__: call.thread ?? location?.split('/')[2] } };
  }
  const { outputKey } = server.graph;
  const output = outputKey === null || !isRecord(state) ? state : (state[outputKey] ?? null);
  return isAnswer(output) ? output : { status: 'success', output };
}

const isInterrupted = (answer: Answer): boolean =>
  answer.status === 'success' && isRecord(answer.output) && '__interrupt__' in answer.output;

/** Code may answer in the form of an answer itself. */
const isAnswer = (value: unknown): value is Answer =>
  isRecord(value) &&
  ((value.status === 'success' && 'output' in value) ||
    (value.status === 'error' && isRecord(value.error) && typeof value.error.code === 'string'));

/** The thread goes with its call, the run with it where it still runs. What cannot be forgotten goes with the revision. */
async function forgetThread({ server, location }: Run): Promise<void> {
  const thread = location?.split('/')[2];
  if (thread === undefined) return;
  const url = `${server.endpoint}/threads/${thread}`;
  const headers = server.headers ?? {};
  await callHttp({ url, method: 'DELETE', headers, signal: AbortSignal.timeout(forgetPatience) }).catch(
    () => undefined,
  );
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return body.toString().slice(0, 1_000);
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
