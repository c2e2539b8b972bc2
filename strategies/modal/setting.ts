import type { RunPlan } from '../../src/contract/handle.js';
import { BerthError } from '../../src/errors.js';
import { parseQuantity } from '../../src/runners/quantity.js';

/** What the called function is given beyond what its own decorator says; keys are those of `app.function(…)`. */
export interface FunctionSetting {
  options: { cpu?: number; memory?: number; gpu?: string; timeout?: number; max_containers?: number };
  /** Calls at once in one container; null leaves it as the code says. */
  concurrency: number | null;
}

/** Seconds that Modal gives a function whose code does not say. */
const usualTimeout = 300;
const longestTimeout = 86_400;
const mebibyte = 2 ** 20;

/** The plan's resources in Modal's terms. RESOURCE_INVALID for what Modal has no such thing of. */
export function describeSetting({ resources, timeout }: Pick<RunPlan, 'resources' | 'timeout'>): FunctionSetting {
  const { cpu, memory, gpu, concurrency, replicas } = resources;
  const seconds = resources.timeout ?? (timeout > usualTimeout ? timeout : undefined);
  return {
    options: {
      ...(cpu !== undefined && { cpu }),
      ...(memory !== undefined && { memory: Math.ceil(parseQuantity(memory) / mebibyte) }),
      ...(gpu !== undefined && { gpu: checkGpu(gpu) }),
      ...(seconds !== undefined && { timeout: checkTimeout(seconds) }),
      ...(replicas !== undefined && { max_containers: replicas }),
    },
    concurrency: concurrency ?? null,
  };
}

function checkGpu(gpu: string): string {
  if (/[a-z]/i.test(gpu)) return gpu;
  const message = `gpu=${gpu} names no type of GPU; Modal has T4, L4, A10, L40S, A100, H100 and more, several as H100:2`;
  throw new BerthError('RESOURCE_INVALID', message);
}

function checkTimeout(seconds: number): number {
  if (seconds <= longestTimeout) return Math.ceil(seconds);
  throw new BerthError('RESOURCE_INVALID', `timeout=${seconds}: Modal runs a call for ${longestTimeout} s at most`);
}

/** For a person: how Modal takes what was asked for. */
export function explainSetting({ options, concurrency }: FunctionSetting): string[] {
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
    ...(most === undefined ? [] : [`at most ${most} containers; Modal starts them on demand and scales to none`]),
  ];
}
