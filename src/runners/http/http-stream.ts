import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { StringDecoder } from 'node:string_decoder';
import { type HttpCall, isSecure, loadHttps } from './http-call.js';

export interface HttpStream {
  status: number;
  headers: IncomingHttpHeaders;
  /** Throws when the connection ends before the body does. A reader that leaves early ends the connection. */
  body: AsyncIterable<Buffer>;
}

/** Sends a request like `callHttp`. Receives the reply only as fast as it is read. */
export async function streamHttp(call: HttpCall): Promise<HttpStream> {
  const { send, agent } = isSecure(call.url) ? await loadHttps(call) : { send: request, agent: call.agent };
  const { method = call.body === undefined ? 'GET' : 'POST', url, headers = {}, body, cancelSource } = call;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    if (cancelSource?.isCanceled) return reject(cancelSource.reason);
    const sent = send(url, { method, headers, ...(agent && { agent }) }, resolve);
    cancelSource?.setListener(() => {
      sent.destroy();
      reject(cancelSource.reason);
    });
    sent.on('close', () => cancelSource?.setListener(undefined)).on('error', reject);
    sent.end(body);
  });
  return { status: response.statusCode ?? 0, headers: response.headers, body: response };
}

/** Yields the lines of a body, the last one with or without its line break. */
export async function* readLines(body: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
