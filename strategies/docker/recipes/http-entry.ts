/** Where a server takes its inputs, as `--entry` says it. */
export interface HttpEntry {
  /** Undefined: the one that the image exposes. */
  port: number | undefined;
  path: string;
}

/** Reads `/PATH` and `:PORT/PATH`; undefined for anything else, which names Python code. */
export function parseHttpEntry(entry: string | undefined): HttpEntry | undefined {
  const [, port, path] = /^(?::(\d+))?(\/\S*)$/.exec(entry ?? '') ?? [];
  return path === undefined ? undefined : { port: port === undefined ? undefined : Number(port), path };
}
