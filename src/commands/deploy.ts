import { openSoftware } from '../calls/open-software.js';
import type { DeploymentClient } from '../client/deployment-client.js';
import type { DeployConfig } from '../contract/deploy-config.js';
import type { DeploymentInfo } from '../contract/status.js';
import { readExactJson } from '../json/read-json.js';
import { type CommandContext, defineCommand } from './command.js';
import { readInput } from './input.js';
import { waitInterruptibly } from './interruption.js';
import { parseAnswer } from './parse-answer.js';
import { reportFailedAnswer } from './report-failed-answer.js';
import { revisionOptions } from './revision-options.js';
import { watchDeployment } from './watch-deployment.js';
import { withClient } from './with-client.js';
import { writeOutcome } from './write-outcome.js';

export const deploy = defineCommand({
  name: 'deploy',
  summary: 'turn a repository into running software',
  arguments: { path: { label: 'PATH', isRequired: true, summary: 'directory of the repository (never written to)' } },
  options: {
    name: { flags: '--name <NAME>', kind: 'text', summary: 'name of the deployment (the directory’s name)' },
    ...revisionOptions,
    wait: { flags: '--no-wait', kind: 'flag', summary: 'return as soon as the deployment has started' },
    showPrompt: { flags: '--show-prompt', kind: 'flag', summary: 'print the prompt for a coding agent and exit' },
    input: { flags: '--input <JSON|@FILE|->', kind: 'text', summary: 'call the deployment once and print the answer' },
  },
  examples: [
    `berth deploy examples/sentiment --input '{"text": "fine"}'`,
    'berth deploy . --name ocr --entry app:Model.predict --example examples.jsonl --env HF_TOKEN',
  ],
  async run({ arguments: { path }, options, output, signal }) {
    const { readDeployConfig } = await import('./deploy-config.js');
    const config = await readDeployConfig(path, options);
    if (options.showPrompt) return await (await import('./preview-prompt.js')).writePromptPreview(config, output);
    const input = options.input === undefined ? undefined : await readInput(options.input);
    const info = await withClient(output, (client) => startAndFollow(client, config, { output, signal }, options.wait));
    output.progress.end();
    if (info.state !== 'running' && !options.wait) return await writeStarted(info, output);
    if (info.state !== 'running' || input === undefined) return await writeOutcome(info, output);
    return await writeAnswer(info, await callOnce(config.name, input, signal), output);
  },
});

type OutputContext = Pick<CommandContext, 'output' | 'signal'>;
type Output = CommandContext['output'];

async function startAndFollow(
  client: DeploymentClient,
  config: DeployConfig,
  { output, signal }: OutputContext,
  isAwaited: boolean,
): Promise<DeploymentInfo> {
  await client.deploy(config);
  if (!isAwaited) return await client.info(config.name);
  return await watchDeployment(config.name, output, (report) =>
    waitInterruptibly(client.follow(config.name, report, { signal }), signal, config.name),
  );
}

/** Calls the deployment once; takes and returns JSON text. */
async function callOnce(name: string, inputs: string, signal: AbortSignal): Promise<string> {
  const software = await openSoftware(name);
  try {
    return await software.runText(inputs, { signal });
  } finally {
    await software.close();
  }
}

async function writeAnswer(info: DeploymentInfo, answer: string, output: Output): Promise<number> {
  const { text, failure } = parseAnswer(answer);
  await output.result({ ...info, answer: readExactJson(text) }, () => text);
  reportFailedAnswer(output, failure, info.name);
  return failure === undefined ? 0 : 1;
}

async function writeStarted(info: DeploymentInfo, output: Output): Promise<number> {
  await output.result(info, () => `${info.name} is ${info.state}; follow it: berth status ${info.name} --watch`);
  return 0;
}
