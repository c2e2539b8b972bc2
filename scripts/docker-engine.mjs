// A container engine for the tests, and the base image that Dockerfiles of ours ask for.
//   node scripts/docker-engine.mjs start DIRECTORY   a dockerd whose files all lie there; prints DOCKER_HOST=…
//   node scripts/docker-engine.mjs aside DIRECTORY   the same beside another engine, whose containers' networks it leaves alone
//   node scripts/docker-engine.mjs stop DIRECTORY    ends it and removes the directory
//   node scripts/docker-engine.mjs base              has the base image in DOCKER_HOST: made with debootstrap, once, or pulled
// The engines need root and Debian's packages docker.io, iptables and iproute2; making the base image, root and debootstrap.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Docker from 'dockerode';
import { cache } from './testing/cache.mjs';

/** As strategies/docker/recipes/choose-python-base.ts names it. */
export const baseImage = 'python:3.11.13-slim-bookworm';

const packages = ['python3', 'python3-pip', 'python3-venv', 'ca-certificates'];
/** Left out of the image: a build needs none of it. */
const leftOut = [
  'var/cache/apt',
  'var/lib/apt/lists',
  'usr/share/doc',
  'usr/share/man',
  'usr/share/locale',
  'dev',
  'proc',
  'sys',
];
const authority = '/etc/ssl/certs/ca-certificates.crt';

const commands = { start, aside, stop, base };

/** Its containers reach this machine by a bridge of their own, and nothing beyond: no rule of the firewall is touched. */
async function aside(directory) {
  const { name, address } = bridgeOf(directory);
  if (!existsSync(`/sys/class/net/${name}`)) {
    run('ip', ['link', 'add', name, 'type', 'bridge']);
    run('ip', ['address', 'add', address, 'dev', name]);
    run('ip', ['link', 'set', name, 'up']);
  }
  const untouched = ['iptables', 'ip6tables', 'ip-masq', 'ip-forward'].map((rule) => `--${rule}=false`);
  await start(directory, [`--bridge=${name}`, ...untouched]);
}

/** A network interface has at most 15 characters. */
function bridgeOf(directory) {
  const digest = createHash('sha256').update(directory).digest();
  return { name: `berth-${digest.toString('hex', 0, 4)}`, address: `10.213.${digest[4]}.1/24` };
}

async function start(directory, network = []) {
  const socket = join(directory, 'docker.sock');
  const address = `unix://${socket}`;
  if (!(await answers(socket))) {
    mkdirSync(directory, { recursive: true });
    // Of one that was killed: their ids may be somebody else's by now, whom a new one would wait for.
    for (const file of ['dockerd.pid', 'exec/containerd/containerd.pid'])
      rmSync(join(directory, file), { force: true });
    const log = openSync(join(directory, 'dockerd.log'), 'a');
    const places = { host: address, 'data-root': 'data', 'exec-root': 'exec', pidfile: 'dockerd.pid' };
    const options = Object.entries(places).map(
      ([name, place]) => `--${name}=${name === 'host' ? place : join(directory, place)}`,
    );
    spawn('dockerd', [...options, ...network], { detached: true, stdio: ['ignore', log, log] }).unref();
    for (let look = 0; look < 300 && !(await answers(socket)); look += 1) await sleep(100);
    if (!(await answers(socket)))
      fail(`dockerd did not come up:\n${readFileSync(join(directory, 'dockerd.log'), 'utf8').slice(-2_000)}`);
  }
  console.log(`DOCKER_HOST=${address}`);
}

async function stop(directory) {
  const pidFile = join(directory, 'dockerd.pid');
  if (existsSync(pidFile)) {
    const pid = Number(readFileSync(pidFile, 'utf8'));
    spawnSync('kill', [pid], { stdio: 'ignore' });
    for (let look = 0; look < 300 && isAlive(pid); look += 1) await sleep(100);
  }
  removeRemains(directory);
  const { name } = bridgeOf(directory);
  if (existsSync(`/sys/class/net/${name}`)) run('ip', ['link', 'delete', name]);
  rmSync(directory, { recursive: true, force: true });
}

/** What a dockerd that was killed leaves: what holds its containers, and mounts, which cannot be removed. */
function removeRemains(directory) {
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry)))
    if (readQuietly(`/proc/${pid}/cmdline`).includes(`${directory}/exec/`)) killTree(pid);
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
  const places = mounts.map((line) => line.split(' ')[1] ?? '').filter((place) => place.startsWith(`${directory}/`));
  for (const place of places.toReversed()) spawnSync('umount', ['--lazy', place], { stdio: 'ignore' });
}

async function base() {
  const engine = new Docker();
  if (
    await engine
      .getImage(baseImage)
      .inspect()
      .catch(() => undefined)
  )
    return;
  const archive = join(cache, 'python-base.tar');
  if (!existsSync(archive)) {
    if (!canMakeArchive()) return await pull(engine);
    makeArchive(archive);
  }
  const [repo, tag] = baseImage.split(':');
  const changes = ['CMD ["python3"]', 'ENV LANG=C.UTF-8'];
  await follow(engine, await engine.importImage(archive, { repo, tag, changes }));
}

/** As root with debootstrap, without any registry of images. */
const canMakeArchive = () =>
  process.getuid?.() === 0 && spawnSync('debootstrap', ['--version'], { stdio: 'ignore' }).status === 0;

async function pull(engine) {
  try {
    await follow(engine, await engine.pull(baseImage));
  } catch (error) {
    const { message } = error;
    fail(`${baseImage} can be neither pulled (${message}) nor made: pull it, or run as root with debootstrap`);
  }
}

const follow = (engine, stream) =>
  new Promise((resolve, reject) => engine.modem.followProgress(stream, (error) => (error ? reject(error) : resolve())));

/** Whole or not at all. */
function makeArchive(archive) {
  mkdirSync(cache, { recursive: true });
  const scratch = mkdtempSync(join(cache, 'base-'));
  const root = join(scratch, 'root');
  try {
    run('debootstrap', ['--variant=minbase', `--include=${packages.join(',')}`, 'bookworm', root]);
    rmSync(join(root, 'usr/lib/python3.11/EXTERNALLY-MANAGED'), { force: true });
    symlinkSync('python3', join(root, 'usr/bin/python'));
    if (existsSync(authority)) copyFileSync(authority, join(root, authority)); // whom this machine trusts, its builds trust
    run('tar', ['-C', root, ...leftOut.map((path) => `--exclude=./${path}/*`), '-cf', join(scratch, 'base.tar'), '.']);
    renameSync(join(scratch, 'base.tar'), archive);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const answers = (socketPath) =>
  new Docker({ socketPath, host: '' }).ping().then(
    () => true,
    () => false,
  );

function killTree(pid) {
  for (const child of readQuietly(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean)) killTree(child);
  spawnSync('kill', ['-KILL', pid], { stdio: 'ignore' });
}

function readQuietly(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // It ended in the meantime.
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function run(command, argv) {
  const { status } = spawnSync(command, argv, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) fail(`${command} failed`);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

const [name, directory] = process.argv.slice(2);
if (commands[name] === undefined || (name !== 'base' && directory === undefined))
  fail('usage: docker-engine.mjs start DIRECTORY | aside DIRECTORY | stop DIRECTORY | base');
await commands[name](directory);
