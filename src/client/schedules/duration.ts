import { BerthError } from '../../errors.js';

const millisecondsPerUnit = { w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 } as const;

const maxDuration = 3650 * millisecondsPerUnit.d;

/**
 * Parses `90m`, `12h30m` or `1d` into milliseconds.
 *
 * @throws SCHEDULE_INVALID, which names the option, when the text is no duration between 1s and 3650d
 */
export function parseDuration(option: string, text: string): number {
  if (!/^(\d+[wdhms])+$/.test(text))
    throw new BerthError(
      'SCHEDULE_INVALID',
      `${option} ${text}: write a duration as 90m, 12h30m or 1d (w, d, h, m, s)`,
    );
  const parts = text.match(/\d+[wdhms]/g) ?? [];
  const duration = parts.reduce(
    (sum, part) => sum + Number(part.slice(0, -1)) * millisecondsPerUnit[part.slice(-1) as Unit],
    0,
  );
  if (duration < millisecondsPerUnit.s || duration > maxDuration)
    throw new BerthError(
      'SCHEDULE_INVALID',
      `${option} ${text}: a duration is between 1s and ${maxDuration / millisecondsPerUnit.d}d`,
    );
  return duration;
}

type Unit = keyof typeof millisecondsPerUnit; // the pattern above allows no other letter

/** Formats milliseconds as `1d12h` or `1m30s`, without weeks. */
export function formatDuration(milliseconds: number): string {
  let remaining = Math.round(milliseconds / millisecondsPerUnit.s) * millisecondsPerUnit.s;
  let text = '';
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    const count = Math.floor(remaining / millisecondsPerUnit[unit]);
    remaining -= count * millisecondsPerUnit[unit];
    if (count > 0) text += `${count}${unit}`;
  }
  return text || '0s';
}
