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
  /** Of the revision: an adaptation may have added files. */
  facts: Facts;
  runInterface: RunInterface;
  /** What the user named with `--entry`, where that is what the interface calls. */
  entry?: string | undefined;
  contract: Contract;
  /** Whether no agent changed the code, so that only what somebody stated can fail. */
  isUserCode?: boolean | undefined;
  /** See `ContractCheck`. */
  findMissing?: ((text: string) => Promise<string[]>) | undefined;
  /** Null: the strategy brings itself what the code runs in. */
  environments: Environments | null;
  /** Where the revision's own package is installed, if it is one. */
  packageDirectory: string;
  /** Requirement lines of the strategy. */
  strategyRequirements?: string[] | undefined;
  /** Whether requirements are resolved anew, to take newer releases. */
  isFresh?: boolean | undefined;
  /** Told the environment's path before it is used. */
  claim?: ((path: string) => Promise<void>) | undefined;
  plan: TrialPlan;
  /** The software's variables in clear. */
  env: Record<string, string>;
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

export interface VerifiedWorkspace {
  environment: Environment | null;
  checks: VerificationCheck[];
  contract: ContractReport;
  /** Choices that the user did not make, in whole sentences. */
  notes: string[];
}

/**
 * Climbs the ladder's local rungs: structure → syntax → install → import → contract locally. Only a function can be
 * tried here; for other interfaces the environment is prepared, where there is one, and the rest is left to the endpoint.
 *
 * Throws ADAPTATION_FAILED, PYTHON_SYNTAX, DEPENDENCY_UNRESOLVED, DEPENDENCY_INSTALL, IMPORT_FAILED, START_FAILED or
 * CONTRACT_FAILED, each with evidence; `details.ladder` says what had passed. Whatever happens, nothing is left running.
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
  const ladder = new Verification();
  const { runInterface, file } = await ladder.run('structure', () => readInterface(request));
  await ladder.run('syntax', () => checkEntrySyntax(request, file));
  const environment = await ladder.run('install', () => install(request, file));
  const { report } = await runTrial(request, ladder, { environment, runInterface });
  const otherErrors = describeUnreachedErrors(request.facts, file);
  return {
    environment,
    checks: ladder.checks,
    contract: report,
    notes: [...request.facts.notes, ...environment.notes, ...otherErrors],
  };
}

async function runTrial(
  request: VerifyRequest,
  ladder: Verification,
  made: Pick<TrialOptions, 'environment' | 'runInterface'>,
): Promise<ContractCheckResult> {
  const { plan, code, env, signal, onProgress } = request;
  const { module, callable } = made.runInterface;
  const note = `${module}:${callable}`;
  const host = new TrialHost({ plan, code, env, signal, onProgress, ...made });
  try {
    onProgress?.(`importing ${module}`);
    await ladder.run('import', async () => ({ value: await startHost(host, request), note }));
    return await ladder.run('contract locally', () => checkContractLocally(request, host));
  } finally {
    await host.stop();
  }
}

/** Starts the host. What the user named and the imported module does not have is the user's to mend, and no agent's. */
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
  const ladder = new Verification();
  ladder.defer('structure');
  ladder.defer('syntax');
  if (environments === null) ladder.defer('install');
  const file = findCalledFile(request.runInterface, request.facts);
  const environment = environments && (await ladder.run('install', () => install({ ...request, environments }, file)));
  ladder.defer('import');
  ladder.defer('contract locally');
  const { source, examples } = request.contract;
  const contract = { source, examples: examples.length, passed: 0 };
  return {
    environment,
    checks: ladder.checks,
    contract,
    notes: [...request.facts.notes, ...(environment?.notes ?? [])],
  };
}

interface LocatedInterface {
  runInterface: FunctionInterface;
  /** Null when the module comes with the installed package alone. */
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
    throw new BerthError('ADAPTATION_FAILED', `the run interface is no function’s: ${problems}`, {
      evidence: JSON.stringify(runInterface),
    });
  }
  const file = await findEntryFile(code, facts, data, entry !== undefined);
  return { value: { runInterface: data, file }, note: file ?? `${data.module} is left to what is installed` };
}

async function checkEntrySyntax(request: FunctionRequest, file: string | null): Promise<CheckOutcome<null>> {
  if (file === null) return { value: null, note: 'left to the import' };
  const { code, facts, environments, signal, onProgress } = request;
  const interpreter = await environments.chooseInterpreter(facts, {
    place: { directory: code, entry: file },
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
