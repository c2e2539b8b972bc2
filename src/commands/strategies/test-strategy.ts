import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, isAbsolute, join, resolve } from 'node:path';
import {
  buildConformance,
  type CheckResult,
  createSuite,
  killProcessesBelow,
  runSuite,
} from '../../conformance/index.js';
import { BerthError } from '../../errors.js';
import { berthHome } from '../../home/home.js';
import { describeNeeds, StrategyRegistry } from '../../registry/index.js';
import type { Colors } from '../colors.js';
import type { Output } from '../output.js';
import { type Cell, renderTable } from '../table.js';

interface Report {
  strategy: string;
  directory: string;
  passed: number;
  failed: number;
  skipped: number;
  checks: CheckResult[];
}

export interface TestOptions {
  /** One of the strategy's `providers`; its default one when undefined. */
  provider: string | undefined;
  /** True if the user allowed costs with `--yes`. */
  maySpend: boolean;
  output: Output;
  signal: AbortSignal;
}

/** Runs the conformance suite against a strategy, given by name or directory. Returns 1 unless every check passes. */
export async function testStrategy(
  which: string,
  { provider, maySpend, output, signal }: TestOptions,
): Promise<number> {
  const { registry, name } = await findStrategy(which);
  const { directory } = registry.requireReady(name);
  requireSpendingAllowed(registry, name, { which, provider, maySpend });
  await requireNeeds(registry, name, provider);
  const scratch = await realpath(await mkdtemp(join(tmpdir(), 'berth-conformance-')));
  try {
    const onProgress = (line: string) => output.progress.begin(line);
    const conformance = await buildConformance({ registry, name, provider, home: berthHome(), scratch, onProgress });
    const checks = await runSuite(createSuite(conformance), { signal, onBegin: onProgress, onResult: () => {} });
    output.progress.end();
    const report = summarizeChecks({ strategy: name, directory, checks });
    await output.result(report, (colors) => renderReport(report, colors));
    if (signal.aborted) throw new BerthError('ABORTED', 'interrupted; nothing was left running');
    return report.passed === checks.length ? 0 : 1;
  } finally {
    await killProcessesBelow(scratch); // in case the strategy's own undo failed
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Finds a strategy by its directory if the argument looks like a path, else by its name. */
async function findStrategy(which: string): Promise<{ registry: StrategyRegistry; name: string }> {
  const isPath = isAbsolute(which) || /[/\\]|^\.\.?$/.test(which);
  if (!isPath) {
    const registry = await StrategyRegistry.scan();
    registry.getEntry(which);
    return { registry, name: which };
  }
  const directory = resolve(which);
  return { registry: await StrategyRegistry.open(directory), name: basename(directory) };
}

interface SpendingRequest {
  which: string;
  provider: string | undefined;
  maySpend: boolean;
}

/** Refuses to spend money without consent, or when the suite could not find orphans in the cloud. */
function requireSpendingAllowed(
  registry: StrategyRegistry,
  name: string,
  { which, provider, maySpend }: SpendingRequest,
): void {
  const strategy = registry.getStrategy(name);
  const isProviderChosen = provider !== undefined && strategy.providers.includes(provider);
  const billed = isProviderChosen ? `${provider} bills for usage` : strategy.billed;
  if (billed === undefined) return;
  const refuse = (reason: string) =>
    new BerthError('STRATEGY_UNAVAILABLE', `cannot test ${name}, which costs money (${billed}): ${reason}`);
  if (registry.getConformance(name).module === null)
    throw refuse('it has no conformance module to find orphans in its cloud');
  const command = ['berth strategies test', which, ...(isProviderChosen ? ['--provider', provider] : []), '--yes'];
  if (!maySpend) throw refuse(`allow it with ${command.join(' ')}`);
}

async function requireNeeds(registry: StrategyRegistry, name: string, provider: string | undefined): Promise<void> {
  const unmet = await registry.findUnmetNeeds(name, provider);
  if (unmet.length === 0) return;
  throw new BerthError('TOOL_MISSING', `cannot test ${name} on this machine: ${describeNeeds(unmet)}`);
}

function summarizeChecks(found: Pick<Report, 'strategy' | 'directory' | 'checks'>): Report {
  const count = (outcome: CheckResult['outcome']) => found.checks.filter((check) => check.outcome === outcome).length;
  return { ...found, passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
}

export function renderReport({ checks, passed, failed, skipped }: Report, colors: Colors): string {
  const groups = [...new Set(checks.map(({ group }) => group))];
  const parts = groups.map((group) => [
    colors.bold(group),
    renderTable(checks.filter((check) => check.group === group).map((check) => renderCheck(check, colors))),
  ]);
  const failures = checks.filter(({ evidence }) => evidence !== null);
  const evidence = failures.map((check) => [
    colors.red(check.name),
    ...(check.evidence ?? '').split('\n').map((line) => `  ${line}`),
  ]);
  const summary = `${passed} passed, ${failed} failed, ${skipped} skipped`;
  return [...parts, ...evidence, [failed + skipped === 0 ? colors.green(summary) : colors.red(summary)]]
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function renderCheck({ name, outcome, milliseconds }: CheckResult, colors: Colors): Cell[] {
  const paint = { passed: colors.green, failed: colors.red, skipped: colors.yellow }[outcome];
  return [
    { text: `  ${outcome}`, paint },
    { text: `${milliseconds} ms`.padStart(9), paint: colors.dim },
    { text: name },
  ];
}
