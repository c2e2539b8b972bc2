// Runs the tests: npm test [-- jest's arguments].
// Builds if dist/ is stale, reads the needs of the test files (`@needs NAME …` in their first comment), fetches what
// package registries have, and runs jest. Files with unmet needs are loaded but their tests are skipped; a line for each
// unmet need has the reason and the remedy. With BERTH_TEST_COMPLETE=1 an unmet need is a failure. The last line of the
// output is `N passed, N failed, N skipped`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { isStale } from './is-stale.mjs';
import { root } from './testing/import-source.mjs';
import { jest, listTestFiles } from './testing/list-test-files.mjs';
import { meetNeeds } from './testing/meet-needs.mjs';
import { joinVariables, needs } from './testing/needs.mjs';
import { listFailures, summarize } from './testing/summary.mjs';

const jestEnvironment = {
  ...process.env,
  NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules --no-warnings=ExperimentalWarning`.trim(),
};

async function main(jestArguments) {
  if (isStale()) build();
  const files = listTestFiles(jestArguments, jestEnvironment);
  const names = [...new Set(files.flatMap((file) => file.needs))];
  const { met, unmet } = await meetNeeds(names, console.log);
  for (const [name, problem] of unmet) console.log(describeUnmetNeed(name, problem, files));
  if (unmet.size > 0 && process.env.BERTH_TEST_COMPLETE === '1') {
    console.log('BERTH_TEST_COMPLETE=1 does not allow unmet needs');
    console.log(summarize(undefined));
    return 1;
  }
  const env = {
    ...jestEnvironment,
    ...joinVariables([...met.values()]),
    BERTH_TEST_MET: [...met.keys()].join(' '),
    BERTH_TEST_UNMET: [...unmet.keys()].join(' '),
  };
  return runJest(jestArguments, env);
}

function describeUnmetNeed(name, problem, files) {
  const tests = files.filter((file) => file.needs.includes(name)).map(({ file }) => relative(join(root, 'test'), file));
  const shown = tests.length > 3 ? [...tests.slice(0, 3), `${tests.length - 3} more`] : tests;
  return `skipped without ${name}: ${shown.join(', ')} (${problem}; to run them: ${needs[name].remedy})`;
}

function runJest(jestArguments, env) {
  const scratch = mkdtempSync(join(tmpdir(), 'berth-test-'));
  const report = join(scratch, 'report.json');
  try {
    const argv = [jest, '--json', '--outputFile', report, ...jestArguments];
    const { status } = spawnSync(process.execPath, argv, { cwd: root, env, stdio: 'inherit' });
    const results = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined;
    for (const failure of listFailures(results)) console.log(failure);
    console.log(summarize(results));
    return status ?? 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function build() {
  const { status } = spawnSync('node', [join('scripts', 'build.mjs')], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

process.exitCode = await main(process.argv.slice(2));
