import { type Callable, callSoftware as call } from '../calls/call-software.js';
import { openSoftware } from '../calls/open-software.js';
import { DurableRun } from '../contract/durable-run.js';
import { BerthError } from '../errors.js';
import type { BerthHome } from '../home/home.js';
import type { Dependencies } from './support/dependencies.js';
import { slowHeartbeatInterval, step } from './support/step.js';

/** Makes the call of a durable run on the deployment's host. */
export const callSoftware = ({ home }: Dependencies) =>
  step(
    async (run: DurableRun, context) => await call(createCallable(run.name, home), DurableRun.parse(run), context),
    ({ name }) => ({ name }),
    slowHeartbeatInterval,
  );

/** Returns a callable that answers with the error when it cannot attach to the software. */
const createCallable = (name: string, home: BerthHome): Callable => ({
  async runText(inputs, options): Promise<string> {
    try {
      const software = await openSoftware(name, home);
      return await software.runText(inputs, options).finally(() => software.close());
    } catch (error) {
      const { code, message } = BerthError.from(error);
      return JSON.stringify({ status: 'error', error: { code, message } });
    }
  },
});
