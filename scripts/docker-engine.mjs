// Starts a container engine for the tests, and provides the base image of Berth's Dockerfiles.
//   node scripts/docker-engine.mjs start DIRECTORY   starts a dockerd with all its files in DIRECTORY; prints
// DOCKER_HOST=…
//   node scripts/docker-engine.mjs aside DIRECTORY   same, without touching the networks of another engine
//   node scripts/docker-engine.mjs stop DIRECTORY    stops it and removes DIRECTORY
//   node scripts/docker-engine.mjs base              loads the base image into DOCKER_HOST: built once with
// debootstrap, or pulled An engine needs root and Debian's packages docker.io, iptables and iproute2; building the base
// image needs root and debootstrap.
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

/** Same image as in strategies/docker/recipes/choose-python-base.ts. */
export const baseImage = 'python:3.11.13-slim-bookworm';

const packages = ['python3', 'python3-pip', 'python3-venv', 'ca-certificates'];
/** Excluded from the image, because no build needs them. */
const excludedPaths = [
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

/** Starts an engine whose containers reach only this machine, over their own bridge, without changing the firewall. */
async function aside(directory) {
  const { name, address } = bridgeOf(directory);
  if (!existsSync(`/sys/class/net/${name}`)) {
    run('ip', ['link', 'add', name, 'type', 'bridge']);
    run('ip', ['address', 'add', address, 'dev', name]);
    run('ip', ['link', 'set', name, 'up']);
  }
  const disabledRules = ['iptables', 'ip6tables', 'ip-masq', 'ip-forward'].map((rule) => `--${rule}=false`);
  await start(directory, [`--bridge=${name}`, ...disabledRules]);
}

/** Derives the bridge of a directory; the name of an interface has at most 15 characters. */
function bridgeOf(directory) {
  const digest = createHash('sha256').update(directory).digest();
  return { name: `berth-${digest.toString('hex', 0, 4)}`, address: `10.213.${digest[4]}.1/24` };
}

async function start(directory, network = []) {
  const socket = join(directory, 'docker.sock');
  const address = `unix://${socket}`;
  if (!(await isAnswering(socket))) {
    mkdirSync(directory, { recursive: true });
    // Files of a killed engine: a new one would wait for the process that has the pid now.
    for (const file of ['dockerd.pid', 'exec/containerd/containerd.pid'])
      rmSync(join(directory, file), { force: true });
    const log = openSync(join(directory, 'dockerd.log'), 'a');
    const paths = { host: address, 'data-root': 'data', 'exec-root': 'exec', pidfile: 'dockerd.pid' };
    const options = Object.entries(paths).map(
      ([name, path]) => `--${name}=${name === 'host' ? path : join(directory, path)}`,
    );
    spawn('dockerd', [...options, ...network], { detached: true, stdio: ['ignore', log, log] }).unref();
    for (let poll = 0; poll < 300 && !(await isAnswering(socket)); poll += 1) await sleep(100);
    if (!(await isAnswering(socket)))
      fail(`dockerd did not start:\n${readFileSync(join(directory, 'dockerd.log'), 'utf8').slice(-2_000)}`);
  }
  console.log(`DOCKER_HOST=${address}`);
}

async function stop(directory) {
  const pidFile = join(directory, 'dockerd.pid');
  if (existsSync(pidFile)) {
    const pid = Number(readFileSync(pidFile, 'utf8'));
    spawnSync('kill', [pid], { stdio: 'ignore' });
    for (let poll = 0; poll < 300 && isAlive(pid); poll += 1) await sleep(100);
  }
  removeOrphans(directory);
  const { name } = bridgeOf(directory);
  if (existsSync(`/sys/class/net/${name}`)) run('ip', ['link', 'delete', name]);
  rmSync(directory, { recursive: true, force: true });
}

/**
 * Ends the container processes of a killed dockerd and unmounts its mounts, which block the removal of the directory.
 */
function removeOrphans(directory) {
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry)))
    if (readQuietly(`/proc/${pid}/cmdline`).includes(`${directory}/exec/`)) killTree(pid);
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
  const mountPoints = mounts.map((line) => line.split(' ')[1] ?? '');
  for (const mountPoint of mountPoints.filter((path) => path.startsWith(`${directory}/`)).toReversed())
    spawnSync('umount', ['--lazy', mountPoint], { stdio: 'ignore' });
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
    if (!canBuildArchive()) return await pull(engine);
    buildArchive(archive);
  }
  const [repo, tag] = baseImage.split(':');
  const changes = ['CMD ["python3"]', 'ENV LANG=C.UTF-8'];
  await follow(engine, await engine.importImage(archive, { repo, tag, changes }));
}

/** Checks whether the base image can be built without an image registry. */
const canBuildArchive = () =>
  process.getuid?.() === 0 && spawnSync('debootstrap', ['--version'], { stdio: 'ignore' }).status === 0;

async function pull(engine) {
  try {
    await follow(engine, await engine.pull(baseImage));
  } catch (error) {
    const { message } = error;
    fail(`${baseImage} can be neither pulled (${message}) nor built: pull it, or run as root with debootstrap`);
  }
}

const follow = (engine, stream) =>
  new Promise((resolve, reject) => engine.modem.followProgress(stream, (error) => (error ? reject(error) : resolve())));

/** Builds the archive and renames it atomically. */
function buildArchive(archive) {
  mkdirSync(cache, { recursive: true });
  const scratch = mkdtempSync(join(cache, 'base-'));
  const root = join(scratch, 'root');
  try {
    run('debootstrap', ['--variant=minbase', `--include=${packages.join(',')}`, 'bookworm', root]);
    rmSync(join(root, 'usr/lib/python3.11/EXTERNALLY-MANAGED'), { force: true });
    symlinkSync('python3', join(root, 'usr/bin/python'));
    if (existsSync(authority)) copyFileSync(authority, join(root, authority)); // builds trust the same authorities as this machine
    run('tar', [
      '-C',
      root,
      ...excludedPaths.map((path) => `--exclude=./${path}/*`),
      '-cf',
      join(scratch, 'base.tar'),
      '.',
    ]);
    renameSync(join(scratch, 'base.tar'), archive);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const isAnswering = (socketPath) =>
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
    return ''; // the process ended
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
