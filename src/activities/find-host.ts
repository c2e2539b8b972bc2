import type { Dependencies } from './support/dependencies.js';
import { step } from './support/step.js';

/** Returns the host of a deployment; null when the deployment does not exist. */
export const findHost = ({ deployments }: Dependencies) =>
  step(
    async ({ name }: { name: string }) => {
      const deployment = await deployments.lookUp(name);
      return deployment?.isOpen ? deployment.host : null;
    },
    ({ name }) => ({ name }),
  );
