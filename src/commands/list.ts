import type { DeploymentSummary } from '../client/deployment-summary.js';
import { isUnwanted } from '../contract/change.js';
import type { Colors } from './colors.js';
import { defineCommand } from './command.js';
import { paintState } from './paint-state.js';
import { type Cell, renderTable } from './table.js';
import { withClient } from './with-client.js';

export const list = defineCommand({
  name: 'list',
  summary: 'list the deployments',
  arguments: {},
  options: {},
  async run({ output }) {
    const deployments = await withClient(output, (client) => client.list());
    if (deployments.length > 0 || output.isJson)
      await output.result(deployments, (colors) => renderDeployments(deployments, colors));
    else output.note('no deployments yet; create one: berth deploy PATH');
  },
});

export function renderDeployments(deployments: DeploymentSummary[], colors: Colors, now = Date.now()): string {
  const heading: Cell[] = ['NAME', 'STATE', 'STRATEGY', 'REVISION', 'AGE', 'CHANGE'].map((text) => ({
    text,
    paint: colors.dim,
  }));
  const hasChanges = deployments.some((deployment) => renderChangeCell(deployment, colors).length > 0);
  const rows = deployments.map((deployment): Cell[] => renderDeploymentRow(deployment, colors, now));
  return renderTable([hasChanges ? heading : heading.slice(0, -1), ...rows]);
}

function renderDeploymentRow(deployment: DeploymentSummary, colors: Colors, now: number): Cell[] {
  const { name, state, strategy, revision, createdAt } = deployment;
  return [
    { text: name, paint: colors.bold },
    { text: state, paint: paintState(state, colors) },
    { text: strategy ?? '-' },
    { text: revision ?? '-' },
    { text: formatAge(now - Date.parse(createdAt)) },
    ...renderChangeCell(deployment, colors),
  ];
}

/** Formats an age: `42s`, `5m`, `3h`, `12d`. */
export function formatAge(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
}

/** Renders the running change, or the last one if it failed or was rolled back. */
function renderChangeCell({ change, lastChange }: DeploymentSummary, colors: Colors): Cell[] {
  if (change !== null) return [{ text: change, paint: paintState(change, colors) }];
  if (lastChange === null || !isUnwanted(lastChange)) return [];
  const { outcome, id } = lastChange;
  return [{ text: outcome === 'failed' ? `${id} failed` : `${id} rolled back`, paint: colors.red }];
}
