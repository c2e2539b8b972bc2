import type { AgentOptions, ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { ProxyError } from './proxy-error.js';

/** Makes each connection with CONNECT, and names the proxy where that fails. */
export class ProxyAgent extends HttpsProxyAgent<string> {
  constructor(proxy: URL, options: AgentOptions) {
    super(proxy, options);
  }

  override async connect(
    request: ClientRequest,
    options: Parameters<HttpsProxyAgent<string>['connect']>[1],
  ): Promise<Socket> {
    let refusal: string | undefined;
    request.once('proxyConnect', ({ statusCode, statusText }: { statusCode: number; statusText: string }) => {
      if (statusCode !== 200) refusal = `${statusCode} ${statusText}`.trim();
    });
    const name = `the proxy ${this.proxy.origin}`;
    const socket = await super.connect(request, options).catch(({ message, name: kind }: Error) => {
      // Without a cause: who shows the innermost one alone would not name the proxy.
      throw new ProxyError(`${name} cannot be reached: ${message || kind}`);
    });
    if (refusal === undefined) return socket;
    socket.destroy();
    throw new ProxyError(`${name} lets nobody through to ${options.host}: ${refusal}`);
  }
}
