import type Docker from 'dockerode';
import type { RunPlan } from '../../../src/contract/handle.js';
import type { DockerInterface } from '../docker-interface.js';
import type { Limits } from './describe-container.js';

interface EngineInfo {
  NCPU: number;
  CpuCfsPeriod?: boolean;
  CpuCfsQuota?: boolean;
  Runtimes?: Record<string, unknown>;
  MemoryLimit?: boolean;
}

/** Chooses the limits that this engine can enforce, and a note for each that it cannot. */
export async function chooseLimits(
  engine: Docker,
  { resources }: RunPlan,
  { serves }: DockerInterface,
): Promise<{ limits: Limits; notes: string[] }> {
  const machine: EngineInfo = await engine.info();
  const limits: Limits = {};
  const notes: string[] = [];
  const { cpu, gpu, replicas, concurrency, memory } = resources;
  if (cpu !== undefined) {
    if (hasCpuLimits(machine)) limits.cpu = Math.min(cpu, machine.NCPU);
    else notes.push('the engine cannot bound cpu: the software may use every core');
    if (cpu > machine.NCPU) notes.push(`${cpu} cores were asked for, and the engine has ${machine.NCPU}`);
  }
  if (gpu !== undefined) {
    if (machine.Runtimes === undefined || !('nvidia' in machine.Runtimes))
      notes.push(`a GPU (${gpu}) was asked for, and the engine offers none: the software runs without`);
    else if (isCount(gpu)) limits.gpu = Number(gpu);
    else {
      limits.gpu = -1;
      notes.push(`the type of the gpu (${gpu}) is not enforced here: the software gets all that the engine has`);
    }
  }
  if (memory !== undefined && machine.MemoryLimit === false) notes.push('the engine does not enforce memory limits');
  if (replicas !== undefined && replicas > 1)
    notes.push(`${replicas} replicas were asked for: one container is started`);
  if (concurrency !== undefined && serves === undefined)
    notes.push('how many calls run at once is left to the server in the image');
  return { limits, notes };
}

/**
 * Tells whether the engine can limit CPU time, for which it needs both settings. A kernel may lack them; an engine that
 * does not report them has them.
 */
const hasCpuLimits = ({ CpuCfsPeriod, CpuCfsQuota }: EngineInfo): boolean =>
  CpuCfsPeriod !== false && CpuCfsQuota !== false;

const isCount = (gpu: string): boolean => /^\d+$/.test(gpu);
