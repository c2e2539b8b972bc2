// Draws docs/deploy.svg, the picture in the README, from a real run of its commands in a temporary home.
// `npm run build && node scripts/draw-deploy.mjs`
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { root } from './testing/import-source.mjs';

const commands = [
  `npx berth deploy examples/sentiment --input '{"text": "what a lovely little film"}'`,
  `npx berth run sentiment '{"text": "two hours I will never get back"}'`,
];
const font = { size: 14, lineHeight: 20, characterWidth: 8.43 };
const margin = 20;

const home = mkdtempSync(join(tmpdir(), 'berth-picture-'));
const env = { ...process.env, BERTH_HOME: home, NO_COLOR: '1' };
try {
  berth('up');
  const lines = commands.flatMap((command) => [`$ ${command}`, ...runLine(command), '']).slice(0, -1);
  writeFileSync(join(root, 'docs', 'deploy.svg'), draw(lines));
} finally {
  berth('cleanup', '--all', '--yes');
  berth('down');
  rmSync(home, { recursive: true, force: true });
}

function berth(...words) {
  execFileSync(join(root, 'dist', 'client.js'), words, { env, stdio: 'ignore' });
}

function runLine(command) {
  const { status, stdout, stderr } = spawnSync(command, { shell: '/bin/bash', cwd: root, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command}: exit code ${status}\n${stderr}`);
  return anonymize(`${stderr}${stdout}`).trimEnd().split('\n');
}

/** Replaces the home, user and machine. */
function anonymize(text) {
  const user = `${userInfo().username}@${hostname()}`;
  return text.replaceAll(home, '~/.local/share/berth').replaceAll(user, 'ada@laptop');
}

function draw(lines) {
  const width = Math.ceil(Math.max(...lines.map((line) => line.length)) * font.characterWidth) + 2 * margin;
  const height = lines.length * font.lineHeight + 2 * margin;
  const texts = lines.map((line, index) => {
    const color = line.startsWith('$') ? '#8be9fd' : line.startsWith('{') ? '#50fa7b' : '#d6d6e7';
    return `  <text x="${margin}" y="${margin + (index + 0.75) * font.lineHeight}" fill="${color}">${toXml(line)}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`,
    `  font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${font.size}" xml:space="preserve">`,
    `  <rect width="100%" height="100%" rx="8" fill="#1e1e2e"/>`,
    ...texts,
    '</svg>',
    '',
  ].join('\n');
}

function toXml(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
