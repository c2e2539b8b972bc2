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

/** How often a hand-back is asked for again. */
const maxRetries = 2;

/**
 * One round of one agent: prompted, run, asked again for what it did not hand back, judged. What it used up is in the
 * result, and in the details of each error: `agent`, `sessionId`, `rounds`, `dollars`, `tokens`.
 *
 * Throws AGENT_BUSY, AGENT_UNUSABLE, BUDGET_REACHED, and ADAPTATION_FAILED with evidence for the next round.
 */
export async function runAgentRound(work: AgentTask, source: PromptSource): Promise<AdaptationOutcome> {
  const { request, agent, record, notes } = work;
  const { workspace, contract, round, onProgress } = request;
  onProgress?.(`${agent.name} adapts the workspace (round ${round.number})`);
  try {
    const { runInterface: handed, endpointUrl, summary } = await obtainReport(work, source);
    const runInterface = await completeInterface(handed, workspace);
    await record.update({ runInterface });
    if (endpointUrl !== null)
      notes.add(`${agent.name} says that the software answers at ${endpointUrl}; it is not relied on`);
    await reviewChange(workspace, contract);
    const { spent, session } = record.state;
    const used = { rounds: 1, cost: spent.dollars, tokens: spent.tokens, sessionId: session?.id ?? null };
    return { by: agent.name, summary, runInterface, ...used, notes: [...notes] };
  } catch (thrown) {
    throw await concludeRound(work, thrown);
  }
}

/** An error says what the round used up, and is the round's end unless trying again may change it. */
async function concludeRound({ request, agent, record, notes }: AgentTask, thrown: unknown): Promise<unknown> {
  if (request.signal?.aborted || !(thrown instanceof BerthError)) return thrown;
  const isEnd = thrown.code === 'ADAPTATION_FAILED' || thrown.code === 'BUDGET_REACHED';
  const { spent, session } = record.state;
  const details = {
    agent: agent.name,
    ...(session?.agent === agent.name && { sessionId: session.id }),
    rounds: isEnd && spent.turns > 0 ? 1 : 0,
    dollars: spent.dollars,
    tokens: spent.tokens,
    notes: [...notes],
  };
  const error = new BerthError(thrown.code, thrown.message, { ...thrown.details, ...details }, { cause: thrown });
  if (isEnd) await record.update({ error: error.toRecord() });
  return error;
}

async function obtainReport(work: AgentTask, source: PromptSource): Promise<AgentReport> {
  const { request, agent, record, notes } = work;
  const type = request.setting.runInterface.type;
  const left = readRecordedReport(work, type);
  if (left !== undefined) return left;
  let { input, prompt, session } = await startRound(work, source);
  for (let questions = 0, hasLost = false; ; ) {
    const result = await runAgent(work, prompt, session);
    if (result.stopReason === 'session-lost' && session !== null && !hasLost) {
      hasLost = true;
      notes.add(`${agent.name} could not go on with its session and began a new one`);
      input = { ...input, learned: await summarizeProgress(request.workspace), isInterrupted: false };
      [prompt, session] = [buildPrompt(input), null];
      continue;
    }
    const stop = toStopError(agent.name, result);
    if (stop !== undefined) throw stop;
    await record.update({ message: { agent: agent.name, text: result.message, notes: [...notes] } });
    const handBack = parseAgentReport(result.message, type);
    if (!('problem' in handBack)) return handBack;
    if (questions === maxRetries || result.session === null) throw await missingReportError(work, handBack.problem);
    questions += 1;
    request.onProgress?.(`asking ${agent.name} again: ${handBack.problem}`);
    [prompt, session] = [buildRetryPrompt(input, handBack.problem), result.session];
  }
}

/** The answer of a run that ended before a worker died. */
function readRecordedReport({ agent, record, notes }: AgentTask, type: string): AgentReport | undefined {
  const { message } = record.state;
  if (message?.agent !== agent.name) return undefined;
  const handBack = parseAgentReport(message.text, type);
  if ('problem' in handBack) return undefined;
  for (const note of message.notes) notes.add(note);
  return handBack;
}

interface RoundStart {
  input: PromptInput;
  prompt: string;
  session: string | null;
}

/** Goes on with a session where there is one, and tells the whole task where it may not have been told. */
async function startRound({ request, agent, record }: AgentTask, source: PromptSource): Promise<RoundStart> {
  const { solution, setting, workspace, facts, contract, entry, round } = request;
  const isInterrupted = record.state.session?.agent === agent.name;
  const known = round.session?.agent === agent.name ? round.session.id : null;
  const session = (isInterrupted ? record.state.session?.id : known) ?? null;
  const isTold = session !== null && session === known;
  const isFirst = round.number === 1 && record.state.session === null;
  const work = isTold || isFirst ? null : await summarizeProgress(workspace);
  const learned = [round.learned, work].filter((part) => part !== null);
  const input = await gatherPromptInput({
    ...source,
    ...{ directory: workspace, solution, setting, facts, contract, entry, isInterrupted },
    ...{ evidence: round.evidence, hint: round.hint, learned: learned.join('\n\n') },
  });
  return { input, session, prompt: isTold ? buildContinuation(input) : buildPrompt(input) };
}

async function missingReportError({ request, agent }: AgentTask, problem: string): Promise<BerthError> {
  const { files } = await readChange(request.workspace);
  const done = files.length === 0 ? 'changed nothing and handed back' : 'handed back';
  return new BerthError('ADAPTATION_FAILED', `${agent.name} ${done} no valid run interface: ${problem}`, {
    evidence: `Your final message was asked for ${maxRetries + 1} times; the last one could not be used: ${problem}`,
  });
}
