import type { Answer } from '../../../src/contract/answer.js';
import { createErrorAnswer, withDeadline } from '../../../src/runners/call-deadline.js';
import { callHttp, type HttpReply } from '../../../src/runners/http/http-call.js';
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
import { readReply } from './read-reply.js';

/** Runs the graph and waits for its answer. Never throws: any failure is an answer. */
export async function callGraph(server: GraphServer, inputs: unknown, options: CallOptions = {}): Promise<Answer> {
  const call = await parseGraphCall(inputs, server.graph);
  if ('problem' in call) return createErrorAnswer('CALL_INPUT', call.problem);
  const run = createRun(server, call);
  const answer = await withDeadline(withDefaultTimeout(server, options), (signal) => sendRun(run, signal));
  await cleanUpRun(run, answer);
  return answer;
}

async function sendRun(run: Run, signal: AbortSignal): Promise<Answer> {
  const reply = await request(run, signal);
  const isUnknown = reply.status === 404 && 'resume' in run.call;
  return await readReply(run, isUnknown && (await adoptThread(run, signal)) ? await request(run, signal) : reply);
}

const request = (run: Run, signal: AbortSignal): Promise<HttpReply> =>
  callHttp({
    ...describeRequest(run),
    signal,
    onHeaders: ({ location }) => {
      run.location = location;
    },
  });
