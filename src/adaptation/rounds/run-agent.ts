import { join } from 'node:path';
import type { Agent, AgentDescription, AgentResult, Sandbox } from '../../agents/index.js';
import { BerthError } from '../../errors.js';
import { getGitDirectory } from '../../workspaces/git-repository.js';
import type { AdaptRequest } from '../adapt-request.js';
import { assertUnchanged, type Fingerprint, takeFingerprint } from '../change-review/index.js';
import { readAgentLimits } from './read-agent-limits.js';
import type { RoundRecord } from './round-record.js';

/** An agent, and the round that it is to work on. */
export interface AgentTask {
  request: AdaptRequest;
  agent: Agent;
  description: AgentDescription;
  record: RoundRecord;
  /** Where keys and limits are looked for. */
  environment: NodeJS.ProcessEnv;
  findSandbox: () => Promise<Sandbox>;
  /** Filled on the way. */
  notes: Set<string>;
}

/**
 * Runs the agent once, within what is left of the budget: what it used up and its session are on record when this
 * resolves. Throws BUDGET_REACHED before a run that can't be paid, ADAPTATION_FAILED after one that changed what is
 * guarded.
 */
export async function runAgent(work: AgentTask, prompt: string, session: string | null): Promise<AgentResult> {
  const { request, agent, record, environment } = work;
  const { workspace, signal, onEvent, hiddenPaths } = request;
  const limits = readAgentLimits(environment, findDollarsLeft(work));
  const before = (await work.findSandbox()).isSandboxed ? undefined : await fingerprintOutside(request);
  let isNoted = Promise.resolve();
  const running = agent.run({
    prompt,
    workspace,
    stateDirectory: join(request.stateDirectory, agent.name),
    session,
    limits,
    environment,
    ...(hiddenPaths && { hiddenPaths: [...hiddenPaths] }),
    ...(signal && { signal }),
    ...(onEvent && { onEvent: (event) => onEvent({ ...event, agent: agent.name }) }),
    onSession: (id) => {
      isNoted = record.update({ session: { agent: agent.name, id } });
      request.onSession?.({ agent: agent.name, id });
    },
  });
  const result = await running.finally(() => isNoted);
  await recordUsage(work, result);
  signal?.throwIfAborted();
  if (before !== undefined && !result.isSandboxed) assertUnchanged(before, await fingerprintOutside(request));
  if (result.stopReason === 'finished') noteSandbox(work, result, before);
  return result;
}

/** Null: no bound. */
function findDollarsLeft({ request, record, agent, description, notes }: AgentTask): number | null {
  const { spent, budget } = request.round;
  if (budget.dollars === null) return null;
  if (!description.reportsCost) {
    notes.add(`${agent.name} does not say what it costs: the budget of $${budget.dollars} does not bind it`);
  }
  const used = spent.dollars + record.state.spent.dollars;
  if (used < budget.dollars) return budget.dollars - used;
  const message = `the budget of $${budget.dollars} is used up: $${used.toFixed(2)} in ${spent.rounds} rounds`;
  throw new BerthError('BUDGET_REACHED', message);
}

const fingerprintOutside = ({ guardedPaths, workspace, stateDirectory }: AdaptRequest): Promise<Fingerprint> =>
  takeFingerprint([...guardedPaths, getGitDirectory(workspace)], [workspace, stateDirectory]);

async function recordUsage({ agent, record }: AgentTask, result: AgentResult): Promise<void> {
  const { spent } = record.state;
  const { usage, cost, turns, session } = result;
  await record.update({
    spent: {
      dollars: spent.dollars + (cost ?? 0),
      tokens: spent.tokens + usage.inputTokens + usage.outputTokens,
      turns: spent.turns + turns,
    },
    ...(session !== null && { session: { agent: agent.name, id: session } }),
  });
}

function noteSandbox({ agent, notes }: AgentTask, { isSandboxed, mechanism }: AgentResult, before?: Fingerprint): void {
  if (isSandboxed) notes.add(`${agent.name} ran in a sandbox (${mechanism})`);
  else {
    const checked = before === undefined ? 'what it changed elsewhere was not looked at' : 'nothing guarded changed';
    notes.add(`${agent.name} ran without a sandbox (${mechanism}); ${checked}`);
  }
}
