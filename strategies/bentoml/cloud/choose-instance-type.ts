import type { Resources } from '../../../src/contract/resources.js';
import { BerthError } from '../../../src/errors.js';
import { parseQuantity } from '../../../src/runners/parse-quantity.js';
import type { InstanceType } from './bento-cloud-client.js';

/**
 * Chooses the cheapest instance type with the requested resources. Returns undefined when the cloud lists none, which
 * leaves it to the cloud.
 *
 * @throws START_FAILED when no type is large enough.
 */
export function chooseInstanceType(types: InstanceType[], resources: Resources): string | undefined {
  if (types.length === 0) return undefined;
  const fitting = types.filter((type) => isEnough(type, resources));
  const [cheapest] = fitting.toSorted((left, right) => readPrice(left) - readPrice(right));
  if (cheapest !== undefined) return cheapest.display_name;
  const wanted = (['cpu', 'memory', 'gpu'] as const)
    .flatMap((name) => (resources[name] === undefined ? [] : `${name}=${resources[name]}`))
    .join(' ');
  const names = types.map(({ display_name: name }) => name).join(', ');
  throw new BerthError('START_FAILED', `no instance type of BentoCloud has ${wanted}; there are: ${names}`);
}

function isEnough({ config }: InstanceType, { cpu = 0, memory = '0', gpu }: Resources): boolean {
  const { cpu: cores, memory: bytes, gpu: gpus } = config.resources?.requests ?? {};
  if (readCores(cores) < cpu || parseQuantity(bytes || '0') < parseQuantity(memory)) return false;
  if (gpu === undefined) return Number(gpus ?? 0) === 0;
  return Number(gpus ?? 0) > 0 && normalizeName(config.gpu_config?.type ?? '').includes(normalizeName(gpu));
}

/** Reads cores; `500m` is half a core. */
const readCores = (text: string | null | undefined): number =>
  text?.endsWith('m') ? Number.parseFloat(text) / 1000 : Number.parseFloat(text || '0');

/** Normalizes a GPU's name, so that `T4` matches `nvidia-tesla-t4`. */
const normalizeName = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** Reads the price; a type without one comes last. */
const readPrice = ({ config }: InstanceType): number => {
  const price = Number.parseFloat(config.price ?? '');
  return Number.isNaN(price) ? Number.POSITIVE_INFINITY : price;
};
