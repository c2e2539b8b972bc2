import type { Facts } from '../../contract/facts.js';
import type { RunInterface } from '../../contract/run-interface.js';
import { gatherFacts } from '../../selection/index.js';
import {
  chooseCallStyle,
  cogEntryOf,
  describeCog,
  describeFunction,
  findCalledMethod,
  signatureOf,
} from '../shapes/index.js';

/**
 * Adds what an agent left out of a function's interface, by the rule that a recipe follows for the same callable: how its
 * inputs are handed over, and where it is imported from. What the agent said stays.
 */
export async function completeInterface(runInterface: RunInterface, workspace: string): Promise<RunInterface> {
  if (runInterface.type !== 'function' || ('call' in runInterface && 'paths' in runInterface)) return runInterface;
  // What the agent left may be broken: the checks say so, and better.
  const facts = await gatherFacts(workspace).catch(() => undefined);
  return { ...(facts && describeCalled(facts, runInterface)), ...runInterface };
}

function describeCalled(facts: Facts, { module, callable }: RunInterface): Partial<RunInterface> {
  const [name, method] = String(callable).split('.');
  const entry = facts.entryPoints.find((one) => one.module === module && one.callable === name);
  if (entry === undefined) return {};
  const cog = cogEntryOf(facts);
  if (cog?.entry === entry && (method === undefined || method === 'predict'))
    return describeCog(facts, cog).runInterface;
  const { parameters } = signatureOf(entry, method ?? (entry.kind === 'class' ? findCalledMethod(entry) : undefined));
  const { call, paths } = describeFunction({ entry }, chooseCallStyle(parameters));
  return { call, paths };
}
