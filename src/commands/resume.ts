import type { DeploymentClient } from '../client/deployment-client.js';
import type { Resumption } from '../contract/round.js';
import type { DeploymentInfo } from '../contract/status.js';
import { type CommandContext, defineCommand } from './command.js';
import { deploymentName } from './deployment-name.js';
import { waitInterruptibly } from './interruption.js';
import { filterNewSteps, watchDeployment } from './watch-deployment.js';
import { withClient } from './with-client.js';
import { writeOutcome } from './write-outcome.js';

export const resume = defineCommand({
  name: 'resume',
  summary: 'continue a deployment that failed and waits',
  arguments: { name: deploymentName },
  options: {
    hint: { flags: '--hint <TEXT>', kind: 'text', summary: 'hint for the agent' },
    agent: {
      flags: '--agent <auto|none|AGENT,…>',
      kind: 'text',
      summary: 'agents to try in order; none verifies your own edits (unchanged)',
    },
    strategy: {
      flags: '--strategy <STRATEGY>',
      kind: 'text',
      summary: 'start over from the source with this strategy',
    },
    rounds: { flags: '--rounds <N>', kind: 'count', summary: 'number of additional rounds (unchanged)' },
    budget: { flags: '--budget <DOLLARS>', kind: 'number', summary: 'total cost limit for agents (unchanged)' },
  },
  examples: [
    'berth resume ocr --hint "the weights are in models/" --rounds 2',
    'berth resume ocr --agent codex,gemini --budget 5',
    'berth shell ocr; berth resume ocr --agent none',
  ],
  async run({ arguments: { name }, options, output, signal }) {
    const resumption = buildResumption(options);
    await requireValidResumption(resumption);
    const info = await withClient(output, (client) => resumeAndFollow(client, name, resumption, { output, signal }));
    output.progress.end();
    return await writeOutcome(info, output);
  },
});

/** Builds the resumption from the given options; omitted options stay unchanged. */
const buildResumption = (options: { [K in keyof Resumption]-?: Resumption[K] | undefined }): Resumption =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

async function requireValidResumption({ agent, strategy }: Resumption): Promise<void> {
  if (agent !== undefined) await (await import('./require-known-agents.js')).requireKnownAgents(agent);
  if (strategy === undefined) return;
  const { StrategyRegistry } = await import('../registry/index.js');
  (await StrategyRegistry.scan()).requireReady(strategy);
}

const resumeAndFollow = (
  client: DeploymentClient,
  name: string,
  resumption: Resumption,
  { output, signal }: Pick<CommandContext, 'output' | 'signal'>,
): Promise<DeploymentInfo> =>
  watchDeployment(name, output, async (report) => {
    const previous = await client.info(name);
    await client.resume(name, resumption);
    const { change } = previous;
    const reportNewSteps = filterNewSteps(previous, report);
    const work =
      change === null
        ? client.follow(name, reportNewSteps, { signal })
        : client.followChange(name, change.id, reportNewSteps, { signal });
    return await waitInterruptibly(work, signal, name);
  });
