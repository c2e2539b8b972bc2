import type { DeploymentInfo } from '../contract/status.js';

/** Short Markdown for the Web UI: where the deployment stands, what it waits for, what to do next. */
export function describeLife(info: DeploymentInfo): string {
  return [headline(info), whatNow(info), why(info), steps(info)].filter((part) => part !== '').join('\n\n');
}

function headline({ name, state, strategy, revision }: DeploymentInfo): string {
  const parts = [strategy, revision].filter((part) => part !== null);
  return `**${name}** is **${state}**${parts.length > 0 ? ` (${parts.join(', ')})` : ''}`;
}

function whatNow({ name, state, lastError }: DeploymentInfo): string {
  if (state === 'running') return `Call it: \`berth run ${name} '{…}'\``;
  if (state === 'stopped') return `Start it again: \`berth start ${name}\``;
  if (state === 'waiting')
    return `Its work is kept. Go on: \`berth resume ${name} --hint '…'\`, or give it up: \`berth abandon ${name}\``;
  if (state === 'unhealthy') return `It is being restarted. Its prints: \`berth logs ${name}\``;
  if (state === 'cleaning' && lastError?.code === 'UNDO_INCOMPLETE') return 'The undo is tried again by itself.';
  return '';
}

function why({ lastError, selection }: DeploymentInfo): string {
  const reason = selection === null ? '' : `Strategy chosen by ${selection.decidedBy}: ${selection.reasoning}`;
  if (lastError === null) return reason;
  const evidence = lastError.evidence === null ? '' : `\n\n\`\`\`\n${lastError.evidence}\n\`\`\``;
  return `**${lastError.code}** ${lastError.message}${evidence}\n\nNext: ${lastError.next}${reason === '' ? '' : `\n\n${reason}`}`;
}

const steps = (info: DeploymentInfo): string =>
  info.steps
    .slice(-12)
    .map(
      ({ step, finishedAt, note }) => `- ${finishedAt === null ? '…' : '✓'} ${step}${note === '' ? '' : `: ${note}`}`,
    )
    .join('\n');
