import type { Answer } from '../../src/contract/answer.js';
import { callFailure, withDeadline } from '../../src/runners/call-deadline.js';
import { callHttp, type HttpReply } from '../../src/runners/http-call.js';
import type { CallOptions } from '../../src/runners/runner.js';
import { endRun } from './end-run.js';
import { readGraphCall } from './graph-inputs.js';
import { adoptThread, describeRequest, describeRun, type GraphServer, patienceOf, type Run } from './graph-run.js';
import { readReply } from './read-reply.js';

/** One run of the graph, waited for. Never throws: what goes wrong is an answer. */
export async function callGraph(server: GraphServer, inputs: unknown, options: CallOptions = {}): Promise<Answer> {
  const call = await readGraphCall(inputs, server.graph);
  if ('problem' in call) return callFailure('CALL_INPUT', call.problem);
  const run = describeRun(server, call);
  const answer = await withDeadline(patienceOf(server, options), (signal) => exchange(run, signal));
  await endRun(run, answer);
  return answer;
}

async function exchange(run: Run, signal: AbortSignal): Promise<Answer> {
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
