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
  summary: 'show all changes of a deployment, with reasons, durations, and cost',
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

/** What the server has forgotten may be on record here. */
async function readArchivedInfo(name: string, error: unknown): Promise<DeploymentInfo> {
  const isForgotten = error instanceof BerthError && error.code === 'NAME_UNKNOWN';
  const [{ berthHome }, { readDeploymentRecord }] = await Promise.all([
    import('../home/home.js'),
    import('../workspaces/index.js'),
  ]);
  const info = isForgotten ? await readDeploymentRecord(berthHome(), name) : undefined;
  if (info === undefined) throw error;
  return info;
}

/** As `--json` writes it: the parts of the deployment's info that tell of its past, steps with their milliseconds. */
export function buildHistory(info: DeploymentInfo, rounds: PastRound[]) {
  const { name, state, source, selection, adaptation, contract, revisions, restarts, checks, notes, lastError } = info;
  const owners = new Map(
    listHistoryEntries(info).flatMap((chapter) =>
      isChangeEntry(chapter) ? chapter.steps.map((step) => [step, chapter.id] as const) : [],
    ),
  );
  const steps = info.steps.map((step) => ({
    ...step,
    milliseconds: getDuration(step),
    change: owners.get(step) ?? null,
  }));
  const { change, next, changes, bake } = info;
  return {
    ...{
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
    },
    ...{ revisions, restarts, notes, lastError, webUrl: info.webUrl },
  };
}
