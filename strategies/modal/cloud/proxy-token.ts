/** Remedy for an endpoint that requires one of Modal's proxy tokens. */
export const proxyRemedy =
  'make one at https://modal.com/settings/proxy-auth-tokens and set MODAL_PROXY_TOKEN_ID and MODAL_PROXY_TOKEN_SECRET where the worker runs (berth down && berth up), and where you call from';

/** Builds the headers that `requires_proxy_auth` of an endpoint checks; none without a proxy token. */
export function buildProxyHeaders(own: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const { MODAL_PROXY_TOKEN_ID: id, MODAL_PROXY_TOKEN_SECRET: secret } = own;
  return id && secret ? { 'Modal-Key': id, 'Modal-Secret': secret } : {};
}
