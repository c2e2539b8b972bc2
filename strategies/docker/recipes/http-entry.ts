/** Entry that names a server's path and port. */
export interface HttpEntry {
  /** When undefined, the port that the image exposes. */
  port: number | undefined;
  path: string;
}

/** Parses `/PATH` and `:PORT/PATH`. Returns undefined for other text, which names Python code. */
export function parseHttpEntry(entry: string | undefined): HttpEntry | undefined {
  const [, port, path] = /^(?::(\d+))?(\/\S*)$/.exec(entry ?? '') ?? [];
  return path === undefined ? undefined : { port: port === undefined ? undefined : Number(port), path };
}
