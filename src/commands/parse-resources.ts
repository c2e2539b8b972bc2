import { Resources } from '../contract/resources.js';
import { BerthError } from '../errors.js';

/**
 * Parses pairs such as `memory=2Gi` and `cpu=2`.
 *
 * @throws RESOURCE_INVALID for an unknown key or an invalid value.
 */
export function parseResources(pairs: string[]): Resources {
  const resources = Object.fromEntries(pairs.map(parsePair));
  return Resources.parse(resources);
}

function parsePair(pair: string): [string, string | number] {
  const [, key = '', text = ''] = /^([^=]+)=(.+)$/s.exec(pair) ?? [];
  if (key === '') throw new BerthError('RESOURCE_INVALID', `“${pair}” is not NAME=VALUE`);
  if (!isResource(key)) {
    const known = Object.keys(Resources.shape).join(', ');
    throw new BerthError('RESOURCE_INVALID', `unknown resource “${key}”; known: ${known}`);
  }
  for (const value of [Number(text), text]) if (Resources.shape[key].safeParse(value).success) return [key, value];
  throw new BerthError('RESOURCE_INVALID', `${key}=${text}: ${describeExpectedValue(key)}`);
}

const isResource = (key: string): key is keyof typeof Resources.shape => Object.hasOwn(Resources.shape, key);

function describeExpectedValue(key: keyof typeof Resources.shape): string {
  if (key === 'memory') return 'must be a quantity such as 512Mi or 16Gi';
  if (key === 'schedule')
    return 'must be a cron line such as 30 4 * * 1-5 or CRON_TZ=Europe/Berlin 30 4 * * *, or an interval such as 6h or 1d';
  return Resources.shape[key].safeParse(1.5).success
    ? 'must be a number greater than 0'
    : 'must be a whole number greater than 0';
}
