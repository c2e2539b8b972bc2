import { shapes } from './repository-table.mjs';

const outcomeLabels = { served: 'served', lost: 'LOST', skipped: 'left out' };

/** Describes the result of a repository in one line. */
export function describeResult({ entry, outcome, seconds, reason }) {
  const took = seconds === null || seconds === undefined ? '' : `${seconds.toFixed(1)} s`;
  const line = `${outcomeLabels[outcome].padEnd(8)} ${took.padStart(7)}  ${describeEntry(entry)}`;
  if (outcome === 'served') return entry.loss ? `${line}\n  listed as a loss: remove its "loss"` : line;
  return `${line}\n  ${shorten(reason, 600)}${entry.loss ? `\n  known: ${entry.loss}` : ''}`;
}

/** Describes the rate over all tried repositories: `41 of 44 served (93 %)`. */
export function describeRate(results) {
  const tried = results.filter(({ outcome }) => outcome !== 'skipped');
  const served = tried.filter(({ outcome }) => outcome === 'served');
  const rate = tried.length === 0 ? 0 : Math.floor((100 * served.length) / tried.length);
  const left = results.length - tried.length;
  return `${served.length} of ${tried.length} served (${rate} %)${left > 0 ? `, ${left} left out` : ''}`;
}

/** Renders docs/compatibility.md: the rate, a table for each shape, and the losses with their reasons. */
export function writeReport(results) {
  const repositories = new Set(results.map(({ entry }) => entry.slug)).size;
  const parts = [
    '# Compatibility',
    `Public repositories by other authors, deployed unchanged with \`berth deploy\`, without a model or a coding agent. A
repository counts as served only if every call returns the expected output. \`npm run field\` deploys them and writes this
page. [bench/field/repositories.yaml](../bench/field/repositories.yaml) lists the inputs and the expected outputs.`,
    `**${describeRate(results)}**, from ${repositories} repositories.`,
    ...Object.entries(shapes).flatMap(([shape, title]) => describeShape(shape, title, results)),
    ...describeLosses(results),
  ];
  return `${parts.join('\n\n')}\n`;
}

function describeShape(shape, title, results) {
  const rows = results.filter(({ entry }) => entry.shape === shape);
  if (rows.length === 0) return [];
  const lines = rows.map(({ entry, outcome }) => {
    const { slug, commit, folder } = entry;
    const at = folder === '.' ? '' : `/${folder}`;
    const link = `[${slug}${at}](https://github.com/${slug}/tree/${commit}${at})`;
    return `| ${link} | \`${commit.slice(0, 9)}\` | ${describeArguments(entry)} | ${outcome === 'served' ? 'served' : `**${outcomeLabels[outcome].toLowerCase()}**`} |`;
  });
  const served = rows.filter(({ outcome }) => outcome === 'served').length;
  const head = '| Repository | Commit | Arguments | Result |\n| --- | --- | --- | --- |';
  return [`## ${title}: ${served} of ${rows.length}`, `${head}\n${lines.join('\n')}`];
}

function describeLosses(results) {
  const losses = results.filter(({ outcome }) => outcome !== 'served');
  if (losses.length === 0) return [];
  const lines = losses.map(({ entry, reason }) => {
    const measured = `\`${shorten(reason, 240).replaceAll('`', "'").replaceAll('|', '\\|')}\``;
    return `| ${describeEntry(entry)} | ${entry.loss ?? ''} | ${measured} |`;
  });
  return [
    '## What is not served, and why',
    `| Repository | Reason | Berth says |\n| --- | --- | --- |\n${lines.join('\n')}`,
  ];
}

function describeEntry({ slug, folder, arguments: argv }) {
  return [folder === '.' ? slug : `${slug}/${folder}`, ...argv].join(' ');
}

const describeArguments = ({ arguments: argv }) => (argv.length === 0 ? '' : `\`${argv.join(' ')}\``);

/** Reduces text to one line without directories of this machine. */
function shorten(text, length) {
  const line = text
    .replace(/(\/[\w.+@-]+){2,}\/(?=[\w.+@-]+)/g, '…/')
    .replace(/\s+/g, ' ')
    .trim();
  return line.length <= length ? line : `${line.slice(0, length - 1)}…`;
}
