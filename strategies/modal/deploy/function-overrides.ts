import type { RunPlan } from '../../../src/contract/handle.js';
import { BerthError } from '../../../src/errors.js';
import { parseQuantity } from '../../../src/runners/parse-quantity.js';
import type { ModalInterface } from '../modal-interface.js';

/** Overrides of the called function's decorator; keys are those of `app.function(…)`. */
export interface FunctionOverrides {
  options: { cpu?: number; memory?: number; gpu?: string; timeout?: number; max_containers?: number };
  /** Concurrent calls in one container; null keeps the code's value. */
  concurrency: number | null;
  /** Schedule; null keeps the code's value. */
  schedule: Cron | Period | null;
}

/** Arguments of `modal.Cron` and `modal.Period`. */
type Cron = { cron: string; timezone: string };
type Period = { period: Partial<Record<'weeks' | 'days' | 'hours' | 'minutes' | 'seconds', number>> };

/** Modal's default timeout in seconds. */
const defaultTimeout = 300;
const maxTimeout = 86_400;
const mebibyte = 2 ** 20;

/**
 * Converts the plan's resources to Modal's terms.
 *
 * @throws RESOURCE_INVALID for a resource that Modal does not have.
 */
export function buildOverrides({ resources, timeout }: Pick<RunPlan, 'resources' | 'timeout'>): FunctionOverrides {
  const { cpu, memory, gpu, concurrency, replicas, schedule } = resources;
  const seconds = resources.timeout ?? (timeout > defaultTimeout ? timeout : undefined);
  return {
    options: {
      ...(cpu !== undefined && { cpu }),
      ...(memory !== undefined && { memory: Math.ceil(parseQuantity(memory) / mebibyte) }),
      ...(gpu !== undefined && { gpu: checkGpu(gpu) }),
      ...(seconds !== undefined && { timeout: checkTimeout(seconds) }),
      ...(replicas !== undefined && { max_containers: replicas }),
    },
    concurrency: concurrency ?? null,
    schedule: schedule === undefined ? null : parseSchedule(schedule),
  };
}

const units = { w: 'weeks', d: 'days', h: 'hours', m: 'minutes', s: 'seconds' } as const;

function parseSchedule(written: string): Cron | Period {
  const [, timezone = 'UTC', cron = written] = /^(?:CRON_TZ=(\S+) )?(.*)$/.exec(written) ?? [];
  if (cron.includes(' ')) return { cron, timezone: checkTimezone(written, timezone) };
  const parts = [...written.matchAll(/(\d+)([wdhms])/g)];
  return {
    period: Object.fromEntries(parts.map(([, count, unit]) => [units[unit as keyof typeof units], Number(count)])),
  }; // the pattern allows no other
}

function checkTimezone(written: string, timezone: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: timezone }) && timezone;
  } catch {
    throw new BerthError('RESOURCE_INVALID', `schedule=${written}: there is no time zone ${timezone}`);
  }
}

/** @throws RESOURCE_INVALID for a schedule of something that Modal runs only when it is called. */
export function requireSchedulable({ schedule }: FunctionOverrides, { functionName, call }: ModalInterface): void {
  if (schedule === null || (!functionName.includes('.') && call !== 'http')) return;
  const kind = call === 'http' ? 'web endpoints' : 'methods of classes';
  const message = `schedule: Modal runs functions at set times, not ${kind} such as ${functionName}; name a function with --entry`;
  throw new BerthError('RESOURCE_INVALID', message);
}

function checkGpu(gpu: string): string {
  if (/[a-z]/i.test(gpu)) return gpu;
  const message = `gpu=${gpu} names no type of GPU; Modal has T4, L4, A10, L40S, A100, H100 and more, several as H100:2`;
  throw new BerthError('RESOURCE_INVALID', message);
}

function checkTimeout(seconds: number): number {
  if (seconds <= maxTimeout) return Math.ceil(seconds);
  throw new BerthError('RESOURCE_INVALID', `timeout=${seconds}: Modal runs a call for ${maxTimeout} s at most`);
}

/** Describes the overrides for a person. */
export function describeOverrides({ options, concurrency, schedule }: FunctionOverrides): string[] {
  const { cpu, memory, gpu, timeout, max_containers: most } = options;
  const given = [
    ...(cpu === undefined ? [] : [`${cpu} cores`]),
    ...(memory === undefined ? [] : [`${memory} MiB of memory`]),
    ...(gpu === undefined ? [] : [`GPU ${gpu}`]),
    ...(timeout === undefined ? [] : [`${timeout} s per call`]),
    ...(concurrency === null ? [] : [`${concurrency} calls at once in a container`]),
  ];
  return [
    ...(given.length === 0 ? [] : [`the function gets ${given.join(', ')}`]),
    ...(schedule === null ? [] : [`the function also runs by itself, without inputs: ${describeSchedule(schedule)}`]),
    ...(most === undefined ? [] : [`at most ${most} containers; Modal starts them on demand and scales to none`]),
  ];
}

function describeSchedule(schedule: Cron | Period): string {
  if ('cron' in schedule) return `cron ${schedule.cron} (${schedule.timezone})`;
  return `every ${Object.entries(schedule.period)
    .map(([unit, count]) => `${count} ${unit}`)
    .join(' ')}`;
}
