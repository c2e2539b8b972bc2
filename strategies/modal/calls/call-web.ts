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
  /** Address of the endpoint, with its path. */
  url: string;
  inputs: unknown;
}

/** Calls a web endpoint. Its reply is the output; any status other than 2xx is an error. */
export async function callWeb(call: WebCall, options: CallOptions & { timeout: number }): Promise<Answer> {
  const httpCall = describeCall(call);
  if ('problem' in httpCall) return createErrorAnswer('CALL_INPUT', httpCall.problem);
  return await withCancelSource(options, async (ending) =>
    readModalReply(await followRedirects({ ...httpCall, cancelSource: ending }, callHttp), httpCall),
  );
}

/** Describes the request of a call, or why its inputs fit no request. */
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

/** Builds the body: one parameter is the body itself, several are its keys. */
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

/** Follows Modal's redirects: after 150 s it replies with an address to wait at, again and again. */
export async function followRedirects<Reply extends Pick<HttpReply, 'status' | 'headers'>>(
  call: HttpCall,
  send: (call: HttpCall) => Promise<Reply>,
): Promise<Reply> {
  const reply = await send(call);
  const { location } = reply.headers;
  if (reply.status !== 303 || location === undefined) return reply;
  const next = new URL(location, call.url);
  const { body, ...rest } = call;
  const headers = next.origin === new URL(call.url).origin ? rest.headers : {}; // only Modal may see the token
  return await followRedirects({ ...rest, url: next.href, method: 'GET', ...(headers && { headers }) }, send);
}

/** Turns a reply into an answer. Modal's own error messages begin with its name; any other is the endpoint's. */
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
