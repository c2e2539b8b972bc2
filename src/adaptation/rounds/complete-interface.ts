import type { Facts } from '../../contract/facts.js';
import { FunctionInterface, type RunInterface } from '../../contract/run-interface.js';
import { gatherFacts } from '../../facts/index.js';
import {
  chooseCallStyle,
  describeCog,
  describeFunction,
  findCalledMethod,
  findCogTarget,
  findServedEntry,
  getSignature,
  hasReadableSignature,
} from '../shapes/index.js';

/**
 * Completes the function interface that an agent reported, by the rules of the recipes: how inputs are passed, and where
 * the module is imported from. Values that the agent reported stay.
 */
export async function completeInterface(runInterface: RunInterface, workspace: string): Promise<RunInterface> {
  if (runInterface.type !== 'function' || ('call' in runInterface && 'paths' in runInterface)) return runInterface;
  // The agent's code may be broken; the checks report that better.
  const facts = await gatherFacts(workspace).catch(() => undefined);
  return { ...(facts && describeCalled(facts, runInterface)), ...runInterface };
}

function describeCalled(facts: Facts, runInterface: RunInterface): Partial<RunInterface> {
  const served = FunctionInterface.safeParse(runInterface);
  if (!served.success) return {};
  const method = served.data.callable.split('.').slice(1).join('.') || undefined;
  const entry = findServedEntry(facts, served.data);
  if (entry === undefined) return {};
  const cog = findCogTarget(facts);
  if (cog?.entry === entry && (method === undefined || method === 'predict'))
    return describeCog(facts, cog).runInterface;
  const called = method ?? (entry.kind === 'class' ? findCalledMethod(entry) : undefined);
  const style = hasReadableSignature(entry, called) ? chooseCallStyle(getSignature(entry, called).parameters) : 'auto';
  const { type, module, callable, ...rest } = describeFunction({ entry }, style);
  return rest;
}
