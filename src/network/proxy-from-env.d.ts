declare module 'proxy-from-env' {
  /** Empty where none is named. */
  export function getProxyForUrl(url: string): string;
}
