import { type AgentDescription, AgentRegistry } from '../agents/index.js';
import { BerthError } from '../errors.js';
import { berthHome } from '../home/home.js';
import type { DiagnosticCheck } from '../stack/index.js';

/** Checks each coding agent, in the order in which `auto` tries them. None is required: recipes need no agent. */
export async function checkCodingAgents(): Promise<DiagnosticCheck[]> {
  try {
    const registry = await AgentRegistry.load(berthHome());
    return (await registry.describeAgents()).map(toDiagnosticCheck);
  } catch (error) {
    const { code, message, next } = BerthError.from(error);
    if (code !== 'AGENT_CONFIG') throw error;
    return [{ name: 'agents', ok: false, detail: message, remedy: next, isRequired: false }];
  }
}

export function toDiagnosticCheck({
  name,
  isUsable,
  missing,
  version,
  program,
  model,
  reportsCost,
}: AgentDescription): DiagnosticCheck {
  const facts = [version, program, model && `model ${model}`, reportsCost ? null : 'reports no cost'];
  return {
    name: `agent ${name}`,
    ok: isUsable,
    detail: isUsable ? facts.filter(Boolean).join(', ') : 'not set up',
    remedy: isUsable ? null : missing.map(describeRemedy).join('; '),
    isRequired: false,
  };
}

/** Describes how to get a missing variable, one of several variables, or a program. */
const describeRemedy = (what: string): string =>
  /^[A-Z][A-Z0-9_]*( or [A-Z][A-Z0-9_]*)*$/.test(what) ? `set ${what}` : `install ${what.replace('the program ', '')}`;
