import { changeDeployment } from './change-deployment.js';
import { defineCommand } from './command.js';
import { deploymentName } from './deployment-name.js';

export const start = defineCommand({
  name: 'start',
  summary: 'start a stopped deployment',
  arguments: { name: deploymentName },
  options: {},
  run: (context) => changeDeployment(context, 'start', (client, name) => client.start(name)),
});
