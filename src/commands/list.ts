import type { DeploymentSummary } from '../factory/deployment-summary.js';
import type { Colors } from './colors.js';
import { defineCommand } from './command.js';
import { paintState } from './state-colors.js';
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
    else output.note('There are no deployments yet: berth deploy PATH');
  },
});

export function renderDeployments(deployments: DeploymentSummary[], colors: Colors): string {
  const heading: Cell[] = ['NAME', 'STATE', 'STRATEGY', 'REVISION', 'SINCE', 'CHANGE'].map((text) => ({
    text,
    paint: colors.dim,
  }));
  const hasChanges = deployments.some(({ change }) => change !== null);
  const rows = deployments.map(({ name, state, strategy, revision, createdAt, change }): Cell[] => [
    { text: name, paint: colors.bold },
    { text: state, paint: paintState(state, colors) },
    { text: strategy ?? '-' },
    { text: revision ?? '-' },
    { text: createdAt.replace('T', ' ').slice(0, 16) },
    ...(change === null ? [] : [{ text: change, paint: paintState(change, colors) }]),
  ]);
  return renderTable([hasChanges ? heading : heading.slice(0, -1), ...rows]);
}
