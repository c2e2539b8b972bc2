import type { DeploymentSetting } from '../../contract/setting.js';
import type { SelectionExchange } from '../../selection/index.js';
import { quickActivities, sharedActivities } from '../activity-proxies.js';
import type { PendingRevision, WorkflowState } from '../state/state.js';
import { setChangeState, updateRevisionStatus } from '../status/publish-status.js';
import { withReason } from '../status/step-record.js';
import { runOnHost } from './run-on-host.js';

/**
 * Selects the strategy, and for the first revision the host of all later steps. Returns the questions and answers of a
 * model, if a model decided.
 */
export async function selectStrategy(workflow: WorkflowState, pending: PendingRevision): Promise<SelectionExchange[]> {
  if (pending.setting !== null) return [];
  const { config } = pending;
  setChangeState(workflow, 'selecting');
  const activities = workflow.host === null ? sharedActivities : quickActivities(workflow.host);
  const { setting, host, exchanges } = await runOnHost(
    workflow,
    'selectStrategy',
    ({ setting }) => ({ note: describeChoice(setting), ...withReason(setting.reasoning) }),
    () =>
      activities.selectStrategy.executeWithOptions({ summary: `select a strategy for ${config.name}` }, [{ config }]),
  );
  // Something may exist on that host from here on: the undo must know the host before the first step runs there.
  workflow.host ??= host;
  pending.setting = setting;
  const { strategy, provider, interface: kind, resources, decidedBy, reasoning, candidates } = setting;
  const selection = { decidedBy, reasoning, candidates };
  updateRevisionStatus(workflow, { strategy, provider, interface: kind, resources, selection });
  return exchanges;
}

/** Names excluded strategies with a better score too: they may explain why the adaptation for the selected one fails. */
function describeChoice({ strategy, decidedBy, candidates }: DeploymentSetting): string {
  const choice = `${strategy}, by ${decidedBy}`;
  if (decidedBy === 'user') return choice;
  const score = candidates.find((candidate) => candidate.strategy === strategy)?.score ?? 0;
  const better = candidates.filter((candidate) => candidate.excluded !== undefined && candidate.score > score);
  return [choice, ...better.map((one) => `${one.strategy} fits better, but ${one.excluded}`)].join('; ');
}
