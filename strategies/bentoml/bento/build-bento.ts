import { readdir, readFile, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { explainHostRequirement } from '../../../src/adaptation/shapes/explain-host-requirement.js';
import type { RunPlan } from '../../../src/contract/handle.js';
import { runCommand } from '../../../src/environments/run-command.js';
import { BerthError } from '../../../src/errors.js';
import { writeDurably } from '../../../src/home/durable-file.js';
import { berthHome } from '../../../src/home/home.js';
import { createProcessMark, killMarkedProcesses } from '../../../src/processes/marked-processes.js';
import { redact } from '../../../src/secrets/redact.js';
import { parseBentoInterface } from '../bento-interface.js';
import { bentoHome, buildBentoServerEnvironment } from '../server/server-environment.js';
import { describeBuild } from './describe-build.js';

export interface Bento {
  /** `service:r1`. */
  tag: string;
  /** Name of the service to call. */
  entryService: string;
  /** Seconds after which the service ends a call. */
  timeout: number;
}

export interface BuildOptions {
  version: string;
  /** The software's variables, which importing the service may need. */
  env: Record<string, string>;
  signal?: AbortSignal | undefined;
}

/** Seconds that a build, or an upload, may take. */
export const buildTimeout = 900;
/** Lines of a command's output that show why it failed. */
const evidenceLineCount = 30;

/** Seconds after which BentoML ends a call by default, without `traffic.timeout`. */
const defaultTimeout = 60;

const Traffic = z.looseObject({ timeout: z.number().default(defaultTimeout) });
const BuiltService = z.looseObject({
  name: z.string(),
  config: z.looseObject({ traffic: Traffic.optional() }).optional(),
});
const BentoFile = z.looseObject({
  name: z.string(),
  version: z.string(),
  entry_service: z.string(),
  services: z.array(BuiltService),
});

/**
 * Builds the revision into a bento in its own BENTOML_HOME, once: the code and exactly the packages that were verified.
 *
 * @throws BUILD_FAILED with the last lines of `bentoml build`, START_FAILED for code that would not run from a bento.
 */
export async function buildBento(plan: RunPlan, { version, env, signal }: BuildOptions): Promise<Bento> {
  refuseHostModules(plan);
  const store = join(bentoHome(plan), 'bentos');
  const built = await findBento(plan, version);
  if (built !== undefined) return built;
  for (const name of await readdir(store).catch(() => []))
    await rm(join(store, name, version), { recursive: true, force: true }); // a partial one, from an interrupted build
  const config = join(plan.stateDirectory, `bentofile-${version}.json`);
  await writeDurably(
    config,
    JSON.stringify(await describeBuild(plan, { env: buildToolEnvironment(plan, env), signal })),
  );
  const argv = ['build', plan.directory, '--bentofile', config, '--version', version, '--output', 'tag'];
  const output = await runBentoml(plan, argv, { env, signal, secrets: Object.values(env) });
  const tag = /__tag__:(\S+)/.exec(output)?.[1];
  if (tag === undefined)
    throw new BerthError('BUILD_FAILED', `bentoml build did not name the bento: ${output.slice(-500)}`);
  await writeDurably(getRecordPath(plan, version), JSON.stringify({ tag }));
  return await readBento(plan, tag);
}

function refuseHostModules(plan: RunPlan): void {
  const loading = explainHostRequirement(plan.runInterface);
  if (loading === undefined) return;
  const { what, advice } = loading;
  const message = `a service around ${what} needs modules of Berth’s own, which no bento holds: ${advice}`;
  throw new BerthError('START_FAILED', message, { name: plan.deployment });
}

/** Returns the bento of this version, if its build has finished. */
export async function findBento(plan: RunPlan, version: string): Promise<Bento | undefined> {
  const record = await readFile(getRecordPath(plan, version), 'utf8').catch(() => undefined);
  return record === undefined ? undefined : await readBento(plan, (JSON.parse(record) as { tag: string }).tag);
}

/** Kills the remaining processes of a build or an upload. */
export const stopBuild = async (plan: RunPlan): Promise<void> => void (await killMarkedProcesses(toolMark(plan)));

/**
 * Runs a `bentoml` command of the revision's environment. Returns its raw output.
 *
 * @throws BUILD_FAILED when the command fails.
 */
export async function runBentoml(
  plan: RunPlan,
  args: string[],
  { env, signal, secrets }: Omit<BuildOptions, 'version'> & { secrets: string[] },
): Promise<string> {
  const { exitCode, output } = await runCommand({
    argv: [plan.environment?.python ?? 'python3', '-m', 'bentoml', ...args],
    cwd: plan.stateDirectory,
    env: buildToolEnvironment(plan, env),
    timeout: buildTimeout,
    signal,
  });
  if (exitCode === 0) return output;
  const redacted = redact(output, secrets);
  const lines = redacted.trimEnd().split('\n').slice(-evidenceLineCount);
  const reason = lines.flatMap((line) => /\w*(Error|Exception): .*/.exec(line)?.[0] ?? []).at(-1) ?? lines.at(-1);
  throw new BerthError('BUILD_FAILED', `bentoml ${args[0]} exited with code ${exitCode}: ${reason}`, {
    name: plan.deployment,
    evidence: lines.join('\n'),
  });
}

/**
 * Builds the server's environment with a separate mark, by which the tool is found and killed separately. BentoML needs
 * uv on the path.
 */
function buildToolEnvironment(plan: RunPlan, env: Record<string, string>): Record<string, string> {
  const { TMPDIR: _, PATH = '', ...variables } = buildBentoServerEnvironment(plan, parseBentoInterface(plan), env);
  return { ...variables, PATH: `${PATH}${delimiter}${berthHome().bin}`, ...createProcessMark(toolMark(plan)) };
}

export const toolMark = ({ stateDirectory }: RunPlan) => ({ stateDirectory: join(stateDirectory, 'bentoml') });

const getRecordPath = ({ stateDirectory }: RunPlan, version: string): string =>
  join(stateDirectory, `bento-${version}.json`);

async function readBento(plan: RunPlan, tag: string): Promise<Bento> {
  const file = join(bentoHome(plan), 'bentos', ...tag.split(':'), 'bento.yaml');
  const { entry_service: entryService, services } = BentoFile.parse(parse(await readFile(file, 'utf8')));
  const called = services.find(({ name }) => name === entryService);
  return { tag, entryService, timeout: called?.config?.traffic?.timeout ?? defaultTimeout };
}
