import { BerthError } from '../errors.js';

/** As `DeploymentName` of the contract has it; written again here because `berth run` does not load zod. */
const pattern = /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/;

export const isDeploymentName = (text: string): boolean => pattern.test(text);

/** The argument of every command about one deployment. What can be no name is unknown, and never reaches a path. */
export const deploymentName = {
  label: 'NAME',
  isRequired: true,
  summary: 'the deployment',
  check(name: string) {
    if (!isDeploymentName(name))
      throw new BerthError('NAME_UNKNOWN', `there is no deployment called ${name}`, { name });
  },
} as const;
