import { changeDeployment } from './change-deployment.js';
import { defineCommand } from './command.js';
import { deploymentName } from './deployment-name.js';

export const stop = defineCommand({
  name: 'stop',
  summary: 'stop a deployment and keep its data',
  arguments: { name: deploymentName },
  options: {},
  run: (context) => changeDeployment(context, 'stop', (client, name) => client.stop(name)),
});
