// The needs that a test file can declare with `@needs NAME …` in its first comment.
import { delimiter, dirname, join } from 'node:path';
import { cache } from './cache.mjs';
import { root, source, strategySource } from './import-source.mjs';
import { installAider, installNpmAgents } from './install-agents.mjs';
import { installNewerNode } from './install-newer-node.mjs';
import { run, works } from './run.mjs';

/** Version to install when the machine has no uv; pinned for reproducible runs. */
const uvVersion = '0.13.9';

/**
 * A need: `provide` finds or fetches it and resolves with variables for the tests; a value for PATH is appended. It
 * throws the problem when the need cannot be met. `remedy` describes how to meet it.
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
    remedy: 'install bubblewrap, and allow it to create namespaces',
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
      if (!canCreateControlGroup()) throw new Error('no control group can be created');
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
      if (!isRoot()) throw new Error('root is required');
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

/** Finds uv on the PATH or in Berth's home, else installs it into the cache. */
async function provideUv({ fetchOnce }) {
  const [{ findUv }, { berthHome }] = await Promise.all([source('environments/find-uv.ts'), source('home/home.ts')]);
  const inHome = join(berthHome().bin, 'uv');
  const uv = works(inHome) ? inHome : await fetchOnce('uv', () => findUv(berthHome(cache), { version: uvVersion }));
  return { PATH: dirname(uv), BERTH_TEST_UV: uv };
}

/** Finds the CLI in TEMPORAL_CLI, on the PATH or in Berth's home, else installs it into the cache. */
async function provideTemporal({ report, fetchOnce }) {
  const [{ ensureTemporal, locateTemporal }, { berthHome }, { withLock }] = await Promise.all(
    ['stack/ensure-temporal.ts', 'home/home.ts', 'processes/lock.ts'].map(source),
  );
  const present = await locateTemporal(berthHome());
  const install = () => ensureTemporal(berthHome(cache), report);
  const installLocked = () => withLock({ directory: join(cache, 'locks', 'temporal') }, install);
  const { path } = present ?? (await fetchOnce('the Temporal CLI', installLocked));
  return { TEMPORAL_CLI: path };
}

/** Checks the needs of the docker strategy itself, then provides the base image of its recipes. */
async function provideEngine({ fetchOnce }) {
  const { findNeeds } = await strategySource('docker/needs.ts');
  const unmet = (await findNeeds()).find(({ isMet }) => !isMet);
  if (unmet !== undefined) throw new Error(unmet.detail);
  const engine = join(root, 'scripts', 'docker-engine.mjs');
  await fetchOnce('the base image of the container tests', () => run(process.execPath, [engine, 'base']));
  return {};
}

/** Merges the variables of several needs. */
export function joinVariables(all) {
  const lists = (name) => [...new Set(all.map((variables) => variables[name]).filter((value) => value !== undefined))];
  const present = (process.env.PATH ?? '').split(delimiter);
  return {
    ...Object.assign({}, ...all),
    PATH: [...present, ...lists('PATH').filter((directory) => !present.includes(directory))].join(delimiter),
    BERTH_TEST_AGENTS: lists('BERTH_TEST_AGENTS').join(delimiter),
  };
}
