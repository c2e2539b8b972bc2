import type Docker from 'dockerode';
import { type BerthHome, deploymentDirectory } from '../../../src/home/home.js';
import { listProcesses, readCommandLine } from '../temporary-stack.js';

/** Runtime of the deployments. */
export interface Target {
  strategy: string;
  /** Counts the processes or containers that serve a deployment. */
  count(name: string): Promise<number>;
}

export const localTarget = (home: BerthHome): Target => ({
  strategy: 'local',
  count: async (name) => {
    const { root } = deploymentDirectory(home, name);
    return listProcesses(home).filter((pid) => readCommandLine(String(pid)).includes(`${root}/`)).length;
  },
});

export const dockerTarget = (engine: Docker): Target => ({
  strategy: 'docker',
  count: async (name) => {
    const filters = { label: [`berth.deployment=${name}`] };
    return (await engine.listContainers({ all: true, filters })).length;
  },
});
