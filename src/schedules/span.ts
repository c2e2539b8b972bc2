import { BerthError } from '../errors.js';

const units = { w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 } as const;

const longest = 3650 * units.d;

/** Milliseconds of `90m`, `12h30m`, `1d`. Throws SCHEDULE_INVALID, which names the option. */
export function parseSpan(option: string, text: string): number {
  if (!/^(\d+[wdhms])+$/.test(text))
    throw new BerthError('SCHEDULE_INVALID', `${option} ${text}: write a time as 90m, 12h30m or 1d (w, d, h, m, s)`);
  const parts = text.match(/\d+[wdhms]/g) ?? [];
  const span = parts.reduce((sum, part) => sum + Number(part.slice(0, -1)) * units[part.slice(-1) as Unit], 0);
  if (span < units.s || span > longest)
    throw new BerthError('SCHEDULE_INVALID', `${option} ${text}: a time is between 1s and ${longest / units.d}d`);
  return span;
}

type Unit = keyof typeof units; // the pattern lets through no other letter

/** `1d12h`, `90s` as `1m30s`: in the units that are spoken of, weeks left out. */
export function formatSpan(milliseconds: number): string {
  let rest = Math.round(milliseconds / units.s) * units.s;
  let text = '';
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    const count = Math.floor(rest / units[unit]);
    rest -= count * units[unit];
    if (count > 0) text += `${count}${unit}`;
  }
  return text || '0s';
}
