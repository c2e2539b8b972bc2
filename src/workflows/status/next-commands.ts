import type { DeploymentInfo, LastError } from '../../contract/status.js';
import { quoteShellWord } from '../../quote-shell-word.js';

/** What a person may want to do next, and the line to type. */
export interface NextCommand {
  purpose: string;
  command: string;
}

/**
 * In each state of a deployment: first what the change that is being made asks for, then what can be done anyway. What
 * its failures already say to do next is left out.
 */
export function listNextCommands(info: DeploymentInfo): NextCommand[] {
  const suggested = listFailures(info).map(({ next }) => next);
  const isAlreadySuggested = (command: string) =>
    suggested.some((next) => next.includes(command.split(' ', 2).join(' ')));
  return [...listChangeCommands(info), ...listStateCommands(info)]
    .filter(([, command]) => !isAlreadySuggested(command))
    .map(([purpose, command]) => ({ purpose, command }));
}

/** Of what runs, and of what is to replace it; for a first revision both are the same. */
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
      ['Fix the copy yourself', `berth shell ${name}; berth resume ${name} --agent none`],
      ['Deploy the fixed source', `berth redeploy ${name}`],
      [`Give up${keepSuffix}`, `berth abandon ${name}`],
    ];
  const follow: Row = ['Follow it', `berth status ${name} --watch`];
  return revision === null ? [follow] : [follow, [`Give up${keepSuffix}`, `berth abandon ${name}`]];
}

function listStateCommands(info: DeploymentInfo): Row[] {
  const { name, state, change, source } = info;
  const rollbackRows: Row[] =
    change === null && hasEarlierRevision(info) ? [['Roll back', `berth rollback ${name}`]] : [];
  switch (state) {
    case 'running': {
      const redeployRows: Row[] = change === null ? [['Redeploy', `berth redeploy ${name}`]] : [];
      return [['Call it', `berth run ${name} '{…}'`], ...redeployRows, ...rollbackRows];
    }
    case 'unhealthy':
      return [['Read its log', `berth logs ${name}`], ...rollbackRows, ['Stop it', `berth stop ${name}`]];
    case 'stopped':
      return [
        ['Start it', `berth start ${name}`],
        ['Remove it', `berth cleanup ${name}`],
      ];
    case 'waiting':
      return [];
    case 'cleaning':
      return [['Retry the cleanup', `berth cleanup ${name}`]];
    case 'cleaned':
      return [['Deploy it again', `berth deploy ${quoteShellWord(source.path)} --name ${name}`]];
    default:
      return [['Stop and undo everything', `berth cleanup ${name}`]];
  }
}

function hasEarlierRevision({ revision, revisions }: DeploymentInfo): boolean {
  const active = revisions.findIndex(({ id }) => id === revision);
  return revisions.slice(0, Math.max(0, active)).some(({ state }) => state === 'kept');
}
