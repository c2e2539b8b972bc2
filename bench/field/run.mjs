// Deploys public repositories with the berth command, without model and agent, and calls each of them.
// `npm run field -- --from DIR [--only SLUG] [--jobs N]`; method: bench/README.md
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createStack } from './create-stack.mjs';
import { describeRate, describeResult, writeReport } from './report.mjs';
import { readTable } from './repository-table.mjs';
import { tryRepository } from './try-repository.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const options = {
  from: { type: 'string' },
  only: { type: 'string', multiple: true, default: [] },
  jobs: { type: 'string', default: '1' },
  deadline: { type: 'string', default: '600' },
  results: { type: 'string' },
  table: { type: 'string', default: join(root, 'bench', 'field', 'repositories.yaml') },
  report: { type: 'string', default: join(root, 'docs', 'compatibility.md') },
};

try {
  process.exitCode = await tryAll(parseArgs({ options }).values);
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
}

/** Returns 0 when all losses are known. */
async function tryAll({ from, only, table: path, report, results: file, ...numbers }) {
  const [jobs, deadline] = ['jobs', 'deadline'].map((option) => toNumber(option, numbers[option]));
  const table = await readTable(path);
  const entries = table.filter((entry) => only.length === 0 || only.some((name) => isNamed(entry, name)));
  if (entries.length === 0) throw new Error(`--only ${only.join(', ')}: not in ${relative('', path)}.`);
  const previousResults = await readResults(file);
  const directory = await mkdtemp(join(tmpdir(), 'berth-field-'));
  const stack = createStack(join(directory, 'home'));
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  try {
    const results = await mapInOrder(entries, jobs, async (entry, index) => {
      if (interrupted.signal.aborted) return null;
      const key = JSON.stringify(entry);
      const settings = { stack, from, directory, deadline };
      const result = previousResults[key]
        ? { entry, ...previousResults[key] }
        : await tryRepository(entry, `field-${index + 1}`, settings);
      console.log(describeResult(result));
      if (result.outcome === 'served') previousResults[key] = { outcome: 'served', seconds: result.seconds };
      if (file !== undefined) await writeFile(file, `${JSON.stringify(previousResults, null, 2)}\n`);
      return result;
    });
    if (results.includes(null)) return 130;
    console.log(`\n${describeRate(results)}`);
    if (entries.length === table.length) await writeFile(report, writeReport(results));
    return results.some(({ outcome, entry }) => outcome === 'lost' && entry.loss === undefined) ? 1 : 0;
  } finally {
    await stack.end();
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Reads the repositories that an earlier run served, to skip them. */
async function readResults(file) {
  return file !== undefined && existsSync(file) ? JSON.parse(await readFile(file, 'utf8')) : {};
}

/** Checks whether `--only` selects an entry, by its slug or by slug and folder (`owner/name/folder`). */
function isNamed({ slug, folder }, name) {
  return [slug, join(slug, folder)].includes(name);
}

function toNumber(option, text) {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Error(`--${option} ${text}: give a number from 1 up.`);
  return number;
}

/** Maps at most `limit` items at a time. Returns the results in the order of the items. */
async function mapInOrder(items, limit, map) {
  const results = [];
  const rest = items.entries();
  const work = async () => {
    for (const [index, item] of rest) results[index] = await map(item, index);
  };
  await Promise.all(Array.from({ length: limit }, work));
  return results;
}
