/** Formats a time in a time zone: `Tue 2026-11-24 03:00`, with seconds unless they are zero. */
export function formatZonedTime(iso: string, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  const parts = Object.fromEntries(format.formatToParts(new Date(iso)).map(({ type, value }) => [type, value]));
  const { weekday, year, month, day, hour, minute, second } = parts;
  return `${weekday} ${year}-${month}-${day} ${hour}:${minute}${second === '00' ? '' : `:${second}`}`;
}
