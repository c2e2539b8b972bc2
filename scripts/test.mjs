// The README's test command: npm test [-- jest's arguments].
// Builds when dist/ is missing or older than its sources, reads what the test files declare to need (`@needs NAME …` in
// their first comment), gets from package registries what they have of it, and runs jest. Files whose needs are not met
// are loaded, and their tests skipped; a line for each such need says why, and how to meet it. With BERTH_TEST_COMPLETE=1
// an unmet need is a failure. The last line of the output is `N passed, N failed, N skipped`.
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

const ofJest = {
  ...process.env,
  NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules --no-warnings=ExperimentalWarning`.trim(),
};

async function main(jestArguments) {
  if (isStale()) build();
  const files = listTestFiles(jestArguments, ofJest);
  const names = [...new Set(files.flatMap((file) => file.needs))];
  const { met, unmet } = await meetNeeds(names, console.log);
  for (const [name, problem] of unmet) console.log(describeLack(name, problem, files));
  if (unmet.size > 0 && process.env.BERTH_TEST_COMPLETE === '1') {
    console.log('BERTH_TEST_COMPLETE=1: nothing may be left out');
    console.log(summarize(undefined));
    return 1;
  }
  const env = {
    ...ofJest,
    ...joinVariables([...met.values()]),
    BERTH_TEST_MET: [...met.keys()].join(' '),
    BERTH_TEST_UNMET: [...unmet.keys()].join(' '),
  };
  return runJest(jestArguments, env);
}

function describeLack(name, problem, files) {
  const tests = files.filter((file) => file.needs.includes(name)).map(({ file }) => relative(join(root, 'test'), file));
  const some = tests.length > 3 ? [...tests.slice(0, 3), `${tests.length - 3} more`] : tests;
  return `left out for want of ${name}: ${some.join(', ')} (${problem}; to have them run: ${needs[name].remedy})`;
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
