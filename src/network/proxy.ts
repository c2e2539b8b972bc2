import type { Agent, AgentOptions } from 'node:http';
import { ProxyError } from './proxy-error.js';

/** Environment variables in the order in which curl and the commands of BentoML and LangGraph read them. */
const proxyVariables = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'];

/**
 * Returns the proxy that the environment names for this URL. Only https URLs have one; loopback addresses and those in
 * NO_PROXY have none. Loads no module if the environment names no proxy.
 *
 * @throws ProxyError when the proxy's address is invalid.
 */
export async function findProxy(url: string): Promise<URL | undefined> {
  const address = proxyVariables.map((name) => process.env[name]).find(Boolean);
  if (!address || !url.startsWith('https:') || isLoopback(new URL(url))) return undefined;
  const { getProxyForUrl } = await import('proxy-from-env');
  return getProxyForUrl(url) === '' ? undefined : parseProxy(address);
}

const isLoopback = ({ hostname }: URL): boolean => /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);

/** Returns ` through the proxy http://proxy:3128`, without credentials, or an empty string without a proxy. */
export async function describeProxy(url: string): Promise<string> {
  const proxy = await findProxy(url).catch(() => undefined);
  return proxy === undefined ? '' : ` through the proxy ${proxy.origin}`;
}

/**
 * Returns an agent that connects to this URL through its proxy; undefined if it has none.
 *
 * @throws ProxyError when the proxy's address is invalid.
 */
export async function openProxy(url: string, options: AgentOptions = {}): Promise<Agent | undefined> {
  const proxy = await findProxy(url);
  if (proxy === undefined) return undefined;
  const { ProxyAgent } = await import('./proxy-agent.js');
  return new ProxyAgent(proxy, options);
}

function parseProxy(address: string): URL {
  const text = address.includes('://') ? address : `http://${address}`;
  const proxy = URL.canParse(text) ? new URL(text) : undefined;
  if (proxy !== undefined && ['http:', 'https:'].includes(proxy.protocol)) return proxy;
  const problem = proxy === undefined ? 'not a URL' : `of an unsupported kind: ${proxy.protocol}//${proxy.host}`;
  throw new ProxyError(`the proxy in HTTPS_PROXY is ${problem}; use http://HOST:PORT`);
}
