import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openSoftware } from '../calls/open-software.js';
import { BerthError } from '../errors.js';
import { berthHome, deploymentDirectory, revisionDirectory } from '../home/home.js';
import { readLog } from '../processes/log-file.js';
import type { LogOptions } from '../runners/runner.js';
import { defineCommand } from './command.js';
import { deploymentName } from './deployment-name.js';

export const logs = defineCommand({
  name: 'logs',
  summary: 'print the software’s output',
  arguments: { name: deploymentName },
  options: {
    follow: { flags: '-f, --follow', kind: 'flag', summary: 'follow new output' },
    revision: { flags: '--revision <REVISION>', kind: 'text', summary: 'show this kept revision (the active one)' },
    tail: { flags: '-n, --tail <LINES>', kind: 'count', summary: 'print only the last lines (all)' },
  },
  async run({ arguments: { name }, options: { follow, revision, tail }, output, signal }) {
    const options = { follow, signal, ...(tail !== undefined && { tail }) };
    const lines = revision === undefined ? await openLog(name, options) : readRevisionLog(name, revision, options);
    for await (const line of lines) await output.line(output.isJson ? JSON.stringify({ line }) : line);
    return signal.aborted ? 130 : 0;
  },
});

function readRevisionLog(name: string, revision: string, options: LogOptions): AsyncIterable<string> {
  const { log } = revisionDirectory(berthHome(), name, revision);
  if (existsSync(log)) return readLog(log, options);
  throw new BerthError('STATE_CONFLICT', `${name} has no log of revision ${revision}`, { name });
}

/** Opens the runner's log while the software runs, else the newest revision's file, or its trial's if it never ran. */
async function openLog(name: string, options: LogOptions): Promise<AsyncIterable<string>> {
  try {
    return (await openSoftware(name)).logs(options);
  } catch (thrown) {
    const error = BerthError.from(thrown);
    const file = error.code === 'NAME_UNKNOWN' ? undefined : await findNewestLog(name);
    if (file === undefined) throw error;
    return readLog(file, options);
  }
}

async function findNewestLog(name: string): Promise<string | undefined> {
  const directory = deploymentDirectory(berthHome(), name).logs;
  const files = await readdir(directory).catch(() => []);
  const revisionOf = (file: string): number => Number.parseInt(file.slice(1), 10);
  const isTrial = (file: string): number => Number(file.includes('.trial.'));
  const [newest] = files
    .filter((file) => /^r\d+(\.trial)?\.log$/.test(file))
    .sort((one, other) => revisionOf(other) - revisionOf(one) || isTrial(one) - isTrial(other));
  return newest && join(directory, newest);
}
