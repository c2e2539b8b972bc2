import { codes } from '../errors.js';
import type { DiagnosticCheck } from '../stack/index.js';
import type { Colors } from './colors.js';
import { defineCommand } from './command.js';
import { type Cell, renderTable } from './table.js';

export const doctor = defineCommand({
  name: 'doctor',
  summary: 'check this machine and say how to fix problems',
  arguments: {},
  options: {},
  async run({ output }) {
    const [{ diagnose }, { StrategyRegistry }, { checkCodingAgents }, { checkProviders }] = await Promise.all([
      import('../stack/index.js'),
      import('../registry/index.js'),
      import('./check-coding-agents.js'),
      import('./check-providers.js'),
    ]);
    const registry = await StrategyRegistry.scan();
    const found = await Promise.all([diagnose(registry), checkProviders(registry), checkCodingAgents()]);
    const checks = found.flat();
    await output.result(checks, (colors) => renderChecks(checks, colors));
    return checks.some(({ ok, isRequired }) => isRequired && !ok) ? codes.TOOL_MISSING.exit : 0;
  },
});

export function renderChecks(checks: DiagnosticCheck[], colors: Colors): string {
  const rows = checks.map((check): Cell[] => [
    { text: check.name, paint: colors.bold },
    describeState(check, colors),
    { text: check.remedy === null ? check.detail : `${check.detail} → ${check.remedy}` },
  ]);
  return renderTable(rows);
}

function describeState({ ok, isRequired, isBroken }: DiagnosticCheck, colors: Colors): Cell {
  if (ok) return { text: 'ok', paint: colors.green };
  if (isBroken) return { text: 'broken', paint: colors.red };
  return isRequired ? { text: 'missing', paint: colors.red } : { text: 'absent', paint: colors.yellow };
}
