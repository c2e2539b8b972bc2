import type { RunPlan } from '../../../src/contract/handle.js';
import type { BaseImages } from '../../../src/contract/revision.js';
import { type BuiltImage, digestCode, tagImage } from '../../../src/runners/containers/index.js';
import { StateFile } from '../../../src/runners/state-file.js';
import type { StartContext } from '../container/start-context.js';

/** Image that a revision was built as, and its base. */
interface RevisionImage extends Pick<BuiltImage, 'reference' | 'id' | 'code'> {
  /** Base of the revision's plan. */
  base: BaseImages | null;
}

const imageRecord = new StateFile<RevisionImage>('image.json');

/**
 * Returns the name of the image that the revision was built as, whatever has happened to its base, the settings and
 * Berth's own programs since: software that ran once is started again without a build. Undefined when the revision was
 * never built, was changed or verified on another base since, or its image is gone from the engine, which is reported.
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
  await report(`the image of ${plan.revision} is gone from the engine: building it again`);
  return undefined;
}

/** Records the revision's image. Its own name keeps the image on the engine until the undo. */
export async function recordRevisionImage(plan: RunPlan, { reference, id, code }: BuiltImage): Promise<void> {
  await imageRecord.write(plan, { reference, id, code, base: plan.base ?? null });
}

async function isCurrent({ code, base }: RevisionImage, plan: RunPlan, dockerfile: string): Promise<boolean> {
  if (JSON.stringify(base) !== JSON.stringify(plan.base ?? null)) return false;
  return code === (await digestCode(plan.directory, dockerfile));
}
