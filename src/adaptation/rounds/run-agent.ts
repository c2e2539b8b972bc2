import { join } from 'node:path';
import type { Agent, AgentDescription, AgentResult, Sandbox } from '../../agents/index.js';
import { BerthError } from '../../errors.js';
import { getGitDirectory } from '../../workspaces/git-repository.js';
import type { AdaptRequest } from '../adapt-request.js';
import { assertUnchanged, type Fingerprint, takeFingerprint } from '../change-review/index.js';
import { readAgentLimits } from './read-agent-limits.js';
import type { RoundRecord } from './round-record.js';

/** An agent and the round that it works on. */
export interface AgentTask {
  request: AdaptRequest;
  agent: Agent;
  description: AgentDescription;
  record: RoundRecord;
  /** Environment with keys and limits. */
  environment: NodeJS.ProcessEnv;
  findSandbox: () => Promise<Sandbox>;
  /** Notes for the user, collected during the round. */
  notes: Set<string>;
}

/**
 * Runs the agent once within the remaining budget. Its usage and session are recorded before this resolves.
 *
 * @throws BUDGET_REACHED before a run that exceeds the budget, ADAPTATION_FAILED after a run that changed guarded paths
 */
export async function runAgent(task: AgentTask, prompt: string, session: string | null): Promise<AgentResult> {
  const { request, agent, record, environment } = task;
  const { workspace, signal, onEvent, hiddenPaths } = request;
  const limits = readAgentLimits(environment, findDollarsLeft(task));
  const before = (await task.findSandbox()).isSandboxed ? undefined : await fingerprintOutside(request);
  let recording = Promise.resolve();
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
      recording = record.update({ session: { agent: agent.name, id } });
      request.onSession?.({ agent: agent.name, id });
    },
  });
  const result = await running.finally(() => recording);
  await recordUsage(task, result);
  signal?.throwIfAborted();
  if (before !== undefined && !result.isSandboxed) assertUnchanged(before, await fingerprintOutside(request));
  if (result.stopReason === 'finished') noteSandbox(task, result, before);
  return result;
}

/** Returns the remaining budget in dollars; null if it is unlimited. */
function findDollarsLeft({ request, record, agent, description, notes }: AgentTask): number | null {
  const { spent, budget } = request.round;
  if (budget.dollars === null) return null;
  if (!description.reportsCost) {
    notes.add(`${agent.name} does not report its cost, so the budget of $${budget.dollars} does not limit it`);
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
    const finding = before === undefined ? 'changes outside the workspace were not checked' : 'no guarded file changed';
    notes.add(`${agent.name} ran without a sandbox (${mechanism}); ${finding}`);
  }
}
