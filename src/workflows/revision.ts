import { isCancellation } from '@temporalio/workflow';
import { enter, type Life } from './life.js';
import { onHost } from './on-host.js';
import { buildingOn, quickOn } from './steps.js';

/** starting → checking → running, with the contract at the real endpoint. What fails the check does not stay up. */
export async function startRevision(life: Life): Promise<void> {
  const { info } = life;
  const { plan, building, host } = readyToStart(life);
  const { id } = plan.revision;

  enter(life, 'starting');
  const handle = await createRunner(life);

  enter(life, 'checking');
  try {
    const checked = await onHost(
      life,
      'checkHealth',
      ({ rungs }) => rungs.map(({ note }) => note).join(', '),
      () => building.checkHealth.executeWithOptions({ summary: `check ${id} at its endpoint` }, [{ ...plan, handle }]),
    );
    info.contract = checked.contract;
    info.rungs = [...plan.revision.rungs, ...checked.rungs];
  } catch (error) {
    if (!isCancellation(error)) await quickOn(host).stopRunner({ name: info.name, handle });
    throw error;
  }
  life.handle = handle;
  info.endpoint = handle.endpoint;
  info.revision = id;
  info.revisions = info.revisions.map((entry) => (entry.id === id ? { ...entry, state: 'active' } : entry));
  info.lastError = null;
  enter(life, 'running');
}

/** A verified revision that fell over comes back as it was: no new check but that it is ready. */
export async function restartRevision(life: Life): Promise<void> {
  const { info } = life;
  const { plan, building } = readyToStart(life);
  const handle = await createRunner(life);
  await onHost(
    life,
    'publishRevision',
    () => 'callers reach it again',
    () =>
      building.publishRevision.executeWithOptions({ summary: `publish ${plan.revision.id}` }, [{ ...plan, handle }]),
  );
  life.handle = handle;
  info.endpoint = handle.endpoint;
  info.restarts += 1;
  info.lastError = null;
  enter(life, 'running');
}

/** Ends the processes of the active revision, proven; keeps everything else. */
export async function stopRevision(life: Life): Promise<void> {
  const { info, handle } = life;
  if (handle === null) throw new Error('only what was started is stopped');
  const { host } = readyToStart(life);
  await onHost(
    life,
    'stopRunner',
    () => 'no process is left',
    () => quickOn(host).stopRunner.executeWithOptions({ summary: `stop ${info.name}` }, [{ name: info.name, handle }]),
  );
  info.endpoint = null;
  enter(life, 'stopped');
}

const createRunner = (life: Life) => {
  const { plan, building } = readyToStart(life);
  return onHost(
    life,
    'createRunner',
    ({ endpoint }) => endpoint ?? 'started',
    () =>
      building.createRunner.executeWithOptions({ summary: `start ${plan.revision.id} of ${life.info.name}` }, [plan]),
  );
};

function readyToStart({ config, setting, adaptation, revision, host }: Life) {
  if (setting === null || adaptation === null || revision === null || host === null)
    throw new Error('a revision starts after it was verified');
  return { plan: { config, setting, adaptation, revision }, building: buildingOn(host), host };
}
