import { BerthError } from '../errors.js';

/** Same as `DeploymentName` in the contract; repeated here because `berth run` must not load zod. */
const pattern = /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/;

export const isDeploymentName = (text: string): boolean => pattern.test(text);

/** Argument of commands about one deployment. An invalid name is refused as unknown and never becomes part of a path. */
export const deploymentName = {
  label: 'NAME',
  isRequired: true,
  summary: 'name of the deployment',
  check(name: string) {
    if (!isDeploymentName(name))
      throw new BerthError('NAME_UNKNOWN', `there is no deployment called ${name}`, { name });
  },
} as const;
