import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { registerCleanup, temporaryDirectory } from './temporary-directories.js';

export interface PublishedPackage {
  name: string;
  version: string;
  requires?: string[];
  /** Source of its only module; only `__version__` by default. */
  code?: string;
}

export interface PackageIndex {
  /** Address: `http://127.0.0.1:PORT/simple`. */
  url: string;
  /** Paths of the wheels by file name. */
  directory: string;
  /** Returns the SHA-256 of a package's wheel. */
  hashOf: (name: string, version: string, algorithm?: string) => string;
  /** Requested paths with their credentials. */
  requests: { path: string; authorization: string | undefined }[];
}

/** Starts a package index on loopback; `password` protects it with the user `reader`. */
export async function startPackageIndex(
  packages: PublishedPackage[],
  { password }: { password?: string } = {},
): Promise<PackageIndex> {
  const directory = join(temporaryDirectory('berth-index-'), 'wheels');
  mkdirSync(directory);
  execFileSync('python3', ['-c', makeWheels, directory], { input: JSON.stringify(packages) });
  const requests: PackageIndex['requests'] = [];
  const expected = `Basic ${Buffer.from(`reader:${password}`).toString('base64')}`;
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.push({ path, authorization: request.headers.authorization });
    if (password !== undefined && request.headers.authorization !== expected)
      return void response.writeHead(401, { 'www-authenticate': 'Basic realm="index"' }).end();
    const [, kind, name = ''] = path.split('/');
    if (kind === 'files' && readdirSync(directory).includes(name))
      return void response.end(readFileSync(join(directory, name)));
    const wheels = readdirSync(directory).filter((file) => file.split('-')[0]?.replaceAll('_', '-') === name);
    if (kind !== 'simple' || wheels.length === 0) return void response.writeHead(404).end();
    const links = wheels.map((file) => `<a href="/files/${file}#sha256=${digest(join(directory, file))}">${file}</a>`);
    response.setHeader('content-type', 'text/html').end(`<!DOCTYPE html><html><body>${links.join('\n')}</body></html>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  registerCleanup(() => void server.close());
  const hashOf = (name: string, version: string, algorithm = 'sha256') =>
    digest(join(directory, `${name.replaceAll('-', '_')}-${version}-py3-none-any.whl`), algorithm);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple`, directory, hashOf, requests };
}

const digest = (file: string, algorithm = 'sha256'): string =>
  createHash(algorithm).update(readFileSync(file)).digest('hex');

const makeWheels = `import json, sys, zipfile
for package in json.load(sys.stdin):
    module, version = package["name"].replace("-", "_"), package["version"]
    info = f"{module}-{version}.dist-info"
    requires = "".join(f"Requires-Dist: {line}\\n" for line in package.get("requires", []))
    code = package.get("code", f"__version__ = {version!r}\\n")
    files = {
        f"{module}.py": code,
        f"{info}/METADATA": f"Metadata-Version: 2.1\\nName: {package['name']}\\nVersion: {version}\\n{requires}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    }
    record = "".join(f"{name},,\\n" for name in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(f"{sys.argv[1]}/{module}-{version}-py3-none-any.whl", "w") as wheel:
        for name, text in {**files, f"{info}/RECORD": record}.items():
            wheel.writestr(name, text)
`;
