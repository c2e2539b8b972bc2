import type { ModalClient } from 'modal';
import type { RunPlan } from '../../src/contract/handle.js';
import { BerthError } from '../../src/errors.js';
import { killMarked } from '../../src/runners/marked-processes.js';
import { askCloud, findDeployed, isMissing, openCloud } from './cloud.js';
import { buildList, buildStop } from './command-line.js';
import type { DeploymentNote } from './deployment-note.js';
import { explainFailure } from './explain-failure.js';
import { runModal } from './run-modal.js';

/** Stops every app of the note and deletes its secret, and looks again. UNDO_INCOMPLETE names what is still there. */
export async function removeFromCloud(plan: RunPlan, note: DeploymentNote): Promise<void> {
  await killMarked(plan); // a deployment that outlived its worker would finish later
  const client = await openCloud(note.environment);
  await askCloud(() => client.secrets.delete(note.app, { allowMissing: true }));
  const said: string[] = [];
  for (const app of await findApps(plan, note, client)) said.push(await stopApp(plan, note, app));
  const apps = said.length === 0 ? [] : await findApps(plan, note, client);
  const hasSecret = await askCloud(() => client.secrets.fromName(note.app).then(() => true, refuseUnlessMissing));
  const left = [...apps.map((app) => `the app ${app}`), ...(hasSecret ? [`the secret ${note.app}`] : [])];
  if (left.length === 0) return;
  const why = said.filter((words) => words !== '').map((words) => `; it said: ${words}`);
  const message = `Modal still has ${left.join(' and ')} of ${plan.deployment} ${plan.revision}${why.join('')}`;
  throw new BerthError('UNDO_INCOMPLETE', message, { name: plan.deployment });
}

/** What Modal said to it: nothing when all is well, and what is still there shows afterwards. */
async function stopApp(plan: RunPlan, note: DeploymentNote, app: string): Promise<string> {
  const { output } = await runModal(buildStop(plan, note, app), { logFile: null });
  return output.trim();
}

/** Only a start that did not come to its end may have left something else than what is deployed under the name. */
async function findApps(plan: RunPlan, note: DeploymentNote, client: ModalClient): Promise<string[]> {
  if (note.deployed === null) return await listLiveApps(plan, note);
  const deployed = await findDeployed(client, note.app);
  return deployed === undefined ? [] : [deployed.id];
}

/** Ids of the apps of that name that have not stopped, also of such as a deployment that was cut off has left. */
async function listLiveApps(plan: RunPlan, note: DeploymentNote): Promise<string[]> {
  const run = await runModal(buildList(plan, note), { logFile: null });
  if (run.exitCode !== 0) throw explainFailure(run, plan);
  const apps = JSON.parse(run.stdout) as { app_id: string; description: string; state: string }[]; // as `--json` prints them
  return apps
    .filter(({ description, state }) => description === note.app && state !== 'stopped')
    .map((app) => app.app_id);
}

function refuseUnlessMissing(error: unknown): false {
  if (isMissing(error)) return false;
  throw error;
}
