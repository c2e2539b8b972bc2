import { Resources } from '../contract/resources.js';
import { BerthError } from '../errors.js';

/** `memory=2Gi cpu=2` as Resources: a value is a number where the schema wants one. Throws RESOURCE_INVALID. */
export function parseResources(pairs: string[]): Resources {
  const resources = Object.fromEntries(pairs.map(parsePair));
  return Resources.parse(resources);
}

function parsePair(pair: string): [string, string | number] {
  const [, key = '', text = ''] = /^([^=]+)=(.+)$/s.exec(pair) ?? [];
  if (key === '') throw new BerthError('RESOURCE_INVALID', `“${pair}” is not NAME=VALUE`);
  if (!isResource(key)) {
    const known = Object.keys(Resources.shape).join(', ');
    throw new BerthError('RESOURCE_INVALID', `there is no resource “${key}”; there are: ${known}`);
  }
  for (const value of [Number(text), text]) if (Resources.shape[key].safeParse(value).success) return [key, value];
  throw new BerthError('RESOURCE_INVALID', `${key}=${text}: ${describeExpectedValue(key)}`);
}

const isResource = (key: string): key is keyof typeof Resources.shape => Object.hasOwn(Resources.shape, key);

function describeExpectedValue(key: keyof typeof Resources.shape): string {
  if (key === 'memory') return 'it is a quantity such as 512Mi or 16Gi';
  if (key === 'schedule')
    return 'it is a cron line such as 30 4 * * 1-5 or CRON_TZ=Europe/Berlin 30 4 * * *, or a time such as 6h or 1d';
  return Resources.shape[key].safeParse(1.5).success
    ? 'it is a number greater than 0'
    : 'it is a whole number greater than 0';
}
