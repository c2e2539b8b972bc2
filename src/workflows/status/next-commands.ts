import type { DeploymentInfo, LastError } from '../../contract/status.js';
import { quoteShellWord } from '../../quote-shell-word.js';

/** A command that the user may want to run next. */
export interface NextCommand {
  purpose: string;
  command: string;
}

/**
 * Lists the next commands in the deployment's state: first those for the current change. Leaves out commands that the
 * failures already suggest.
 */
export function listNextCommands(info: DeploymentInfo): NextCommand[] {
  const suggested = listFailures(info).map(({ next }) => next);
  const isAlreadySuggested = (command: string) =>
    suggested.some((next) => next.includes(command.split(' ', 2).join(' ')));
  return [...listChangeCommands(info), ...listStateCommands(info)]
    .filter(([, command]) => !isAlreadySuggested(command))
    .map(([purpose, command]) => ({ purpose, command }));
}

/** Lists the failures of the active revision and of the current change, which are the same for a first revision. */
export function listFailures({ lastError, change }: DeploymentInfo): LastError[] {
  const failed = change?.lastError ?? null;
  if (failed === null) return lastError === null ? [] : [lastError];
  return lastError === null || isSameError(failed, lastError) ? [failed] : [lastError, failed];
}

const isSameError = (one: LastError, other: LastError): boolean =>
  one.code === other.code && one.message === other.message && one.evidence === other.evidence;

type Row = [purpose: string, command: string];

function listChangeCommands({ name, change, revision }: DeploymentInfo): Row[] {
  if (change === null) return [];
  const keepSuffix = revision === null ? '' : `, and keep ${revision}`;
  if (change.state === 'waiting')
    return [
      ['Continue with a hint', `berth resume ${name} --hint '…'`],
      ['Fix it yourself', `berth shell ${name}; berth resume ${name} --agent none`],
      ['Deploy the fixed source', `berth redeploy ${name}`],
      [`Abandon${keepSuffix}`, `berth abandon ${name}`],
    ];
  const follow: Row = ['Follow', `berth status ${name} --watch`];
  return revision === null ? [follow] : [follow, [`Abandon${keepSuffix}`, `berth abandon ${name}`]];
}

function listStateCommands(info: DeploymentInfo): Row[] {
  const { name, state, change, source } = info;
  const rollbackRows: Row[] =
    change === null && hasEarlierRevision(info) ? [['Roll back', `berth rollback ${name}`]] : [];
  switch (state) {
    case 'running': {
      const redeployRows: Row[] = change === null ? [['Redeploy', `berth redeploy ${name}`]] : [];
      return [['Call', `berth run ${name} '{…}'`], ...redeployRows, ...rollbackRows];
    }
    case 'unhealthy':
      return [['Read the log', `berth logs ${name}`], ...rollbackRows, ['Stop', `berth stop ${name}`]];
    case 'stopped':
      return [
        ['Start', `berth start ${name}`],
        ['Clean up', `berth cleanup ${name}`],
      ];
    case 'waiting':
      return [];
    case 'cleaning':
      return [['Retry the cleanup', `berth cleanup ${name}`]];
    case 'cleaned':
      return [['Deploy again', `berth deploy ${quoteShellWord(source.path)} --name ${name}`]];
    default:
      return [['Undo everything', `berth cleanup ${name}`]];
  }
}

function hasEarlierRevision({ revision, revisions }: DeploymentInfo): boolean {
  const active = revisions.findIndex(({ id }) => id === revision);
  return revisions.slice(0, Math.max(0, active)).some(({ state }) => state === 'kept');
}
