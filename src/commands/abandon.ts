import { changeDeployment } from './change-deployment.js';
import { defineCommand } from './command.js';
import { deploymentName } from './deployment-name.js';

export const abandon = defineCommand({
  name: 'abandon',
  summary: 'give up a failed or running change',
  arguments: { name: deploymentName },
  options: {},
  run: (context) => changeDeployment(context, 'abandon', (client, name) => client.abandon(name)),
});
