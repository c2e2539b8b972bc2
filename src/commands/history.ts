import type { DeploymentInfo } from '../contract/status.js';
import { BerthError } from '../errors.js';
import { defineCommand } from './command.js';
import { deploymentName } from './deployment-name.js';
import { getDuration, isChangeEntry, listHistoryEntries } from './history-entries.js';
import { type PastRound, readRounds } from './read-rounds.js';
import { renderHistory } from './render-history.js';
import { withClient } from './with-client.js';

export const history = defineCommand({
  name: 'history',
  summary: 'show the changes of a deployment and their steps',
  arguments: { name: deploymentName },
  options: {},
  async run({ arguments: { name }, output }) {
    const info = await withClient(output, (client) => client.info(name)).catch((error) =>
      readArchivedInfo(name, error),
    );
    const rounds = await readRounds(name);
    await output.result(buildHistory(info, rounds), (colors) => renderHistory(info, rounds, colors));
  },
});

/** Reads the local record of a deployment that the server no longer knows. */
async function readArchivedInfo(name: string, error: unknown): Promise<DeploymentInfo> {
  const isUnknown = error instanceof BerthError && error.code === 'NAME_UNKNOWN';
  const [{ berthHome }, { readDeploymentRecord }] = await Promise.all([
    import('../home/home.js'),
    import('../workspaces/index.js'),
  ]);
  const info = isUnknown ? await readDeploymentRecord(berthHome(), name) : undefined;
  if (info === undefined) throw error;
  return info;
}

/** Builds the result for `--json`: the parts of the deployment's info that describe its past, durations in milliseconds. */
export function buildHistory(info: DeploymentInfo, rounds: PastRound[]) {
  const { name, state, source, selection, adaptation, contract, revisions, restarts, checks, notes, lastError } = info;
  const owners = new Map(
    listHistoryEntries(info).flatMap((entry) =>
      isChangeEntry(entry) ? entry.steps.map((step) => [step, entry.id] as const) : [],
    ),
  );
  const steps = info.steps.map((step) => ({
    ...step,
    milliseconds: getDuration(step),
    change: owners.get(step) ?? null,
  }));
  const { change, next, changes, bake } = info;
  return {
    name,
    state,
    source,
    selection,
    changes,
    change,
    next,
    bake,
    steps,
    rounds,
    adaptation,
    contract,
    checks,
    revisions,
    restarts,
    notes,
    lastError,
    webUrl: info.webUrl,
  };
}
