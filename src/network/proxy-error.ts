/** What hinders a connection at the proxy, before anything is heard of whom it should lead to. */
export class ProxyError extends Error {
  readonly code = 'ERR_PROXY';
}
