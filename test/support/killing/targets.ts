import type Docker from 'dockerode';
import { type BerthHome, deploymentDirectory } from '../../../src/home.js';
import { processesOf, readCommandLine } from '../stack.js';

/** What deployments run on. */
export interface Target {
  strategy: string;
  /** How many of what serves a deployment there are. */
  count(name: string): Promise<number>;
}

export const onThisMachine = (home: BerthHome): Target => ({
  strategy: 'local',
  count: async (name) => {
    const { root } = deploymentDirectory(home, name);
    return processesOf(home).filter((pid) => readCommandLine(String(pid)).includes(`${root}/`)).length;
  },
});

export const inContainers = (engine: Docker): Target => ({
  strategy: 'docker',
  count: async (name) => {
    const filters = { label: [`berth.deployment=${name}`] };
    return (await engine.listContainers({ all: true, filters })).length;
  },
});
