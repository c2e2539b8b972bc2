import picocolors from 'picocolors';

export type Colors = ReturnType<typeof picocolors.createColors>;

/**
 * Selects the colors of a stream: none with `NO_COLOR`, else according to `FORCE_COLOR`, else those of a capable
 * terminal.
 */
export function selectColors(stream: { isTTY?: boolean }, environment = process.env): Colors {
  return picocolors.createColors(hasColors(stream, environment));
}

function hasColors(stream: { isTTY?: boolean }, { NO_COLOR, FORCE_COLOR, TERM }: NodeJS.ProcessEnv): boolean {
  if (NO_COLOR) return false;
  if (FORCE_COLOR) return FORCE_COLOR !== '0';
  return stream.isTTY === true && TERM !== 'dumb';
}
