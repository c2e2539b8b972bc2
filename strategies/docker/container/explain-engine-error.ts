import type { RunPlan } from '../../../src/contract/handle.js';
import { BerthError } from '../../../src/errors.js';
import { getStatusCode } from '../../../src/runners/containers/index.js';

/** Resources that the engine enforces. */
const enforcedResources = ['cpu', 'memory', 'gpu'] as const;

/** Words for resources in messages of the engine, its runtime and the kernel. */
const resourcePattern = /limit|memory|cpu|cgroup|device driver/i;

/**
 * Explains why the engine refused to create or start a container: RESOURCE_INVALID when the requested resources are the
 * reason, otherwise START_FAILED. Returns any other error unchanged.
 */
export function explainEngineError(error: unknown, { deployment, resources }: RunPlan): unknown {
  if (error instanceof BerthError || getStatusCode(error) === undefined) return error;
  const reason = readMessage(error as EngineError); // an error with a status is dockerode's
  const requested = enforcedResources
    .filter((name) => resources[name] !== undefined)
    .map((name) => `${name}=${resources[name]}`);
  const facts = [{ name: deployment }, { cause: error }] as const;
  if (requested.length > 0 && resourcePattern.test(reason))
    return new BerthError('RESOURCE_INVALID', `the engine refuses ${requested.join(', ')}: ${reason}`, ...facts);
  return new BerthError('START_FAILED', `the engine cannot start the container: ${reason}`, ...facts);
}

/** Recognizes a start for which the engine found no free port. */
export const isPortTaken = (error: unknown): boolean =>
  getStatusCode(error) !== undefined &&
  /address already in use|port is already allocated/.test(readMessage(error as EngineError));

interface EngineError extends Error {
  json?: { message?: string };
}

const readMessage = ({ json, message }: EngineError): string => json?.message ?? message;
