import * as z from 'zod';
import { parseToml, parseYaml } from '../../../src/facts/manifests/parse-document.js';
import { readSourceText } from '../../../src/workspaces/read-source-text.js';

/** Maximum bytes of a manifest, the same as for the facts. */
const maxManifestBytes = 1_000_000;

const Bentofile = z.looseObject({ service: z.string() });
const Pyproject = z.looseObject({
  tool: z.looseObject({ bentoml: z.looseObject({ build: z.looseObject({ service: z.string() }) }) }),
});

/**
 * Returns the service that `bentofile.yaml`, or BentoML's part of `pyproject.toml`, names; undefined when neither does.
 */
export async function readNamedService(workspace: string): Promise<string | undefined> {
  const bentofile = Bentofile.safeParse(await readManifest(workspace, 'bentofile.yaml', parseYaml));
  if (bentofile.success) return bentofile.data.service;
  const pyproject = Pyproject.safeParse(await readManifest(workspace, 'pyproject.toml', parseToml));
  return pyproject.success ? pyproject.data.tool.bentoml.build.service : undefined;
}

/** Returns undefined for a file that is missing, or that its parser rejects. */
async function readManifest(workspace: string, file: string, parse: typeof parseYaml): Promise<unknown> {
  try {
    const { text } = await readSourceText(workspace, file, maxManifestBytes);
    return text === undefined ? undefined : await parse(file, text);
  } catch {
    return undefined;
  }
}
