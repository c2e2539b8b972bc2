import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse as parseToml } from 'smol-toml';
import { parse as parseYaml } from 'yaml';
import * as z from 'zod';

const Bentofile = z.looseObject({ service: z.string() });
const Pyproject = z.looseObject({
  tool: z.looseObject({ bentoml: z.looseObject({ build: z.looseObject({ service: z.string() }) }) }),
});

/** The service that `bentofile.yaml`, or BentoML's part of `pyproject.toml`, names; undefined when neither does. */
export async function readNamedService(workspace: string): Promise<string | undefined> {
  const bentofile = Bentofile.safeParse(await readManifest(join(workspace, 'bentofile.yaml'), parseYaml));
  if (bentofile.success) return bentofile.data.service;
  const pyproject = Pyproject.safeParse(await readManifest(join(workspace, 'pyproject.toml'), parseToml));
  return pyproject.success ? pyproject.data.tool.bentoml.build.service : undefined;
}

/** Undefined for a file that is not there, or that its format's parser refuses: it then names nothing. */
async function readManifest(file: string, parse: (text: string) => unknown): Promise<unknown> {
  try {
    return parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}
