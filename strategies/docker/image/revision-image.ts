import type { RunPlan } from '../../../src/contract/handle.js';
import type { BaseImages } from '../../../src/contract/revision.js';
import { type BuiltImage, digestCode, tagImage } from '../../../src/runners/containers/index.js';
import { StateFile } from '../../../src/runners/state-file.js';
import type { StartContext } from '../container/start-context.js';

/** What a revision was built as, and from what. */
interface RevisionImage extends Pick<BuiltImage, 'reference' | 'id' | 'code'> {
  /** As the revision's plan said. */
  base: BaseImages | null;
}

const imageRecord = new StateFile<RevisionImage>('image.json');

/**
 * The name of the image that the revision was built as, however its base, the settings and Berth's own programs have changed
 * since: what once ran is started again without a build. Undefined when there is none: it was never built, was mended or
 * checked anew on another base since, or its image is gone from the engine, which is said.
 */
export async function findRevisionImage(
  { engine, plan, options, report }: StartContext,
  dockerfile: string,
): Promise<string | undefined> {
  const revisionImage = await imageRecord.read(plan);
  if (revisionImage === undefined || !(await isCurrent(revisionImage, plan, dockerfile))) return undefined;
  if (await tagImage(engine, revisionImage.id, revisionImage.reference)) {
    options.onProgress?.(`using the existing image ${revisionImage.reference}`);
    return revisionImage.reference;
  }
  await report(`the image that ${plan.revision} was built as is gone from the engine: it is built anew`);
  return undefined;
}

/** From here on the revision is this image, whose name of its own keeps it on the engine until the undo. */
export async function recordRevisionImage(plan: RunPlan, { reference, id, code }: BuiltImage): Promise<void> {
  await imageRecord.write(plan, { reference, id, code, base: plan.base ?? null });
}

async function isCurrent({ code, base }: RevisionImage, plan: RunPlan, dockerfile: string): Promise<boolean> {
  if (JSON.stringify(base) !== JSON.stringify(plan.base ?? null)) return false;
  return code === (await digestCode(plan.directory, dockerfile));
}
