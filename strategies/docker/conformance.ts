import type { ConformanceHooks } from '../../src/conformance/index.js';
import type { Handle, RunPlan } from '../../src/contract/handle.js';
import { findEngineAddress, openEngine } from '../../src/runners/containers/index.js';
import { homeMark, labels } from './container/container-name.js';
import type { DockerHandle } from './docker-handle.js';

/** Hooks for software in a container. The image stays until the undo. */
export const conformance = {
  deviations: { applies: ['cpu', 'memory', 'concurrency'] },
  async kill(handle: Handle) {
    const { engine, container } = handle as DockerHandle; // written by `start`
    await (await openEngine(engine)).getContainer(container).kill({ signal: 'SIGKILL' });
  },
  async listRemaining(plan: RunPlan) {
    const label = [`${labels.revision}=${plan.revision}`, `${labels.home}=${homeMark(plan)}`];
    const engine = await openEngine(findEngineAddress());
    return (await engine.listContainers({ all: true, filters: { label } })).map(({ Id }) => `container ${Id}`);
  },
} satisfies ConformanceHooks;
