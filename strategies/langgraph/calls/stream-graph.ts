import { buffer } from 'node:stream/consumers';
import type { Answer } from '../../../src/contract/answer.js';
import { readJson } from '../../../src/json/read-json.js';
import { createErrorAnswer, streamWithCancelSource } from '../../../src/runners/call-deadline.js';
import type { CancelSource } from '../../../src/runners/cancel-source.js';
import { type HttpStream, streamHttp } from '../../../src/runners/http/http-stream.js';
import { readServerSentEvents } from '../../../src/runners/http/read-server-sent-events.js';
import type { CallOptions } from '../../../src/runners/runner.js';
import { cleanUpRun } from './clean-up-run.js';
import {
  adoptThread,
  createRun,
  describeRequest,
  type GraphServer,
  type Run,
  withDefaultTimeout,
} from './graph-run.js';
import { parseGraphCall } from './parse-graph-call.js';
import { describeFailure, describeState, readReply } from './read-reply.js';

/** Events that are chunks: the change of each node, parts of models' messages, and what the code itself writes. */
const chunkEvents = ['updates', 'messages', 'custom'];
/**
 * Stream modes; `messages-tuple` is the mode of `messages` that yields parts as they arrive, each with its metadata.
 */
const streamModes = ['values', 'updates', 'messages-tuple', 'custom'];

/**
 * Runs the graph and yields chunks: `{event, data}` as the server sends it, with `updates`, `messages` or `custom` as
 * its event. For a plain function's graph, which has one node, a chunk is what the code writes. The final state is the
 * answer. A reader that leaves early ends the run.
 */
export async function* streamGraph(
  server: GraphServer,
  inputs: unknown,
  options: CallOptions = {},
): AsyncGenerator<unknown, Answer> {
  const call = await parseGraphCall(inputs, server.graph);
  if ('problem' in call) return createErrorAnswer('CALL_INPUT', call.problem);
  const run = createRun(server, call);
  let answer: Answer | undefined;
  try {
    answer = yield* streamWithCancelSource(withDefaultTimeout(server, options), (ending) => streamRun(run, ending));
    return answer;
  } finally {
    await cleanUpRun(run, answer);
  }
}

async function* streamRun(run: Run, ending: CancelSource): AsyncGenerator<unknown, Answer> {
  const reply = await openStream(run, ending);
  if (reply.status !== 200) return await readReply(run, await readWholeReply(reply));
  const { graph, read = readJson } = run.server;
  const isFunction = graph.outputKey !== null;
  let state: unknown;
  for await (const { event = '', data } of readServerSentEvents(reply.body)) {
    if (event === 'error') return await describeFailure(run, JSON.parse(data));
    if (event === 'values') state = read(data);
    else if (isFunction && event === 'custom') yield read(data);
    else if (!isFunction && chunkEvents.includes(event)) yield { event, data: read(data) };
  }
  return state === undefined
    ? createErrorAnswer('CALL_LOST', 'the stream ended without a state')
    : describeState(run, state);
}

async function openStream(run: Run, ending: CancelSource): Promise<HttpStream> {
  const reply = await request(run, ending);
  if (reply.status !== 404 || !('resume' in run.call)) return reply;
  return (await adoptThread(run, ending.signal)) ? await request(run, ending) : reply;
}

async function request(run: Run, ending: CancelSource): Promise<HttpStream> {
  const reply = await streamHttp({ ...describeRequest(run, streamModes), cancelSource: ending });
  run.location = reply.headers.location;
  return reply;
}

const readWholeReply = async ({ status, headers, body }: HttpStream) => ({
  status,
  headers,
  body: await buffer(body),
  isComplete: true,
});
