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
  /** The software's variables in clear. */
  env: Record<string, string>;
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

/** Makes the contract's calls at the trial's host. CONTRACT_FAILED with evidence where the contract is not kept. */
export async function checkContractLocally(
  trial: LocalContractCheck,
  host: TrialHost,
): Promise<CheckOutcome<ContractCheckResult>> {
  const { contract, isUserCode, findMissing, env, signal, onProgress } = trial;
  onProgress?.(`checking the contract (${contract.source}, ${contract.examples.length} examples)`);
  const restartingHost = new RestartingHost(host, onProgress);
  const checked = await checkContract({
    ...{ contract, isUserCode, findMissing, secrets: listSecrets(env), signal },
    call: (inputs) => restartingHost.call(inputs),
  });
  if (checked.evidence === null) return { value: checked, note: checked.note };
  throw contractFailedError(checked);
}

const origins = {
  user: 'given examples',
  repository: 'calls that the repository documents',
  weak: 'calls with its defaults',
  none: 'calls with its defaults',
};

/**
 * Also for the check at the real endpoint. Message and `evidence` may go to an agent; `fullEvidence` is for a person
 * alone, and absent where it says no more.
 */
export function contractFailedError(
  checked: Pick<ContractCheckResult, 'report' | 'evidence' | 'fullEvidence'>,
): BerthError {
  const { report, fullEvidence } = checked;
  const evidence = checked.evidence ?? '';
  const failed = report.examples - report.passed;
  const first = evidence
    .split('\n')
    .slice(0, 2)
    .map((line) => line.trim())
    .join(': ');
  const message = `${failed} of ${report.examples} ${origins[report.source]} failed; ${first}`;
  return new BerthError('CONTRACT_FAILED', message, { evidence, ...(fullEvidence !== null && { fullEvidence }) });
}
