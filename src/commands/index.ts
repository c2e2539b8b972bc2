import { abandon } from './abandon.js';
import { batch } from './batch.js';
import { cleanup } from './cleanup.js';
import type { CommandGroup } from './command.js';
import { deploy } from './deploy.js';
import { diff } from './diff.js';
import { doctor } from './doctor.js';
import { down } from './down.js';
import { eject } from './eject.js';
import { explain } from './explain.js';
import { gc } from './gc.js';
import { history } from './history.js';
import { list } from './list.js';
import { logs } from './logs.js';
import { redeploy } from './redeploy.js';
import { resume } from './resume.js';
import { rollback } from './rollback.js';
import { run } from './run.js';
import { schedule } from './schedule.js';
import { shell } from './shell.js';
import { start } from './start.js';
import { status } from './status.js';
import { stop } from './stop.js';
import { strategies } from './strategies.js';
import { up } from './up.js';
import { worker } from './worker.js';

export { parseCommandLine } from './parse-command-line.js';

/** All commands in the order of the help page. */
export const commandGroups: CommandGroup[] = [
  { title: 'Deploy and call', commands: [deploy, run, batch] },
  { title: 'Inspect', commands: [list, status, logs, diff, history] },
  { title: 'Adapt', commands: [resume, shell, eject] },
  { title: 'Manage', commands: [redeploy, rollback, schedule, stop, start, abandon, cleanup] },
  { title: 'Strategies', commands: [strategies, explain] },
  { title: 'Stack', commands: [up, down, worker, doctor, gc] },
];
