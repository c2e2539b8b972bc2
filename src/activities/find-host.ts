import type { Dependencies } from './dependencies.js';
import { step } from './step.js';

/** The host that holds a deployment now; null when there is no such deployment any more. */
export const findHost = ({ deployments }: Dependencies) =>
  step(
    async ({ name }: { name: string }) => {
      const found = await deployments.lookUp(name);
      return found?.isOpen ? found.host : null;
    },
    ({ name }) => ({ name }),
  );
