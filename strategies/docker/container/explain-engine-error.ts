import type { RunPlan } from '../../../src/contract/handle.js';
import { BerthError } from '../../../src/errors.js';
import { getStatusCode } from '../../../src/runners/containers/index.js';

/** Resources that the engine is asked to enforce. */
const enforcedResources = ['cpu', 'memory', 'gpu'] as const;

/** How the engine, its runtime and the kernel speak of them. */
const resourcePattern = /limit|memory|cpu|cgroup|device driver/i;

/**
 * Why the engine refused to make or start a container, in its words: RESOURCE_INVALID when that is for the resources that
 * were asked for, else START_FAILED. What is no refusal of the engine is left as it is.
 */
export function explainEngineError(error: unknown, { deployment, resources }: RunPlan): unknown {
  if (error instanceof BerthError || getStatusCode(error) === undefined) return error;
  const words = readMessage(error as EngineError); // dockerode's, because it has a status
  const asked = enforcedResources
    .filter((name) => resources[name] !== undefined)
    .map((name) => `${name}=${resources[name]}`);
  const facts = [{ name: deployment }, { cause: error }] as const;
  if (asked.length > 0 && resourcePattern.test(words))
    return new BerthError('RESOURCE_INVALID', `the engine refuses ${asked.join(', ')}: ${words}`, ...facts);
  return new BerthError('START_FAILED', `the engine cannot start the container: ${words}`, ...facts);
}

/** Of a start for which the engine found no port that is free. */
export const isPortTaken = (error: unknown): boolean =>
  getStatusCode(error) !== undefined &&
  /address already in use|port is already allocated/.test(readMessage(error as EngineError));

interface EngineError extends Error {
  json?: { message?: string };
}

const readMessage = ({ json, message }: EngineError): string => json?.message ?? message;
