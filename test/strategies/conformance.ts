import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Conformance, createSuite, describeStrategy } from '../../src/conformance/index.js';
import type { RunPlan } from '../../src/contract/handle.js';
import { StrategyRegistry } from '../../src/registry/index.js';
import { isFree } from '../../src/runners/listening-port.js';
import { temporaryDirectory, temporaryHome } from '../support/temporary.js';

export {
  type Conformance,
  failureOf,
  pythonSolution as conformanceSolution,
  readLines,
} from '../../src/conformance/index.js';

/** Seconds that the software has to come up, with what it needs. */
const beginPatience = 180;

/** Checks that bring up one deployment more each, or several: what a cloud builds and pushes anew for every one of them. */
export const furtherDeployments =
  /variables of the process|two starts at once|what one that was cut off|ends during a call|killed software|^stop resolves|sixteen calls|each resource/;

/** The behaviour that every runner shares: each check of the suite as a test. */
export function conformsAsRunner(conformance: Conformance, { without }: { without?: RegExp } = {}): void {
  for (const { name, begin, checks, end } of createSuite(conformance))
    describe(name, () => {
      beforeAll(begin, beginPatience * 1000);
      afterAll(end);
      for (const { name, run, patience } of checks) if (!without?.test(name)) test(name, run, patience * 1000);
    });
}

/** Of a server on this machine also its port remains, until it is free again; a start that was cut off leaves it running. */
export function alsoFreesPorts(
  conformance: Conformance,
  readServer: (plan: RunPlan) => Promise<{ port: number } | undefined>,
): Conformance {
  const ports = new Map<string, number>();
  const listRemains = async (plan: RunPlan) => {
    const port = (await readServer(plan))?.port ?? ports.get(plan.revision);
    if (port !== undefined) ports.set(plan.revision, port);
    const isTaken = port !== undefined && !(await isFree(port));
    return [...(await conformance.listRemains(plan)), ...(isTaken ? [`port ${port}`] : [])];
  };
  const startHalfway = async (plan: RunPlan) => {
    await conformance.startHalfway(plan);
    expect(await listRemains(plan)).toContainEqual(expect.stringMatching(/^process/));
  };
  return { ...conformance, listRemains, listRunning: listRemains, startHalfway };
}

/** A built-in strategy as `berth strategies test` meets it. */
export async function describeBuiltIn(name: string, provider?: string): Promise<Conformance> {
  const home = temporaryHome();
  const registry = await StrategyRegistry.scan({ home, directories: [] });
  return await describeStrategy({ registry, name, provider, home, scratch: temporaryDirectory('berth-conformance-') });
}
