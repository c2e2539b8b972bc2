import type { Agent, AgentOptions } from 'node:http';
import { ProxyError } from './proxy-error.js';

/** As curl and BentoML's and LangGraph's own commands read them. */
const proxyVariables = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'];

/**
 * The proxy that the environment names for this URL: for https alone, unless NO_PROXY says otherwise, and never for this
 * machine. Where it names none nothing is loaded.
 */
export async function findProxy(url: string): Promise<URL | undefined> {
  const named = proxyVariables.map((name) => process.env[name]).find(Boolean);
  if (!named || !url.startsWith('https:') || isLoopback(new URL(url))) return undefined;
  const { getProxyForUrl } = await import('proxy-from-env');
  return getProxyForUrl(url) === '' ? undefined : parseProxy(named);
}

const isLoopback = ({ hostname }: URL): boolean => /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);

/** ` through the proxy http://proxy:3128`, without its password; nothing where there is none. */
export async function describeProxy(url: string): Promise<string> {
  const proxy = await findProxy(url).catch(() => undefined);
  return proxy === undefined ? '' : ` through the proxy ${proxy.origin}`;
}

/** Connections to this URL through its proxy; undefined where it has none. ProxyError for a proxy that cannot be used. */
export async function openProxy(url: string, options: AgentOptions = {}): Promise<Agent | undefined> {
  const proxy = await findProxy(url);
  if (proxy === undefined) return undefined;
  const { ProxyAgent } = await import('./proxy-agent.js');
  return new ProxyAgent(proxy, options);
}

function parseProxy(named: string): URL {
  const text = named.includes('://') ? named : `http://${named}`;
  const proxy = URL.canParse(text) ? new URL(text) : undefined;
  if (proxy !== undefined && ['http:', 'https:'].includes(proxy.protocol)) return proxy;
  const shown = proxy === undefined ? 'no URL' : `of a kind that cannot be used: ${proxy.protocol}//${proxy.host}`;
  throw new ProxyError(`the proxy in HTTPS_PROXY is ${shown}; it is to be http://HOST:PORT`);
}
