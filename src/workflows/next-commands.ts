import type { DeploymentInfo, LastError } from '../contract/status.js';
import { shellWord } from '../shell-word.js';

/** What a person may want to do next, and the line to type. */
export interface NextCommand {
  purpose: string;
  command: string;
}

/**
 * In each state of a deployment: first what the change that is being made asks for, then what can be done anyway. What
 * its failures already say to do next is left out.
 */
export function nextCommands(info: DeploymentInfo): NextCommand[] {
  const said = failuresOf(info).map(({ next }) => next);
  const isSaid = (command: string) => said.some((next) => next.includes(command.split(' ', 2).join(' ')));
  return [...forChange(info), ...forState(info)]
    .filter(([, command]) => !isSaid(command))
    .map(([purpose, command]) => ({ purpose, command }));
}

/** Of what runs, and of what is to replace it; for a first revision both are the same. */
export function failuresOf({ lastError, change }: DeploymentInfo): LastError[] {
  const failed = change?.lastError ?? null;
  if (failed === null) return lastError === null ? [] : [lastError];
  return lastError === null || isSame(failed, lastError) ? [failed] : [lastError, failed];
}

const isSame = (one: LastError, other: LastError): boolean =>
  one.code === other.code && one.message === other.message && one.evidence === other.evidence;

type Row = [purpose: string, command: string];

function forChange({ name, change, revision }: DeploymentInfo): Row[] {
  if (change === null) return [];
  const rest = revision === null ? '' : `, and keep ${revision}`;
  if (change.state === 'waiting')
    return [
      ['Continue with a hint', `berth resume ${name} --hint '…'`],
      ['Fix the copy yourself', `berth shell ${name}; berth resume ${name} --agent none`],
      ['Deploy the fixed source', `berth redeploy ${name}`],
      [`Give up${rest}`, `berth abandon ${name}`],
    ];
  const follow: Row = ['Follow it', `berth status ${name} --watch`];
  return revision === null ? [follow] : [follow, [`Give up${rest}`, `berth abandon ${name}`]];
}

function forState(info: DeploymentInfo): Row[] {
  const { name, state, change, source } = info;
  const back: Row[] = change === null && hasEarlier(info) ? [['Roll back', `berth rollback ${name}`]] : [];
  switch (state) {
    case 'running': {
      const renew: Row[] = change === null ? [['Redeploy', `berth redeploy ${name}`]] : [];
      return [['Call it', `berth run ${name} '{…}'`], ...renew, ...back];
    }
    case 'unhealthy':
      return [['Read its log', `berth logs ${name}`], ...back, ['Stop it', `berth stop ${name}`]];
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
      return [['Deploy it again', `berth deploy ${shellWord(source.path)} --name ${name}`]];
    default:
      return [['Stop and undo everything', `berth cleanup ${name}`]];
  }
}

function hasEarlier({ revision, revisions }: DeploymentInfo): boolean {
  const active = revisions.findIndex(({ id }) => id === revision);
  return revisions.slice(0, Math.max(0, active)).some(({ state }) => state === 'kept');
}
