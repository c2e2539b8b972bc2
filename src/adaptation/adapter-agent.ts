import { type Agent, type AgentRegistry, findSandbox, type Sandbox } from '../agents/index.js';
import type { AdaptationResult } from '../contract/adaptation.js';
import { BerthError } from '../errors.js';
import type { BerthHome } from '../home/home.js';
import type { StrategyRegistry } from '../registry/index.js';
import type { Recipe } from '../registry/recipe.js';
import { commitWorkspace } from '../workspaces/index.js';
import type { AdaptationOutcome, AdaptRequest } from './adapt-request.js';
import { adoptUserEdits } from './adopt-user-edits.js';
import { applyRecipes, notRecognizedError } from './apply-recipes.js';
import { isSkippable, RoundRecord, runAgentRound } from './rounds/index.js';
import { findHidingSyntaxError } from './shapes/index.js';

export interface AdapterDependencies {
  registry: Pick<StrategyRegistry, 'getRecipes' | 'getAdapterInstruction'>;
  /** Asked in each round, so that what a user installs or configures meanwhile counts. */
  agents: () => Promise<Pick<AgentRegistry, 'listAgents' | 'getAgent'>>;
  /** Where a user's own parts of the prompt lie; `berthHome()` when absent. */
  home?: BerthHome | undefined;
  /** Where agents' keys and limits are looked for; the process's own when absent. */
  environment?: NodeJS.ProcessEnv | undefined;
  findSandbox?: (() => Promise<Sandbox>) | undefined;
}

/**
 * Adapts a workspace to a strategy, one round at a time: by the strategy's recipes, by a coding agent, or by taking over
 * what the user edited. An agent edits; git, the rules of judging and later the ladder say what that is worth.
 */
export class AdapterAgent {
  private readonly dependencies: AdapterDependencies;

  constructor(dependencies: AdapterDependencies) {
    this.dependencies = dependencies;
  }

  /**
   * The result is a commit of the workspace, and is on record before it is returned. Throws ENTRY_AMBIGUOUS when several
   * callables fit, ENTRY_NOT_FOUND when none does, each only when no agent is there to be asked, AGENT_UNKNOWN, AGENT_UNUSABLE when
   * none of the named can be used, AGENT_BUSY, BUDGET_REACHED, and ADAPTATION_FAILED with evidence.
   */
  async adapt(request: AdaptRequest): Promise<AdaptationResult> {
    const { stateDirectory, round, workspace, signal } = request;
    const record = await RoundRecord.open(stateDirectory, round.number);
    if (record.state.result !== null) return record.state.result;
    if (record.state.error !== null) throw BerthError.fromRecord(record.state.error);
    const adapted = await this.adaptWorkspace(request, record);
    signal?.throwIfAborted();
    const { commit, filesChanged } = await commitWorkspace(workspace, describeCommit(request, adapted));
    const result = { ...adapted, success: true, adaptedPath: workspace, filesChanged, commit };
    await record.update({ result });
    return result;
  }

  private async adaptWorkspace(request: AdaptRequest, record: RoundRecord): Promise<AdaptationOutcome> {
    const { round, setting } = request;
    const recipes = await this.dependencies.registry.getRecipes(setting.strategy);
    if (!round.asksRecipes && round.agents.length === 0) return adoptUserEdits(recipes, request);
    if (!isAutomatic(request)) await this.listAgents(request); // Refuses an unknown name before anything is written.
    const recognized = round.asksRecipes ? await tryRecipes(recipes, request) : undefined;
    if (recognized !== undefined && !(recognized instanceof BerthError)) return recognized;
    const createNotRecognizedError = async () =>
      recognized ?? findHidingSyntaxError(request.facts) ?? (await notRecognizedError(recipes, request));
    if (round.agents.length === 0) throw await createNotRecognizedError();
    return this.runFirstUsableAgent(request, record).catch(async (error) => {
      const isWithoutAgent = error instanceof BerthError && error.code === 'AGENT_UNUSABLE' && isAutomatic(request);
      throw isWithoutAgent && round.asksRecipes ? await createNotRecognizedError() : error;
    });
  }

  /** The first agent that can be used and whose provider answers; the others are in the notes, with the reason. */
  private async runFirstUsableAgent(request: AdaptRequest, record: RoundRecord): Promise<AdaptationOutcome> {
    assertRoundsLeft(request);
    const { registry, home, environment = process.env } = this.dependencies;
    const notes = new Set<string>();
    let last: BerthError | undefined;
    const session = record.state.session ?? request.round.session;
    for (const agent of moveToFront(await this.listAgents(request), session?.agent)) {
      const description = await agent.describe(environment);
      if (!description.isUsable) {
        notes.add(`${agent.name} was passed over: it lacks ${description.missing.join(' and ')}`);
        continue;
      }
      if (isAutomatic(request) && agent.name !== session?.agent) {
        notes.add(`${agent.name} was chosen: the first that can be used`);
      }
      const sandbox = this.dependencies.findSandbox ?? findSandbox;
      const task = { request, agent, description, record, environment, findSandbox: sandbox, notes };
      try {
        return await runAgentRound(task, { registry, home });
      } catch (error) {
        if (!(error instanceof BerthError) || !isSkippable(error)) throw error;
        notes.add(`${agent.name} was passed over: ${error.message}`);
        last = error;
      }
    }
    throw last?.code === 'AGENT_BUSY' ? last : noUsableAgentError([...notes], last);
  }

  private async listAgents({ round }: AdaptRequest): Promise<Agent[]> {
    const agents = await this.dependencies.agents();
    const names = round.agents.flatMap((name) => (name === 'auto' ? agents.listAgents() : [name]));
    try {
      return [...new Set(names)].map((name) => agents.getAgent(name));
    } catch (error) {
      // A wrong name undoes a deployment that has just begun; later there is work to keep.
      if (round.asksRecipes || !(error instanceof BerthError)) throw error;
      throw new BerthError('AGENT_UNUSABLE', error.message, error.details, { cause: error });
    }
  }
}

/** Who has the session goes on with it, also where another one has become usable meanwhile. */
const moveToFront = (agents: Agent[], name: string | undefined): Agent[] =>
  agents.toSorted((left, right) => Number(right.name === name) - Number(left.name === name));

/** Several callables that fit, or none, are no mistake yet: an agent may know which of them is meant, or make one. */
async function tryRecipes(
  recipes: readonly Recipe[],
  request: AdaptRequest,
): Promise<AdaptationOutcome | BerthError | undefined> {
  try {
    return await applyRecipes(recipes, request);
  } catch (error) {
    if (!(error instanceof BerthError)) throw error;
    if (error.code === 'ENTRY_AMBIGUOUS') return error;
    if (error.code === 'ENTRY_NOT_FOUND' && request.entry === undefined) return error;
    throw error;
  }
}

const isAutomatic = ({ round }: AdaptRequest): boolean => round.agents.every((name) => name === 'auto');

function assertRoundsLeft({ round: { spent, budget } }: AdaptRequest): void {
  if (spent.rounds < budget.rounds) return;
  throw new BerthError('BUDGET_REACHED', `all ${budget.rounds} rounds are used up, for $${spent.dollars.toFixed(2)}`);
}

function noUsableAgentError(notes: string[], last: BerthError | undefined): BerthError {
  const message = `no coding agent can be used: ${notes.join('; ')}`;
  return new BerthError('AGENT_UNUSABLE', message, { ...last?.details, evidence: notes.join('\n') });
}

function describeCommit({ round }: AdaptRequest, { by, summary, rounds }: AdaptationOutcome): string {
  return rounds === 0 ? `Adapt: ${summary}` : `Adapt, round ${round.number} by ${by}: ${summary}`;
}
