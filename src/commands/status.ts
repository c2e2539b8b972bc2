import { defineCommand } from './command.js';
import { deploymentName } from './deployment-name.js';
import { waitInterruptibly } from './interruption.js';
import { renderDeployment } from './render-deployment.js';
import { watchDeployment } from './watch-deployment.js';
import { withClient } from './with-client.js';

export const status = defineCommand({
  name: 'status',
  summary: 'show the state of a deployment',
  arguments: { name: deploymentName },
  options: { watch: { flags: '-w, --watch', kind: 'flag', summary: 'follow the steps until it runs, waits or ends' } },
  async run({ arguments: { name }, options: { watch }, output, signal }) {
    const info = await withClient(output, (client) => {
      if (!watch) return client.info(name);
      return watchDeployment(name, output, (report) =>
        waitInterruptibly(client.follow(name, report, { signal }), signal, name),
      );
    });
    output.progress.end();
    await output.result(info, (colors) => renderDeployment(info, colors));
  },
});
