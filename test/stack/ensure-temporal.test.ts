import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { berthHome } from '../../src/home/home.js';
import { ensureTemporal, locateTemporal } from '../../src/stack/ensure-temporal.js';
import { installTemporal, temporalVersion } from '../../src/stack/install-temporal.js';
import { temporaryDirectory } from '../support/temporary-directories.js';

const directory = temporaryDirectory();
const original = { PATH: process.env.PATH, TEMPORAL_CLI: process.env.TEMPORAL_CLI };
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  for (const [name, value] of Object.entries(original)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

/** Creates a program that only prints a version. */
function writeProgram(path: string, output: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho '${output}'\n`);
  chmodSync(path, 0o755);
  return path;
}

const buildVersionOutput = (version: string): string =>
  `temporal version ${version} (Server 1.29.${version.at(-1)}, UI 2.42.1)`;

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('TEMPORAL_CLI comes first, then the first working binary on the PATH, then the home', async () => {
  const home = berthHome(join(directory, 'order'));
  const chosen = writeProgram(join(directory, 'chosen', 'cli'), buildVersionOutput('1.5.1'));
  const onPath = writeProgram(join(directory, 'path', 'temporal'), buildVersionOutput('1.5.2'));
  const inHome = writeProgram(join(home.bin, 'temporal'), buildVersionOutput('1.5.3'));
  const other = writeProgram(join(directory, 'other', 'temporal'), 'another program of this name');
  const system = ['/bin', '/usr/bin'].join(delimiter);
  process.env.TEMPORAL_CLI = chosen;
  process.env.PATH = [dirname(other), dirname(onPath), system].join(delimiter);
  expect(await ensureTemporal(home)).toEqual({
    path: chosen,
    description: buildVersionOutput('1.5.1'),
    serverVersion: '1.29.1',
  });
  delete process.env.TEMPORAL_CLI;
  expect(await ensureTemporal(home)).toMatchObject({ path: onPath, serverVersion: '1.29.2' });
  process.env.PATH = system;
  expect(await ensureTemporal(home)).toMatchObject({ path: inHome, serverVersion: '1.29.3' });
  expect(await locateTemporal(berthHome(join(directory, 'empty')))).toBeNull();
});

test('a TEMPORAL_CLI that does not work is an error', async () => {
  process.env.TEMPORAL_CLI = join(directory, 'nowhere');
  const error = { code: 'TOOL_MISSING', message: expect.stringContaining(`TEMPORAL_CLI=${directory}/nowhere`) };
  await expect(ensureTemporal(berthHome(directory))).rejects.toMatchObject(error);
});

test('the official download is unpacked, tested and moved into place', async () => {
  const archive = join(directory, 'archive.tar.gz');
  writeProgram(join(directory, 'packed', 'temporal'), buildVersionOutput('1.5.1'));
  execFileSync('tar', ['-czf', archive, '-C', join(directory, 'packed'), 'temporal']);
  const requested: string[] = [];
  const origin = await serve((request, response) => {
    requested.push(request.url ?? '');
    response.end(readFileSync(archive));
  });
  const target = join(directory, 'downloaded');
  expect(await installTemporal({ directory: target, origin })).toBe(join(target, 'temporal'));
  expect(execFileSync(join(target, 'temporal'), ['--version'], { encoding: 'utf8' }).trim()).toBe(
    buildVersionOutput('1.5.1'),
  );
  expect(readdirSync(target)).toEqual(['temporal']);
  expect(requested).toEqual([
    expect.stringMatching(new RegExp(`^/cli/archive/v${temporalVersion}\\?platform=\\w+&arch=\\w+$`)),
  ]);
});

test('without a download Go builds it', async () => {
  const origin = await serve((_, response) => response.writeHead(404).end());
  const tools = join(directory, 'tools');
  writeProgram(join(tools, 'go'), '');
  writeFileSync(join(tools, 'go'), '#!/bin/sh\necho "$@" > "$GOBIN/../arguments"\nprintf built > "$GOBIN/temporal"\n');
  process.env.PATH = [tools, '/bin', '/usr/bin'].join(delimiter);
  const target = join(directory, 'built');
  await installTemporal({ directory: target, origin });
  expect(readFileSync(join(target, 'temporal'), 'utf8')).toBe('built');
  expect(readFileSync(join(target, 'arguments'), 'utf8').trim()).toBe(
    `install github.com/temporalio/cli/cmd/temporal@v${temporalVersion}`,
  );
});

test('with neither download nor Go the error has the remedy and both attempts', async () => {
  const origin = await serve((_, response) => response.end('no archive'));
  const tools = join(directory, 'tools-without-go');
  mkdirSync(tools);
  process.env.PATH = tools;
  const target = join(directory, 'missing');
  const error = await installTemporal({ directory: target, origin }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'TOOL_MISSING', message: expect.stringContaining('TEMPORAL_CLI') });
  expect(error).toMatchObject({
    details: { evidence: expect.stringMatching(/download: [\s\S]*tar[\s\S]*go install/) },
  });
  expect(readdirSync(target)).toEqual([]);
});
