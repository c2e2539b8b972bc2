import type { Contract } from '../contract/example.js';
import type { Facts } from '../contract/facts.js';
import type { ContractReport, Environment, VerificationCheck } from '../contract/revision.js';
import { FunctionInterface, type RunInterface } from '../contract/run-interface.js';
import type { Environments } from '../environments/index.js';
import { BerthError } from '../errors.js';
import type { ContractCheckResult } from './check-contract.js';
import { checkContractLocally } from './check-contract-locally.js';
import { checkSyntax, describeUnreachedErrors } from './check-syntax.js';
import { findCalledFile } from './find-called-file.js';
import { findEntryFile } from './find-entry-file.js';
import { TrialHost, type TrialOptions, type TrialPlan } from './trial-host.js';
import { type CheckOutcome, Verification } from './verification.js';

export interface VerifyRequest {
  /** Directory of the exported revision. */
  code: string;
  /** Facts about the revision, which may contain more files than the source. */
  facts: Facts;
  runInterface: RunInterface;
  /** Value of `--entry`, if the interface calls it. */
  entry?: string | undefined;
  contract: Contract;
  /** See `ContractCheckRequest`. */
  isUserCode?: boolean | undefined;
  /** See `ContractCheckRequest`. */
  findMissing?: ((text: string) => Promise<string[]>) | undefined;
  /** Null if the strategy provides the environment that the code runs in. */
  environments: Environments | null;
  /** Directory to install the revision's own package in, if it is one. */
  packageDirectory: string;
  /** Requirement lines of the strategy. */
  strategyRequirements?: string[] | undefined;
  /** Resolves the requirements again, to get newer releases. */
  isFresh?: boolean | undefined;
  /** Called with the environment's path before it is used. */
  claim?: ((path: string) => Promise<void>) | undefined;
  plan: TrialPlan;
  /** The software's variables, decrypted. */
  env: Record<string, string>;
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

export interface VerifiedWorkspace {
  environment: Environment | null;
  checks: VerificationCheck[];
  contract: ContractReport;
  /** Sentences about choices that the user did not make. */
  notes: string[];
}

/**
 * Runs the local checks of the verification: structure → syntax → install → import → contract locally. Only functions can
 * be called here. For other interfaces the environment is prepared, if there is one, and the endpoint is checked later.
 * Leaves nothing running.
 *
 * @throws ADAPTATION_FAILED, PYTHON_SYNTAX, DEPENDENCY_UNRESOLVED, DEPENDENCY_INSTALL, IMPORT_FAILED, START_FAILED or
 * CONTRACT_FAILED, with evidence; `details.checks` lists the passed checks
 */
export async function verifyWorkspace(request: VerifyRequest): Promise<VerifiedWorkspace> {
  const { runInterface, environments } = request;
  if (environments === null || runInterface.type !== 'function') return await verifyOther(request, environments);
  return await verifyFunction({ ...request, environments });
}

interface FunctionRequest extends VerifyRequest {
  environments: Environments;
}

async function verifyFunction(request: FunctionRequest): Promise<VerifiedWorkspace> {
  const verification = new Verification();
  const { runInterface, file } = await verification.run('structure', () => readInterface(request));
  await verification.run('syntax', () => checkEntrySyntax(request, file));
  const environment = await verification.run('install', () => install(request, file));
  const { report } = await runTrial(request, verification, { environment, runInterface });
  const otherErrors = describeUnreachedErrors(request.facts, file);
  return {
    environment,
    checks: verification.checks,
    contract: report,
    notes: [...request.facts.notes, ...environment.notes, ...otherErrors],
  };
}

async function runTrial(
  request: VerifyRequest,
  verification: Verification,
  prepared: Pick<TrialOptions, 'environment' | 'runInterface'>,
): Promise<ContractCheckResult> {
  const { plan, code, env, signal, onProgress } = request;
  const { module, callable } = prepared.runInterface;
  const note = `${module}:${callable}`;
  const host = new TrialHost({ plan, code, env, signal, onProgress, ...prepared });
  try {
    onProgress?.(`importing ${module}`);
    await verification.run('import', async () => ({ value: await startHost(host, request), note }));
    return await verification.run('contract locally', () => checkContractLocally(request, host));
  } finally {
    await host.stop();
  }
}

/**
 * Starts the host process. If the imported module lacks the entry that the user named, only the user can fix that, not
 * an agent.
 *
 * @throws ENTRY_NOT_FOUND, and the errors of `TrialHost.start`
 */
async function startHost(host: TrialHost, { entry }: VerifyRequest): Promise<void> {
  try {
    await host.start();
  } catch (error) {
    const candidates = error instanceof BerthError ? error.details.candidates : undefined;
    if (!(error instanceof BerthError) || candidates === undefined || entry === undefined) throw error;
    const message = `--entry ${entry}: ${error.message.replace('the start failed: ', '')}`;
    throw new BerthError('ENTRY_NOT_FOUND', message, { ...error.details, entry }, { cause: error });
  }
}

async function verifyOther(request: VerifyRequest, environments: Environments | null): Promise<VerifiedWorkspace> {
  const verification = new Verification();
  verification.defer('structure');
  verification.defer('syntax');
  if (environments === null) verification.defer('install');
  const file = findCalledFile(request.runInterface, request.facts);
  const environment =
    environments && (await verification.run('install', () => install({ ...request, environments }, file)));
  verification.defer('import');
  verification.defer('contract locally');
  const { source, examples } = request.contract;
  const contract = { source, examples: examples.length, passed: 0 };
  return {
    environment,
    checks: verification.checks,
    contract,
    notes: [...request.facts.notes, ...(environment?.notes ?? [])],
  };
}

interface LocatedInterface {
  runInterface: FunctionInterface;
  /** Null if only an installed package provides the module. */
  file: string | null;
}

async function readInterface({
  code,
  facts,
  runInterface,
  entry,
}: VerifyRequest): Promise<CheckOutcome<LocatedInterface>> {
  const { success, data, error } = FunctionInterface.safeParse(runInterface);
  if (!success) {
    const problems = error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ');
    throw new BerthError('ADAPTATION_FAILED', `the run interface does not describe a function: ${problems}`, {
      evidence: JSON.stringify(runInterface),
    });
  }
  const file = await findEntryFile(code, facts, data, entry !== undefined);
  return { value: { runInterface: data, file }, note: file ?? `${data.module} comes from an installed package` };
}

async function checkEntrySyntax(request: FunctionRequest, file: string | null): Promise<CheckOutcome<null>> {
  if (file === null) return { value: null, note: 'checked by the import' };
  const { code, facts, environments, signal, onProgress } = request;
  const interpreter = await environments.chooseInterpreter(facts, {
    code: { directory: code, entry: file },
    signal,
    onProgress,
  });
  const files = await checkSyntax({ code, facts, file, interpreter, signal });
  return { value: null, note: `${files} ${files === 1 ? 'file' : 'files'}, Python ${interpreter.version}` };
}

async function install(request: FunctionRequest, entry: string | null): Promise<CheckOutcome<Environment>> {
  const { code, facts, environments, packageDirectory, strategyRequirements, isFresh, claim, env, signal, onProgress } =
    request;
  const environment = await environments.prepare({
    directory: code,
    facts,
    entry,
    env,
    packageDirectory,
    strategyRequirements,
    isFresh,
    claim,
    signal,
    onProgress,
  });
  return { value: environment, note: `Python ${environment.pythonVersion}` };
}
