import { BerthError } from '../../errors.js';
import type { AdaptationOutcome } from '../adapt-request.js';
import { readChange, reviewChange } from '../change-review/index.js';
import {
  buildContinuation,
  buildPrompt,
  buildRetryPrompt,
  gatherPromptInput,
  type PromptInput,
  type PromptRequest,
} from '../prompt/index.js';
import { completeInterface } from './complete-interface.js';
import { type AgentReport, parseAgentReport } from './parse-agent-report.js';
import { type AgentTask, runAgent } from './run-agent.js';
import { toStopError } from './stop-error.js';
import { summarizeProgress } from './summarize-progress.js';

export type PromptSource = Pick<PromptRequest, 'registry' | 'home'>;

/** Maximum number of repeated requests for the agent's report. */
const maxRetries = 2;

/**
 * Carries out one round with one agent: prompts it, asks again for a missing report, and reviews the change. The usage
 * is in the result, and in the details of each error: `agent`, `sessionId`, `rounds`, `dollars`, `tokens`.
 *
 * @throws AGENT_BUSY, AGENT_UNUSABLE, BUDGET_REACHED, or ADAPTATION_FAILED with evidence for the next round
 */
export async function runAgentRound(task: AgentTask, source: PromptSource): Promise<AdaptationOutcome> {
  const { request, agent, record, notes } = task;
  const { workspace, contract, round, onProgress } = request;
  onProgress?.(`${agent.name} adapts the workspace (round ${round.number})`);
  try {
    const { runInterface: reported, endpointUrl, summary } = await obtainReport(task, source);
    const runInterface = await completeInterface(reported, workspace);
    await record.update({ runInterface });
    if (endpointUrl !== null) notes.add(`${agent.name} reported the address ${endpointUrl}, which Berth does not use`);
    await reviewChange(workspace, contract);
    const { spent, session } = record.state;
    const usage = { rounds: 1, cost: spent.dollars, tokens: spent.tokens, sessionId: session?.id ?? null };
    return { by: agent.name, summary, runInterface, ...usage, notes: [...notes] };
  } catch (error) {
    throw await concludeRound(task, error);
  }
}

/** Adds the usage to an error, and records it as the end of the round unless a retry may succeed. */
async function concludeRound({ request, agent, record, notes }: AgentTask, cause: unknown): Promise<unknown> {
  if (request.signal?.aborted || !(cause instanceof BerthError)) return cause;
  const isFinal = cause.code === 'ADAPTATION_FAILED' || cause.code === 'BUDGET_REACHED';
  const { spent, session } = record.state;
  const details = {
    agent: agent.name,
    ...(session?.agent === agent.name && { sessionId: session.id }),
    rounds: isFinal && spent.turns > 0 ? 1 : 0,
    dollars: spent.dollars,
    tokens: spent.tokens,
    notes: [...notes],
  };
  const error = new BerthError(cause.code, cause.message, { ...cause.details, ...details }, { cause });
  if (isFinal) await record.update({ error: error.toRecord() });
  return error;
}

async function obtainReport(task: AgentTask, source: PromptSource): Promise<AgentReport> {
  const { request, agent, record, notes } = task;
  const type = request.setting.runInterface.type;
  const recorded = readRecordedReport(task, type);
  if (recorded !== undefined) return recorded;
  let { input, prompt, session } = await startRound(task, source);
  for (let retries = 0, hasLostSession = false; ; ) {
    const result = await runAgent(task, prompt, session);
    if (result.stopReason === 'session-lost' && session !== null && !hasLostSession) {
      hasLostSession = true;
      notes.add(`${agent.name} could not continue its session and started a new one`);
      input = { ...input, learned: await summarizeProgress(request.workspace), isInterrupted: false };
      [prompt, session] = [buildPrompt(input), null];
      continue;
    }
    const stop = toStopError(agent.name, result);
    if (stop !== undefined) throw stop;
    await record.update({ message: { agent: agent.name, text: result.message, notes: [...notes] } });
    const report = parseAgentReport(result.message, type);
    if (!('problem' in report)) return report;
    if (retries === maxRetries || result.session === null) throw await missingReportError(task, report.problem);
    retries += 1;
    request.onProgress?.(`asking ${agent.name} again: ${report.problem}`);
    [prompt, session] = [buildRetryPrompt(input, report.problem), result.session];
  }
}

/** Returns the report of a run that finished before its worker was killed. */
function readRecordedReport({ agent, record, notes }: AgentTask, type: string): AgentReport | undefined {
  const { message } = record.state;
  if (message?.agent !== agent.name) return undefined;
  const report = parseAgentReport(message.text, type);
  if ('problem' in report) return undefined;
  for (const note of message.notes) notes.add(note);
  return report;
}

interface RoundStart {
  input: PromptInput;
  prompt: string;
  session: string | null;
}

/** Resumes the session if there is one. Sends the complete task unless the session certainly contains it. */
async function startRound({ request, agent, record }: AgentTask, source: PromptSource): Promise<RoundStart> {
  const { solution, setting, workspace, facts, contract, entry, round } = request;
  const isInterrupted = record.state.session?.agent === agent.name;
  const known = round.session?.agent === agent.name ? round.session.id : null;
  const session = (isInterrupted ? record.state.session?.id : known) ?? null;
  const knowsTask = session !== null && session === known;
  const isFirst = round.number === 1 && record.state.session === null;
  const progress = knowsTask || isFirst ? null : await summarizeProgress(workspace);
  const learned = [round.learned, progress].filter((part) => part !== null);
  const input = await gatherPromptInput({
    ...source,
    directory: workspace,
    solution,
    setting,
    facts,
    contract,
    entry,
    isInterrupted,
    evidence: round.evidence,
    hint: round.hint,
    learned: learned.join('\n\n'),
  });
  return { input, session, prompt: knowsTask ? buildContinuation(input) : buildPrompt(input) };
}

async function missingReportError({ request, agent }: AgentTask, problem: string): Promise<BerthError> {
  const { files } = await readChange(request.workspace);
  const action = files.length === 0 ? 'changed nothing and reported' : 'reported';
  return new BerthError('ADAPTATION_FAILED', `${agent.name} ${action} no valid run interface: ${problem}`, {
    evidence: `Berth asked for your final message ${maxRetries + 1} times, and the last one was invalid: ${problem}`,
  });
}
