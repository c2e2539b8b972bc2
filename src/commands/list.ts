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

export function renderDeployments(deployments: DeploymentSummary[], colors: Colors): string {
  const heading: Cell[] = ['NAME', 'STATE', 'STRATEGY', 'REVISION', 'SINCE', 'CHANGE'].map((text) => ({
    text,
    paint: colors.dim,
  }));
  const hasChanges = deployments.some((deployment) => renderChangeCell(deployment, colors).length > 0);
  const rows = deployments.map((deployment): Cell[] => renderDeploymentRow(deployment, colors));
  return renderTable([hasChanges ? heading : heading.slice(0, -1), ...rows]);
}

function renderDeploymentRow(deployment: DeploymentSummary, colors: Colors): Cell[] {
  const { name, state, strategy, revision, createdAt } = deployment;
  return [
    { text: name, paint: colors.bold },
    { text: state, paint: paintState(state, colors) },
    { text: strategy ?? '-' },
    { text: revision ?? '-' },
    { text: createdAt.replace('T', ' ').slice(0, 16) },
    ...renderChangeCell(deployment, colors),
  ];
}

/** Renders the running change, or the last one if it failed or was rolled back. */
function renderChangeCell({ change, lastChange }: DeploymentSummary, colors: Colors): Cell[] {
  if (change !== null) return [{ text: change, paint: paintState(change, colors) }];
  if (lastChange === null || !isUnwanted(lastChange)) return [];
  const { outcome, id } = lastChange;
  return [{ text: outcome === 'failed' ? `${id} failed` : `${id} rolled back`, paint: colors.red }];
}
