import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';

const suffixes = new Set(['.py', '.toml', '.cfg', '.txt', '.md', '.yaml', '.yml', '.json', '.sh', '.ts', '.js']);
const plainNames = new Set(['Dockerfile', 'Makefile', 'Procfile']);
const skippedNames = new Set(['node_modules', '__pycache__', 'venv', 'dist', 'build']);

const maxFiles = 60;
const maxFileBytes = 40_000;
const maxTotalBytes = 150_000;

/** Lists the files that aider may see and edit, nearest to the root first, up to the limits above. */
export async function listAiderFiles(workspace: string): Promise<string[]> {
  const chosen: string[] = [];
  let bytes = 0;
  for (let level = ['']; level.length > 0 && chosen.length < maxFiles; ) {
    const entries = (await Promise.all(level.map((directory) => listEntries(workspace, directory)))).flat();
    for (const { path, size } of entries.filter((entry) => !entry.isDirectory)) {
      if (chosen.length === maxFiles || size > maxFileBytes || bytes + size > maxTotalBytes) continue;
      chosen.push(path);
      bytes += size;
    }
    level = entries.filter((entry) => entry.isDirectory).map(({ path }) => path);
  }
  return chosen;
}

interface Entry {
  path: string;
  isDirectory: boolean;
  size: number;
}

async function listEntries(workspace: string, directory: string): Promise<Entry[]> {
  const entries = await readdir(join(workspace, directory), { withFileTypes: true });
  const listed = entries
    .filter(({ name }) => !name.startsWith('.') && !skippedNames.has(name))
    .filter((entry) => entry.isDirectory() || (entry.isFile() && isText(entry.name)))
    .sort((a, b) => a.name.localeCompare(b.name));
  return Promise.all(
    listed.map(async (entry) => {
      const path = directory === '' ? entry.name : join(directory, entry.name);
      const size = entry.isDirectory() ? 0 : (await stat(join(workspace, path))).size;
      return { path, isDirectory: entry.isDirectory(), size };
    }),
  );
}

const isText = (name: string): boolean => suffixes.has(extname(name)) || plainNames.has(name);
