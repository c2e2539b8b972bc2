import { stripVTControlCharacters } from 'node:util';
import { BerthError } from '../errors.js';
import type { SuiteGroup } from './suite.js';

export interface CheckResult {
  group: string;
  name: string;
  /** `skipped`: what it looks at did not come up, or the run was interrupted. */
  outcome: 'passed' | 'failed' | 'skipped';
  milliseconds: number;
  /** What came and what was expected; null when it passed. */
  evidence: string | null;
}

export interface SuiteOptions {
  signal: AbortSignal;
  /** Told before and after each. */
  onBegin: (name: string) => void;
  onResult: (result: CheckResult) => void;
}

/** Runs the checks one after another; whatever becomes of them, each group is ended. */
export async function runSuite(groups: readonly SuiteGroup[], options: SuiteOptions): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  const report = (result: CheckResult) => {
    results.push(result);
    options.onResult(result);
  };
  for (const group of groups) await runGroup(group, { ...options, onResult: report });
  return results;
}

/** Seconds that a group has to come up, and to end. */
const groupTimeout = 900;

async function runGroup({ name: group, setUp, checks, tearDown }: SuiteGroup, options: SuiteOptions): Promise<void> {
  const { signal, onBegin, onResult } = options;
  /** Told only when it fails: it is no check of its own. */
  const isDone = async (name: string, run: () => Promise<void>): Promise<boolean> => {
    onBegin(name);
    const result = await runCheck(run, groupTimeout);
    if (result.outcome === 'failed') onResult({ group, name, ...result });
    return result.outcome === 'passed';
  };
  const isUp = !signal.aborted && (await isDone('the software starts', setUp));
  for (const { name, run, timeout } of checks) {
    const isAsked = isUp && !signal.aborted;
    if (isAsked) onBegin(name);
    onResult({ group, name, ...(isAsked ? await runCheck(run, timeout) : skipped) });
  }
  await isDone('what was started is ended', tearDown);
}

type Outcome = Pick<CheckResult, 'outcome' | 'milliseconds' | 'evidence'>;

const skipped: Outcome = { outcome: 'skipped', milliseconds: 0, evidence: null };

async function runCheck(run: () => Promise<void>, patience: number): Promise<Outcome> {
  const begun = performance.now();
  const since = () => Math.round(performance.now() - begun);
  try {
    await withTimeout(patience, run());
    return { outcome: 'passed', milliseconds: since(), evidence: null };
  } catch (error) {
    return { outcome: 'failed', milliseconds: since(), evidence: describe(error) };
  }
}

async function withTimeout(seconds: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it was not over within ${seconds} s`)), seconds * 1000);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function describe(error: unknown): string {
  if (error instanceof BerthError)
    return [`${error.code} ${error.message}`, error.details.evidence ?? ''].join('\n').trim();
  return stripVTControlCharacters(error instanceof Error ? error.message : String(error));
}
