import type { DeploymentClient } from '../../client/deployment-client.js';
import type { ScheduledRun } from '../../contract/schedule.js';
import { type CommandContext, defineCommand } from '../command.js';
import { deploymentName } from '../deployment-name.js';
import { waitInterruptibly } from '../interruption.js';
import type { Output } from '../output.js';
import { getExitCode, renderFailure } from '../report-failure.js';
import { filterNewSteps, watchDeployment } from '../watch-deployment.js';
import { withClient } from '../with-client.js';
import { requireValidScheduleId, scheduleOption } from './schedule-option.js';

export const trigger = defineCommand({
  name: 'trigger',
  summary: 'start a run now, even if the schedule is paused',
  arguments: { name: deploymentName },
  options: {
    ...scheduleOption,
    wait: { flags: '--wait', kind: 'flag', summary: 'wait until the run ends' },
  },
  async run({ arguments: { name }, options: { id, wait }, output, signal }) {
    requireValidScheduleId(name, id);
    const run = await withClient(output, async (client) => {
      const started = await client.schedules.trigger(name, id);
      return wait ? await follow(client, name, started, { output, signal }) : started;
    });
    output.progress.end();
    return await writeRun(name, run, output);
  },
});

/** Follows a run and shows the steps of the deployment. */
const follow = (
  client: DeploymentClient,
  name: string,
  run: ScheduledRun,
  { output, signal }: Pick<CommandContext, 'output' | 'signal'>,
): Promise<ScheduledRun> =>
  watchDeployment(name, output, async (report) => {
    const reportNewSteps = filterNewSteps(await client.info(name), report);
    const onPoll = async () => reportNewSteps(await client.info(name));
    return await waitInterruptibly(client.schedules.follow(name, run, { signal, onPoll }), signal, name);
  });

async function writeRun(name: string, run: ScheduledRun, output: Output): Promise<number> {
  const { outcome, note, workflowId, lastError } = run;
  if (outcome === 'failed' && lastError !== null && !output.isJson)
    output.note(renderFailure(lastError, output.noteColors));
  else
    await output.result(run, () =>
      outcome === 'running'
        ? `started ${workflowId}; follow it: berth status ${name} --watch`
        : `${workflowId} is ${outcome}: ${note}`,
    );
  return outcome === 'failed' ? getExitCode(lastError?.code ?? '') : 0;
}
