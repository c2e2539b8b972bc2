import { changeRevision } from './change-revision.js';
import { defineCommand } from './command.js';
import { deploymentName } from './deployment-name.js';
import { revisionOptions } from './revision-options.js';

export const redeploy = defineCommand({
  name: 'redeploy',
  summary: 'deploy the source again without downtime',
  arguments: {
    name: deploymentName,
    path: { label: 'PATH', isRequired: false, summary: 'directory of the new source (the current one)' },
  },
  options: {
    ...revisionOptions,
    force: {
      flags: '--force',
      kind: 'flag',
      summary: 'redeploy even if nothing has changed, and resolve requirements again',
    },
    wait: { flags: '--no-wait', kind: 'flag', summary: 'return as soon as the change is requested' },
  },
  examples: ['berth redeploy ocr', 'berth redeploy ocr ../ocr-next --resource memory=4Gi --bake 300'],
  async run({ arguments: { name, path }, options, output, signal }) {
    const { readRedeployment } = await import('./deploy-config.js');
    const redeployment = await readRedeployment(path, options);
    const input = { name, isAwaited: options.wait, output, signal };
    return await changeRevision(input, (client) => client.redeploy(name, redeployment));
  },
});
