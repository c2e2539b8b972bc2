import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildConformance, type Conformance, createSuite } from '../../src/conformance/index.js';
import type { RunPlan } from '../../src/contract/handle.js';
import { isPortFree } from '../../src/processes/ports.js';
import { StrategyRegistry } from '../../src/registry/index.js';
import { temporaryDirectory, temporaryHome } from '../support/temporary-directories.js';

export {
  type Conformance,
  pythonSolution as conformanceSolution,
  readLines,
  requireFailure,
} from '../../src/conformance/index.js';

/** Seconds that preparing and starting the software may take. */
const startTimeout = 180;

/** Checks that need further deployments, each of which a cloud builds and pushes separately. */
export const extraDeploymentChecks =
  /variables of the process|two starts at once|an interrupted one|ends during a call|killed software|^stop resolves|sixteen calls|each resource/;

/** Registers each check of the conformance suite as a test. */
export function testRunnerConformance(conformance: Conformance, { without }: { without?: RegExp } = {}): void {
  for (const { name, setUp, checks, tearDown } of createSuite(conformance))
    describe(name, () => {
      beforeAll(setUp, startTimeout * 1000);
      afterAll(tearDown);
      for (const { name, run, timeout } of checks) if (!without?.test(name)) test(name, run, timeout * 1000);
    });
}

/** Adds the taken port of a local server to what remains, and expects an interrupted start to leave a process. */
export function testFreedPorts(
  conformance: Conformance,
  readServer: (plan: RunPlan) => Promise<{ port: number } | undefined>,
): Conformance {
  const ports = new Map<string, number>();
  const listRemaining = async (plan: RunPlan) => {
    const port = (await readServer(plan))?.port ?? ports.get(plan.revision);
    if (port !== undefined) ports.set(plan.revision, port);
    const isTaken = port !== undefined && !(await isPortFree(port));
    return [...(await conformance.listRemaining(plan)), ...(isTaken ? [`port ${port}`] : [])];
  };
  const interruptStart = async (plan: RunPlan) => {
    await conformance.interruptStart(plan);
    expect(await listRemaining(plan)).toContainEqual(expect.stringMatching(/^process/));
  };
  return { ...conformance, listRemaining, listRunning: listRemaining, interruptStart };
}

/** Describes a built-in strategy for the suite, like `berth strategies test`. */
export async function describeBuiltIn(name: string, provider?: string): Promise<Conformance> {
  const home = temporaryHome();
  const registry = await StrategyRegistry.scan({ home, directories: [] });
  return await buildConformance({ registry, name, provider, home, scratch: temporaryDirectory('berth-conformance-') });
}
