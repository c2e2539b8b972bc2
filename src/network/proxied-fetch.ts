import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { findProxy, openProxy } from './proxy.js';

const maxRedirects = 5;

/** As the built-in `fetch`, which knows no proxies: by way of the one that the environment names for the URL. */
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
  const own = Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((each): [string, string] => [name, each]),
  );
  const body = [204, 205, 304].includes(status) ? null : Readable.toWeb(reply);
  return new Response(body as ReadableStream | null, { status, headers: own }); // Node's and the web's types are two
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
