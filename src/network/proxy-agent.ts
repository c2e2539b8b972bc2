import type { AgentOptions, ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { ProxyError } from './proxy-error.js';

/** Opens each connection with CONNECT. Errors name the proxy. */
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
      // Without a cause: some callers show only the innermost error, which does not name the proxy.
      throw new ProxyError(`${name} cannot be reached: ${message || kind}`);
    });
    if (refusal === undefined) return socket;
    socket.destroy();
    throw new ProxyError(`${name} refuses the connection to ${options.host}: ${refusal}`);
  }
}
