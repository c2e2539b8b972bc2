// What a test file may declare with `@needs NAME …` in its first comment.
import { delimiter, dirname, join } from 'node:path';
import { cache } from './cache.mjs';
import { root, source, strategySource } from './import-source.mjs';
import { installAider, installNpmAgents } from './install-agents.mjs';
import { installNewerNode } from './install-newer-node.mjs';
import { run, works } from './run.mjs';

/** Pinned, so that every run tests with the same one where the machine has none. */
const uvVersion = '0.13.9';

/**
 * A need: `provide` finds it or gets it, and resolves with the variables that the tests then have; what is given for PATH
 * is added to it. It throws what is wrong where the need cannot be met. `remedy` says how to meet it.
 */
export const needs = {
  git: program('git', 'install git'),
  python3: {
    remedy: 'install Python 3.8 or newer',
    provide: () => check('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 8))']),
  },
  ps: program('ps', 'install procps', ['-A']),
  openssl: program('openssl', 'install openssl', ['version']),
  setsid: program('setsid', 'install util-linux'),
  uv: { remedy: 'install uv, or Python’s venv and pip (python3-venv)', provide: provideUv },
  temporal: {
    remedy: 'install the Temporal CLI or Go, or name the CLI in TEMPORAL_CLI',
    provide: provideTemporal,
  },
  claude: agent('claude'),
  codex: agent('codex'),
  gemini: agent('gemini'),
  opencode: agent('opencode'),
  aider: {
    remedy: 'reach the Python package index',
    provide: async ({ fetchOnce, provided }) => {
      const { BERTH_TEST_UV: uv } = await provided('uv');
      return { BERTH_TEST_AGENTS: await fetchOnce('aider', () => installAider(uv)) };
    },
  },
  'newer-node': {
    remedy: 'reach the npm registry',
    provide: async ({ fetchOnce }) => ({ BERTH_TEST_NODE: await fetchOnce('a newer Node.js', installNewerNode) }),
  },
  bubblewrap: {
    remedy: 'install bubblewrap, and allow it to make namespaces',
    provide: () => check('bwrap', ['--ro-bind', '/', '/', '--unshare-pid', '--', '/bin/sh', '-c', 'exit 0']),
  },
  'mount-namespaces': {
    remedy: 'run as root with util-linux, or allow user namespaces',
    provide: () => check('unshare', [isRoot() ? '-m' : '-Urm', 'nsenter', '--version']),
  },
  'control-groups': {
    remedy: 'run as root, or as a user with a delegated cgroup (version 2)',
    provide: async () => {
      const { canCreateControlGroup } = await source('processes/control-group.ts');
      if (!canCreateControlGroup()) throw new Error('no control group may be made');
      return {};
    },
  },
  'container-engine': {
    remedy: 'start Docker, or name an engine in DOCKER_HOST',
    provide: provideEngine,
  },
  dockerd: {
    remedy: 'run as root, with Debian’s packages docker.io, iptables and iproute2',
    provide: async ({ provided }) => {
      await provided('container-engine');
      if (!isRoot()) throw new Error('it needs root');
      check('dockerd');
      check('iptables');
      check('ip', ['-V']);
      return {};
    },
  },
};

function program(name, remedy, argv) {
  return { remedy, provide: () => check(name, argv) };
}

function check(name, argv) {
  if (!works(name, argv)) throw new Error(`${name} is missing or does not work here`);
  return {};
}

const isRoot = () => process.getuid?.() === 0;

function agent(name) {
  return {
    remedy: 'reach the npm registry',
    provide: async ({ fetchOnce }) => {
      const directory = await fetchOnce('the coding agents’ programs', installNpmAgents);
      check(join(directory, name));
      return { BERTH_TEST_AGENTS: directory };
    },
  };
}

/** From the PATH, else from Berth's home, else from the cache, where it is put from the package index. */
async function provideUv({ fetchOnce }) {
  const [{ findUv }, { berthHome }] = await Promise.all([source('environments/find-uv.ts'), source('home/home.ts')]);
  const inHome = join(berthHome().bin, 'uv');
  const uv = works(inHome) ? inHome : await fetchOnce('uv', () => findUv(berthHome(cache), { version: uvVersion }));
  return { PATH: dirname(uv), BERTH_TEST_UV: uv };
}

/** From TEMPORAL_CLI, the PATH or Berth's home, else from the cache, where it is downloaded to or built. */
async function provideTemporal({ report, fetchOnce }) {
  const [{ ensureTemporal, locateTemporal }, { berthHome }, { withLock }] = await Promise.all(
    ['stack/ensure-temporal.ts', 'home/home.ts', 'processes/lock.ts'].map(source),
  );
  const present = await locateTemporal(berthHome());
  const find = () => ensureTemporal(berthHome(cache), report);
  const findAlone = () => withLock({ directory: join(cache, 'locks', 'temporal') }, find);
  const { path } = present ?? (await fetchOnce('the Temporal CLI', findAlone));
  return { TEMPORAL_CLI: path };
}

/** The strategy's own look, so that the tests and a deployment agree on what is there; and the base image of our recipes. */
async function provideEngine({ fetchOnce }) {
  const { findNeeds } = await strategySource('docker/needs.ts');
  const unmet = (await findNeeds()).find(({ isMet }) => !isMet);
  if (unmet !== undefined) throw new Error(unmet.detail);
  const engine = join(root, 'scripts', 'docker-engine.mjs');
  await fetchOnce('the base image of the container tests', () => run(process.execPath, [engine, 'base']));
  return {};
}

/** The variables of one need joined to those of others. */
export function joinVariables(all) {
  const lists = (name) => [...new Set(all.map((variables) => variables[name]).filter((value) => value !== undefined))];
  const present = (process.env.PATH ?? '').split(delimiter);
  return {
    ...Object.assign({}, ...all),
    PATH: [...present, ...lists('PATH').filter((directory) => !present.includes(directory))].join(delimiter),
    BERTH_TEST_AGENTS: lists('BERTH_TEST_AGENTS').join(delimiter),
  };
}
