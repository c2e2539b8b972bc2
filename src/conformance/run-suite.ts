import { stripVTControlCharacters } from 'node:util';
import { BerthError } from '../errors.js';
import type { SuiteGroup } from './suite.js';

export interface CheckResult {
  group: string;
  name: string;
  /** `skipped`: the software did not start, or the run was interrupted. */
  outcome: 'passed' | 'failed' | 'skipped';
  milliseconds: number;
  /** Actual and expected result; null if it passed. */
  evidence: string | null;
}

export interface SuiteOptions {
  signal: AbortSignal;
  /** Called before each check; `onResult` after it. */
  onBegin: (name: string) => void;
  onResult: (result: CheckResult) => void;
}

/** Runs the checks sequentially. Always tears down each group. */
export async function runSuite(groups: readonly SuiteGroup[], options: SuiteOptions): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  const report = (result: CheckResult) => {
    results.push(result);
    options.onResult(result);
  };
  for (const group of groups) await runGroup(group, { ...options, onResult: report });
  return results;
}

/** Seconds that setting up a group may take, and tearing it down. */
const groupTimeout = 900;

async function runGroup({ name: group, setUp, checks, tearDown }: SuiteGroup, options: SuiteOptions): Promise<void> {
  const { signal, onBegin, onResult } = options;
  /** Runs a step that is not a check, and reports only its failure. */
  const runStep = async (name: string, run: () => Promise<void>): Promise<boolean> => {
    onBegin(name);
    const result = await runCheck(run, groupTimeout);
    if (result.outcome === 'failed') onResult({ group, name, ...result });
    return result.outcome === 'passed';
  };
  const isUp = !signal.aborted && (await runStep('the software starts', setUp));
  for (const { name, run, timeout } of checks) {
    const isRunnable = isUp && !signal.aborted;
    if (isRunnable) onBegin(name);
    onResult({ group, name, ...(isRunnable ? await runCheck(run, timeout) : skipped) });
  }
  await runStep('the software is removed', tearDown);
}

type Outcome = Pick<CheckResult, 'outcome' | 'milliseconds' | 'evidence'>;

const skipped: Outcome = { outcome: 'skipped', milliseconds: 0, evidence: null };

async function runCheck(run: () => Promise<void>, timeout: number): Promise<Outcome> {
  const startedAt = performance.now();
  const measure = () => Math.round(performance.now() - startedAt);
  try {
    await withTimeout(timeout, run());
    return { outcome: 'passed', milliseconds: measure(), evidence: null };
  } catch (error) {
    return { outcome: 'failed', milliseconds: measure(), evidence: describe(error) };
  }
}

async function withTimeout(seconds: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it did not finish within ${seconds} s`)), seconds * 1000);
  });
  try {
    await Promise.race([work, expiry]);
  } finally {
    clearTimeout(timer);
  }
}

function describe(error: unknown): string {
  if (error instanceof BerthError)
    return [`${error.code} ${error.message}`, error.details.evidence ?? ''].join('\n').trim();
  return stripVTControlCharacters(error instanceof Error ? error.message : String(error));
}
