// Deploys public repositories with Berth's own command, without a model and without an agent, and calls each of them.
// `npm run field -- --from DIR [--only SLUG] [--jobs N]`; method: bench/README.md
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createStack } from './berth-command.mjs';
import { describeRate, describeResult, writeReport } from './report.mjs';
import { readTable } from './table.mjs';
import { tryRepository } from './try-repository.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const { values } = parseArgs({
  options: {
    from: { type: 'string' },
    only: { type: 'string', multiple: true, default: [] },
    jobs: { type: 'string', default: '1' },
    deadline: { type: 'string', default: '600' },
    results: { type: 'string' },
    table: { type: 'string', default: join(root, 'bench', 'field', 'repositories.yaml') },
    report: { type: 'string', default: join(root, 'docs', 'compatibility.md') },
  },
});

try {
  process.exitCode = await tryAll();
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
}

async function tryAll() {
  const table = await readTable(values.table);
  const entries = table.filter((entry) => isWanted(entry));
  if (entries.length === 0) throw new Error(`--only ${values.only.join(', ')}: not in ${relative('', values.table)}.`);
  const directory = await mkdtemp(join(tmpdir(), 'berth-field-'));
  const stack = createStack(join(directory, 'home'));
  const settings = { stack, from: values.from, directory, deadline: toNumber('deadline') };
  const kept = await readResults();
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  try {
    const results = await mapInOrder(entries, toNumber('jobs'), async (entry, index) => {
      if (interrupted.signal.aborted) return null;
      const key = JSON.stringify(entry);
      const result = kept[key] ? { entry, ...kept[key] } : await tryRepository(entry, `field-${index + 1}`, settings);
      console.log(describeResult(result));
      const { outcome, seconds } = result;
      if (outcome === 'served') kept[key] = { outcome, seconds };
      if (values.results) await writeFile(values.results, `${JSON.stringify(kept, null, 2)}\n`);
      return result;
    });
    if (results.includes(null)) return 130;
    console.log(`\n${describeRate(results)}`);
    const isWhole = entries.length === table.length;
    if (isWhole) await writeFile(values.report, writeReport(results));
    return results.some(({ outcome }) => outcome === 'lost') ? 1 : 0;
  } finally {
    await stack.end();
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** What an interrupted run served: it is not tried again. */
async function readResults() {
  return values.results && existsSync(values.results) ? JSON.parse(await readFile(values.results, 'utf8')) : {};
}

/** Whether `--only` names it: by its slug, or by its slug and folder (`owner/name/folder`). */
function isWanted({ slug, folder }) {
  return values.only.length === 0 || values.only.some((name) => [slug, join(slug, folder)].includes(name));
}

function toNumber(option) {
  const number = Number(values[option]);
  if (!Number.isInteger(number) || number < 1)
    throw new Error(`--${option} ${values[option]}: give a number from 1 up.`);
  return number;
}

/** Maps with at most `limit` at a time; the results are in the order of the items. */
async function mapInOrder(items, limit, map) {
  const results = [];
  const rest = items.entries();
  const work = async () => {
    for (const [index, item] of rest) results[index] = await map(item, index);
  };
  await Promise.all(Array.from({ length: limit }, work));
  return results;
}
