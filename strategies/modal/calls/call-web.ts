import type { Answer } from '../../../src/contract/answer.js';
import { writeJson } from '../../../src/json/write-json.js';
import { createErrorAnswer, withCancelSource } from '../../../src/runners/call-deadline.js';
import { callHttp, type HttpCall, type HttpReply } from '../../../src/runners/http/http-call.js';
import { readReply } from '../../../src/runners/http/json-call.js';
import type { CallOptions } from '../../../src/runners/runner.js';
import { buildProxyHeaders, proxyRemedy } from '../cloud/proxy-token.js';
import type { ModalInterface } from '../modal-interface.js';
import { isRecord, splitInputs } from './split-inputs.js';

export interface WebCall {
  target: ModalInterface;
  /** Of the endpoint, with its path. */
  url: string;
  inputs: unknown;
}

/** One call of a web endpoint: what it replies with is the output, and what is not 2xx is an error. */
export async function callWeb(call: WebCall, options: CallOptions & { timeout: number }): Promise<Answer> {
  const httpCall = describeCall(call);
  if ('problem' in httpCall) return createErrorAnswer('CALL_INPUT', httpCall.problem);
  return await withCancelSource(options, async (ending) =>
    readModalReply(await followRedirects({ ...httpCall, cancelSource: ending }, callHttp), httpCall),
  );
}

/** The request that a call is, or why its inputs make none. */
export function describeCall({ target, url, inputs }: WebCall): HttpCall | { problem: string } {
  const split = splitInputs(target, inputs);
  if (split.problem !== undefined) return { problem: split.problem };
  const { query, body } = target.web;
  if (body !== 'inputs' && !isRecord(split.inputs))
    return { problem: `the inputs are not an object: ${target.functionName} takes them by name` };
  const given = isRecord(split.inputs) ? split.inputs : {};
  const address = addQuery(url, { ...split.parameters, ...pickInputs(given, query) });
  return describeRequest(target, address, body === 'inputs' ? split.inputs : buildBody(given, body));
}

function describeRequest({ web: { method, isProtected } }: ModalInterface, url: string, content: unknown): HttpCall {
  const hasBody = content !== undefined && method !== 'GET' && method !== 'HEAD';
  const type: Record<string, string> = hasBody ? { 'content-type': 'application/json' } : {};
  const headers = { ...type, accept: 'application/json', ...(isProtected && buildProxyHeaders()) };
  return { url, method, headers, ...(hasBody && { body: writeJson(content) }) };
}

const pickInputs = (inputs: Record<string, unknown>, names: string[]): Record<string, unknown> =>
  Object.fromEntries(names.filter((name) => name in inputs).map((name) => [name, inputs[name]]));

/** One parameter is the body itself, several are its keys. */
function buildBody(inputs: Record<string, unknown>, names: string[]): unknown {
  const [only] = names;
  return names.length === 1 && only !== undefined
    ? inputs[only]
    : names.length > 1
      ? pickInputs(inputs, names)
      : undefined;
}

function addQuery(url: string, values: Record<string, unknown>): string {
  const address = new URL(url);
  for (const [name, value] of Object.entries(values))
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== null && one !== undefined)
        address.searchParams.append(name, typeof one === 'object' ? writeJson(one) : String(one));
  return address.href;
}

/** Modal answers after 150 s with a place to wait on at, and there again. */
export async function followRedirects<Reply extends Pick<HttpReply, 'status' | 'headers'>>(
  call: HttpCall,
  send: (call: HttpCall) => Promise<Reply>,
): Promise<Reply> {
  const reply = await send(call);
  const { location } = reply.headers;
  if (reply.status !== 303 || location === undefined) return reply;
  const next = new URL(location, call.url);
  const { body, ...rest } = call;
  const headers = next.origin === new URL(call.url).origin ? rest.headers : {}; // a token is for Modal alone
  return await followRedirects({ ...rest, url: next.href, method: 'GET', ...(headers && { headers }) }, send);
}

/** Modal's own words begin with its name; all others are the endpoint's. */
export async function readModalReply(reply: HttpReply, { method = 'GET', url }: HttpCall): Promise<Answer> {
  const { status, body, isComplete } = reply;
  if (!isComplete) return createErrorAnswer('CALL_LOST', 'the endpoint ended during the call');
  const words = status >= 400 ? body.subarray(0, 500).toString('utf8') : '';
  if (words.startsWith('modal-http:')) {
    if (status === 401 || status === 403 || status === 407)
      return createErrorAnswer(
        'CLOUD_REFUSED',
        `Modal lets nobody in without a proxy token (${words}); ${proxyRemedy}`,
      );
    if (status === 404) return createErrorAnswer('NOT_RUNNING', `the software is not up: ${words}`);
  }
  return await readReply(reply, { method, url });
}
