/** A connection that failed at the proxy, before it reached the server behind it. */
export class ProxyError extends Error {
  readonly code = 'ERR_PROXY';
}
