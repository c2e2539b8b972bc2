import type { Contract } from '../contract/example.js';
import { BerthError } from '../errors.js';
import { listSecrets } from '../secrets/index.js';
import { type ContractCheckResult, checkContract } from './check-contract.js';
import { RestartingHost } from './restarting-host.js';
import type { TrialHost } from './trial-host.js';
import type { CheckOutcome } from './verification.js';

export interface LocalContractCheck {
  contract: Contract;
  isUserCode?: boolean | undefined;
  findMissing?: ((text: string) => Promise<string[]>) | undefined;
  /** The software's variables, decrypted. */
  env: Record<string, string>;
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

/**
 * Makes the contract's calls to the trial's host process.
 *
 * @throws CONTRACT_FAILED with evidence
 */
export async function checkContractLocally(
  request: LocalContractCheck,
  host: TrialHost,
): Promise<CheckOutcome<ContractCheckResult>> {
  const { contract, isUserCode, findMissing, env, signal, onProgress } = request;
  onProgress?.(`checking the contract (${contract.source}, ${contract.examples.length} examples)`);
  const restartingHost = new RestartingHost(host, onProgress);
  const result = await checkContract({
    contract,
    isUserCode,
    findMissing,
    secrets: listSecrets(env),
    signal,
    call: (inputs) => restartingHost.call(inputs),
  });
  if (result.evidence === null) return { value: result, note: result.note };
  throw contractFailedError(result);
}

const origins = {
  user: 'given examples',
  repository: 'calls documented in the repository',
  weak: 'calls with its defaults',
  none: 'calls with its defaults',
};

/**
 * Creates the error for a contract that fails, locally or at the endpoint. Message and `evidence` may go to an agent.
 * `fullEvidence` is only for a person, and absent if it adds nothing.
 */
export function contractFailedError(
  result: Pick<ContractCheckResult, 'report' | 'evidence' | 'fullEvidence'>,
): BerthError {
  const { report, fullEvidence } = result;
  const evidence = result.evidence ?? '';
  const failed = report.examples - report.passed;
  const first = evidence
    .split('\n')
    .slice(0, 2)
    .map((line) => line.trim())
    .join(': ');
  const message = `${failed} of ${report.examples} ${origins[report.source]} failed; ${first}`;
  return new BerthError('CONTRACT_FAILED', message, { evidence, ...(fullEvidence !== null && { fullEvidence }) });
}
