import { type Agent, type AgentRegistry, findSandbox, type Sandbox } from '../agents/index.js';
import type { AdaptationResult } from '../contract/adaptation.js';
import { BerthError } from '../errors.js';
import type { BerthHome } from '../home/home.js';
import type { StrategyRegistry } from '../registry/index.js';
import type { Recipe } from '../registry/recipe.js';
import { commitWorkspace } from '../workspaces/index.js';
import type { AdaptationOutcome, AdaptRequest } from './adapt-request.js';
import { adoptUserEdits } from './adopt-user-edits.js';
import { applyRecipes, isLeftToAgents, notRecognizedError } from './apply-recipes.js';
import { requireServableEntry } from './require-servable-entry.js';
import { isSkippable, RoundRecord, runAgentRound } from './rounds/index.js';
import { findHidingSyntaxError } from './shapes/index.js';

export interface AdapterDependencies {
  registry: Pick<StrategyRegistry, 'getRecipes' | 'getAdapterInstruction' | 'listEntries'>;
  /** Called in each round, so that agents that the user has just installed or configured count. */
  agents: () => Promise<Pick<AgentRegistry, 'listAgents' | 'getAgent'>>;
  /** Home with the user's parts of the prompt. Defaults to `berthHome()`. */
  home?: BerthHome | undefined;
  /** Environment with the agents' keys and limits. Defaults to the process's own. */
  environment?: NodeJS.ProcessEnv | undefined;
  findSandbox?: (() => Promise<Sandbox>) | undefined;
}

/**
 * Adapts a workspace to a strategy, one round at a time: by the strategy's recipes, by a coding agent, or by adopting
 * the user's edits. An agent's work is not trusted: it is reviewed by means of git, and verified later.
 */
export class AdapterAgent {
  private readonly dependencies: AdapterDependencies;

  constructor(dependencies: AdapterDependencies) {
    this.dependencies = dependencies;
  }

  /**
   * Carries out a round. The result is a commit of the workspace and is recorded before this resolves.
   *
   * @throws ENTRY_AMBIGUOUS or ENTRY_NOT_FOUND when several callables or none fit and no agent is available,
   * AGENT_UNKNOWN, AGENT_UNUSABLE when no named agent is usable, AGENT_BUSY, BUDGET_REACHED, ADAPTATION_FAILED with
   * evidence, and the errors of recipes
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
    if (!isAutomatic(request)) await this.listAgents(request); // rejects an unknown name before anything is written
    if (round.asksRecipes) requireServableEntry(this.dependencies.registry, setting.strategy, request);
    const recognized = round.asksRecipes ? await tryRecipes(recipes, request) : undefined;
    if (recognized !== undefined && !(recognized instanceof BerthError)) return recognized;
    const createNotRecognizedError = async () =>
      recognized ?? findHidingSyntaxError(request.facts) ?? (await notRecognizedError(recipes, request));
    if (round.agents.length === 0) throw await createNotRecognizedError();
    return this.runFirstUsableAgent(request, record).catch(async (error) => {
      const lacksAgent = error instanceof BerthError && error.code === 'AGENT_UNUSABLE' && isAutomatic(request);
      throw lacksAgent && round.asksRecipes ? await createNotRecognizedError() : error;
    });
  }

  /** Runs the first agent that is usable and whose provider answers. Notes give the reasons why others were skipped. */
  private async runFirstUsableAgent(request: AdaptRequest, record: RoundRecord): Promise<AdaptationOutcome> {
    assertRoundsLeft(request);
    const { registry, home, environment = process.env } = this.dependencies;
    const notes = new Set<string>();
    let last: BerthError | undefined;
    const session = record.state.session ?? request.round.session;
    for (const agent of moveToFront(await this.listAgents(request), session?.agent)) {
      const description = await agent.describe(environment);
      if (!description.isUsable) {
        notes.add(`${agent.name} was skipped: it lacks ${description.missing.join(' and ')}`);
        continue;
      }
      if (isAutomatic(request) && agent.name !== session?.agent) {
        notes.add(`${agent.name} was chosen: it is the first usable agent`);
      }
      const sandbox = this.dependencies.findSandbox ?? findSandbox;
      const task = { request, agent, description, record, environment, findSandbox: sandbox, notes };
      try {
        return await runAgentRound(task, { registry, home });
      } catch (error) {
        if (!(error instanceof BerthError) || !isSkippable(error)) throw error;
        notes.add(`${agent.name} was skipped: ${error.message}`);
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
      // AGENT_UNKNOWN ends the deployment. After the first round that would discard work, so the deployment waits
      // instead.
      if (round.asksRecipes || !(error instanceof BerthError)) throw error;
      throw new BerthError('AGENT_UNUSABLE', error.message, error.details, { cause: error });
    }
  }
}

/** Moves the agent with the session to the front, even if a preferred one has become usable since. */
const moveToFront = (agents: Agent[], name: string | undefined): Agent[] =>
  agents.toSorted((left, right) => Number(right.name === name) - Number(left.name === name));

/** Applies the recipes. Returns an error that an agent may resolve, and throws any other. */
async function tryRecipes(
  recipes: readonly Recipe[],
  request: AdaptRequest,
): Promise<AdaptationOutcome | BerthError | undefined> {
  try {
    return await applyRecipes(recipes, request);
  } catch (error) {
    if (error instanceof BerthError && isLeftToAgents(error, request.entry)) return error;
    throw error;
  }
}

const isAutomatic = ({ round }: AdaptRequest): boolean => round.agents.every((name) => name === 'auto');

function assertRoundsLeft({ round: { spent, budget } }: AdaptRequest): void {
  if (spent.rounds < budget.rounds) return;
  const message = `all ${budget.rounds} rounds are used up, at a cost of $${spent.dollars.toFixed(2)}`;
  throw new BerthError('BUDGET_REACHED', message);
}

function noUsableAgentError(notes: string[], last: BerthError | undefined): BerthError {
  const message = `no coding agent is usable: ${notes.join('; ')}`;
  return new BerthError('AGENT_UNUSABLE', message, { ...last?.details, evidence: notes.join('\n') });
}

function describeCommit({ round }: AdaptRequest, { by, summary, rounds }: AdaptationOutcome): string {
  return rounds === 0 ? `Adapt: ${summary}` : `Adapt, round ${round.number} by ${by}: ${summary}`;
}
