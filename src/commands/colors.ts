import picocolors from 'picocolors';

export type Colors = ReturnType<typeof picocolors.createColors>;

/** Colours for one stream: `NO_COLOR` forbids, `FORCE_COLOR` (but `0`) orders, else a terminal that knows them decides. */
export function selectColors(stream: { isTTY?: boolean }, environment = process.env): Colors {
  return picocolors.createColors(hasColors(stream, environment));
}

function hasColors(stream: { isTTY?: boolean }, { NO_COLOR, FORCE_COLOR, TERM }: NodeJS.ProcessEnv): boolean {
  if (NO_COLOR) return false;
  if (FORCE_COLOR) return FORCE_COLOR !== '0';
  return stream.isTTY === true && TERM !== 'dumb';
}
