// The README's test command: npm test [-- jest's arguments].
// Builds when dist/ is missing or older than its sources, looks for what the tests need, leaves out the tests whose
// needs are not met and says so, and runs jest. With BERTH_TEST_COMPLETE=1 a lack is a failure. The last line of its
// output is `N passed, N failed, N skipped`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import envPaths from 'env-paths';
import { isStale } from './is-stale.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const homeBin = join(process.env.BERTH_HOME || envPaths('berth', { suffix: '' }).data, 'bin');

/** What some tests need beside Node, and which ones: paths below test/. */
const needs = [
  {
    name: 'git',
    candidates: ['git'],
    remedy: 'install git',
    tests: [
      'workspaces/',
      'adaptation/',
      'activities/',
      'factory/',
      'commands/',
      'examples/',
      'end-to-end',
      'package',
      'workflows/',
    ],
  },
  {
    name: 'python3',
    candidates: ['python3'],
    remedy: 'install Python 3',
    tests: [
      ...['selection/', 'environments/', 'hosts/', 'runners/', 'strategies/', 'adaptation/', 'activities/', 'factory/'],
      ...['commands/', 'examples/', 'end-to-end', 'package', 'workflows/'],
    ],
  },
  {
    name: 'uv',
    candidates: ['uv', join(homeBin, 'uv')],
    remedy: 'install uv, for example with pip install uv',
    tests: [
      ...[
        'environments/',
        'runners/',
        'strategies/',
        'adaptation/',
        'activities/',
        'factory/',
        'commands/',
        'examples/',
      ],
      ...['end-to-end', 'package', 'workflows/'],
    ],
  },
  {
    name: 'temporal',
    candidates: [process.env.TEMPORAL_CLI || 'temporal', join(homeBin, 'temporal')],
    remedy: 'install the Temporal CLI or name it in TEMPORAL_CLI; node dist/client.js up has it, too',
    tests: ['stack/', 'workflows/', 'factory/', 'activities/', 'commands/', 'examples/', 'end-to-end', 'package'],
  },
  {
    name: 'container engine',
    remedy: 'start Docker, or name an engine in DOCKER_HOST',
    tests: ['strategies/docker'],
  },
  {
    name: 'dockerd',
    remedy: "run them as root, with Debian's packages docker.io, iptables, iproute2 and debootstrap",
    tests: ['strategies/docker-killed'],
  },
  {
    name: 'mount namespaces',
    remedy: 'run them as root, or allow user namespaces',
    tests: ['end-to-end/disk'],
  },
];

async function main(jestArguments) {
  if (isStale()) run('node', [join('scripts', 'build.mjs')]);
  const found = new Map(needs.map(({ name, candidates }) => [name, candidates?.find(works)]));
  found.set('container engine', await findEngine());
  found.set('dockerd', findDaemon());
  found.set('mount namespaces', findMounts());
  const lacks = needs.filter(({ name }) => found.get(name) === undefined);
  for (const { name, remedy, tests } of lacks)
    console.log(`left out for want of ${name}: ${tests.map((test) => `test/${test}*`).join(' ')} (${remedy})`);
  if (lacks.length > 0 && process.env.BERTH_TEST_COMPLETE === '1') {
    console.log('BERTH_TEST_COMPLETE=1: nothing may be left out');
    return 1;
  }
  return runJest(jestArguments, environmentFor(found), lacks);
}

const works = (command) => spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;

/** The strategy's own look, so that the tests and a deployment agree on what is there. */
async function findEngine() {
  const { findNeeds } = await import('../dist/strategies/docker/needs.js');
  const needs = await findNeeds();
  return needs.every(({ isMet }) => isMet) ? 'engine' : undefined;
}

/** As test/support/own-engine.ts starts one. */
const findDaemon = () => (process.getuid?.() === 0 && works('dockerd') && works('iptables') ? 'dockerd' : undefined);

/** As test/support/disk.ts makes one. */
function findMounts() {
  const flags = process.getuid?.() === 0 ? '-m' : '-Urm';
  return spawnSync('unshare', [flags, 'true'], { stdio: 'ignore' }).status === 0 ? 'unshare' : undefined;
}

/** Tests find the tools as a user's command does: by TEMPORAL_CLI and the PATH. */
function environmentFor(found) {
  const temporal = found.get('temporal');
  const isUvAtHome = found.get('uv') === join(homeBin, 'uv');
  return {
    ...process.env,
    NODE_OPTIONS:
      `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules --no-warnings=ExperimentalWarning`.trim(),
    ...(temporal === undefined ? { BERTH_TEST_WITHOUT_TEMPORAL: '1' } : { TEMPORAL_CLI: temporal }),
    ...(isUvAtHome && { PATH: `${process.env.PATH}${delimiter}${homeBin}` }),
  };
}

function runJest(jestArguments, env, lacks) {
  const scratch = mkdtempSync(join(tmpdir(), 'berth-test-'));
  const report = join(scratch, 'report.json');
  const leftOut = lacks.flatMap(({ tests }) => tests.flatMap((test) => ['--testPathIgnorePatterns', `/test/${test}`]));
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  try {
    const argv = [jest, ...leftOut, '--json', '--outputFile', report, ...jestArguments];
    const { status } = spawnSync(process.execPath, argv, { cwd: root, env, stdio: 'inherit' });
    const results = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined;
    for (const failure of listFailures(results)) console.log(failure);
    console.log(summarise(results));
    return status ?? 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The first failures once more, in short: of a long log often only the end is at hand. */
function listFailures(results) {
  const tests = results?.testResults.flatMap(({ assertionResults }) => assertionResults) ?? [];
  const failed = tests.filter(({ status }) => status === 'failed').slice(0, 5);
  return failed.map(({ fullName, failureMessages: [message = ''] }) => {
    const lines = stripVTControlCharacters(message)
      .split('\n')
      .filter((line) => !/^\s*$|^\s+at /.test(line));
    return ['', `FAILED ${fullName}`, ...lines.slice(0, 12).map((line) => `  ${line}`)].join('\n');
  });
}

/** A file that could not even be run counts as one failure; so does a jest that left no report. */
function summarise(results) {
  if (results === undefined) return '0 passed, 1 failed, 0 skipped';
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  return `${results.numPassedTests} passed, ${failed} failed, ${results.numPendingTests + results.numTodoTests} skipped`;
}

function run(command, argv) {
  const { status } = spawnSync(command, argv, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

process.exitCode = await main(process.argv.slice(2));
