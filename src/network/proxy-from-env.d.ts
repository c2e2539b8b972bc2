declare module 'proxy-from-env' {
  /** Returns an empty string if the environment names no proxy for the URL. */
  export function getProxyForUrl(url: string): string;
}
