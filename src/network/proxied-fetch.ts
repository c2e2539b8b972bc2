import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { findProxy, openProxy } from './proxy.js';

const maxRedirects = 5;

/**
 * Calls `fetch` through the proxy that the environment names for the URL. The built-in `fetch` does not support
 * proxies.
 */
export async function proxiedFetch(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const url = input instanceof Request ? input.url : String(input);
  if ((await findProxy(url)) === undefined) return await fetch(input, init);
  const request = new Request(input, init);
  return await follow(request, new URL(url), maxRedirects);
}

async function follow(request: Request, url: URL, redirects: number): Promise<Response> {
  const reply = await send(request, url);
  const { statusCode: status = 502, headers } = reply;
  if (status >= 300 && status < 400 && headers.location && request.method === 'GET' && redirects > 0) {
    reply.resume();
    return await follow(request, new URL(headers.location, url), redirects - 1);
  }
  const headerList = Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((item): [string, string] => [name, item]),
  );
  const body = [204, 205, 304].includes(status) ? null : Readable.toWeb(reply);
  // The cast is needed because Node.js and the DOM declare ReadableStream separately.
  return new Response(body as ReadableStream | null, { status, headers: headerList });
}

async function send(request: Request, url: URL): Promise<IncomingMessage> {
  const [https, http, agent] = [await import('node:https'), await import('node:http'), await openProxy(url.href)];
  const body = request.body === null ? undefined : Buffer.from(await request.arrayBuffer());
  return await new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? https.request : http.request;
    const { method, signal } = request;
    const headers = Object.fromEntries(request.headers);
    send(url, { method, headers, signal, ...(agent && { agent }) }, resolve)
      .on('error', reject)
      .end(body);
  });
}
