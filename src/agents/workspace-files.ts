import { mkdir, open, readdir, readFile, realpath, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';

/** Refusal of a file tool, with a message for the model. */
export class FileRefusal extends Error {}

const maxReadBytes = 400_000;
const maxEntries = 500;
const maxMatches = 100;
const skippedNames = new Set(['.git', 'node_modules', '__pycache__', '.venv']);

/**
 * File access within a workspace. Resolves all links of a path before it uses the path. Commands never run at the same
 * time, so nothing changes in between.
 */
export class WorkspaceFiles {
  private readonly root: string;

  /** @param root Real path of the workspace. */
  constructor(root: string) {
    this.root = root;
  }

  async list(path: string): Promise<string[]> {
    const start = await this.locate(path);
    const files: string[] = [];
    for await (const file of this.walk(start)) {
      files.push(relative(this.root, file));
      if (files.length === maxEntries) return [...files, `(first ${maxEntries} only; name a directory)`];
    }
    return files;
  }

  async read(path: string): Promise<string> {
    const file = await this.locate(path);
    const { size } = await stat(file);
    if (size > maxReadBytes) throw new FileRefusal(`${path} has ${size} bytes: read part of it with run_command`);
    return readFile(file, 'utf8');
  }

  /** Returns `path:line: text` for each matching line. */
  async search(pattern: string, path: string): Promise<string[]> {
    const expression = compile(pattern);
    const lines: string[] = [];
    for await (const file of this.walk(await this.locate(path))) {
      const text = await readText(file);
      for (const [index, line] of text.split('\n').entries()) {
        if (expression.test(line)) lines.push(`${relative(this.root, file)}:${index + 1}: ${line.slice(0, 300)}`);
        if (lines.length === maxMatches) return [...lines, `(first ${maxMatches} only)`];
      }
    }
    return lines;
  }

  async write(path: string, content: string): Promise<void> {
    const file = await this.locate(path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }

  async replace(path: string, before: string, after: string): Promise<void> {
    const text = await this.read(path);
    const count = before === '' ? 0 : text.split(before).length - 1;
    if (count !== 1) throw new FileRefusal(`the text to replace occurs ${count} times in ${path}; it must occur once`);
    // A function, because the text may contain patterns such as `$&`.
    await this.write(
      path,
      text.replace(before, () => after),
    );
  }

  /** Returns the real path of a file, which need not exist yet. */
  private async locate(path: string): Promise<string> {
    const real = await resolveLinks(resolve(this.root, path));
    const inside = relative(this.root, real);
    if (inside === '..' || inside.startsWith(`..${sep}`)) throw new FileRefusal(`${path} is outside the workspace`);
    return real;
  }

  /** Yields regular files, and skips links: a link's target has its own name. */
  private async *walk(path: string): AsyncGenerator<string> {
    if ((await stat(path)).isFile()) return yield path;
    const entries = await readdir(path, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => a.name.localeCompare(b.name))) {
      if (skippedNames.has(entry.name)) continue;
      if (entry.isDirectory()) yield* this.walk(join(path, entry.name));
      else if (entry.isFile()) yield join(path, entry.name);
    }
  }
}

async function resolveLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || (await isDanglingLink(path))) {
      throw new FileRefusal(`${path} cannot be resolved: ${(error as Error).message}`);
    }
    return join(await resolveLinks(dirname(path)), path.slice(dirname(path).length));
  }
}

/** Recognizes a link without a target: writing to it would create a file at its target. */
async function isDanglingLink(path: string): Promise<boolean> {
  const entries = await readdir(dirname(path), { withFileTypes: true }).catch(() => []);
  return entries.some((entry) => entry.isSymbolicLink() && join(dirname(path), entry.name) === path);
}

function compile(pattern: string): RegExp {
  try {
    return new RegExp(pattern);
  } catch (error) {
    throw new FileRefusal(`${pattern} is not a regular expression: ${(error as Error).message}`);
  }
}

/** Returns an empty string for a large or binary file. */
async function readText(file: string): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const bytes = size > maxReadBytes ? Buffer.alloc(0) : await handle.readFile();
    return bytes.includes(0) ? '' : bytes.toString();
  } finally {
    await handle.close();
  }
}
