// Builds dist/: the command, the worker, the library and the strategies' modules (in one esbuild run, so that they
// share chunks and therefore the identity of every class), the workflow bundle, and the type declarations.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { chmod, cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { parse } from 'yaml';
import { clientProtocol } from './trim-temporal-protocol.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));

/** The entry points that package.json exports. */
const library = ['src/index.ts', 'src/strategy.ts'];

/**
 * Packages that are bundled so that commands and workers start faster; some have a hundred files in node_modules. A
 * CommonJS package among them has only a default export when it is imported dynamically.
 */
const bundled = new Set([
  '@grpc/grpc-js',
  '@temporalio/client',
  '@temporalio/common',
  '@temporalio/envconfig',
  'commander',
  'env-paths',
  'execa',
  'jsonc-parser',
  'openai',
  'picocolors',
  'protobufjs',
  'smol-toml',
  'yaml',
  'zod',
]);
const external = Object.keys(manifest.dependencies)
  .filter((name) => !bundled.has(name))
  .flatMap((name) => [name, `${name}/*`]);

await rm(dist, { recursive: true, force: true });
const strategies = await readdir(join(root, 'strategies'));
const moduleNames = ['runner.ts', 'recipes.ts', 'needs.ts', 'base.ts', 'conformance.ts'];
const strategyModules = strategies
  .flatMap((name) => moduleNames.map((file) => join('strategies', name, file)))
  .filter((file) => existsSync(join(root, file)));

await build({
  absWorkingDir: root,
  entryPoints: ['client.ts', 'worker.ts', ...library, 'src/conformance/child-main.ts', ...strategyModules],
  outdir: dist,
  outbase: root,
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  sourcesContent: false,
  external,
  // The UMD form loads its parts at run time, which esbuild cannot see.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  plugins: [clientProtocol],
  // commander is CommonJS and calls require(), which an ES module lacks.
  banner: {
    js: "import { createRequire as berthRequire } from 'node:module';const require = berthRequire(import.meta.url);",
  },
  logLevel: 'warning',
});

for (const name of strategies)
  await cp(join(root, 'strategies', name), join(dist, 'strategies', name), {
    recursive: true,
    filter: (file) => !file.endsWith('.ts') && (statSync(file).isFile() || hasData(file)),
  });
for (const name of strategies) await writeAsJson(join(dist, 'strategies', name, 'config.yaml'));
await chmod(join(dist, 'client.js'), 0o755);

const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker');
const { code } = await bundleWorkflowCode({
  workflowsPath: join(root, 'src', 'workflows', 'index.ts'),
  workflowInterceptorModules: [join(root, 'src', 'workflows', 'refuse-stale-queries.ts')],
  logger: new DefaultLogger('WARN'),
});
await writeFile(join(dist, 'workflows.js'), code);
await writeFile(join(dist, 'build'), await digestCode());

execFileSync(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});

/** Writes a YAML file as JSON, which is YAML too, because loading a YAML parser costs each command 0.1 s. */
async function writeAsJson(file) {
  const config = parse(await readFile(file, 'utf8'));
  await writeFile(file, `${JSON.stringify(config, null, 2)}\n`);
}

/** Digests the build's code, independent of its path and times. */
async function digestCode() {
  const digest = createHash('sha256');
  const files = readdirSync(dist, { recursive: true }).filter((file) => statSync(join(dist, file)).isFile());
  for (const file of files.filter((name) => !name.endsWith('.map')).sort())
    digest.update(`${file}\0`).update(await readFile(join(dist, file)));
  return digest.digest('hex');
}

/** Checks whether a directory contains files other than code, which is bundled. */
function hasData(directory) {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries.some((entry) => entry.isFile() && !entry.name.endsWith('.ts'));
}
