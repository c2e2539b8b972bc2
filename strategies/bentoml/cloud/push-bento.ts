import type { RunPlan } from '../../../src/contract/handle.js';
import { BerthError } from '../../../src/errors.js';
import { requireToken } from '../../../src/runners/cloud/cloud-api.js';
import type { CloudRecord } from '../../../src/runners/cloud/cloud-record.js';
import { type Bento, buildBento, runBentoml } from '../bento/build-bento.js';
import { buildPushEnvironment } from './account.js';
import { tokenVariable } from './environment-variables.js';

export interface PushOptions {
  env: Record<string, string>;
  signal: AbortSignal | undefined;
  report: (line: string) => Promise<void>;
}

/** Builds the revision's bento and pushes it to the cloud's store, unless it is there. */
export async function pushBento(
  plan: RunPlan,
  record: CloudRecord,
  { env, signal, report }: PushOptions,
): Promise<Bento> {
  await report('building the bento');
  const bento = await buildBento(plan, { version: record.name, env, signal });
  await report(`pushing the bento ${bento.tag}`);
  const token = requireToken('BentoCloud', tokenVariable);
  try {
    await runBentoml(plan, ['push', bento.tag], {
      env: buildPushEnvironment(record.address, token),
      signal,
      secrets: [token],
    });
  } catch (error) {
    throw explainPush(BerthError.from(error), record);
  }
  return bento;
}

/** Explains a failed push: the command has one exit code for all failures. */
function explainPush(error: BerthError, { address }: CloudRecord): BerthError {
  const { evidence = '' } = error.details;
  const options = { cause: error };
  if (/status code 40[13]\b/.test(evidence))
    return new BerthError(
      'CLOUD_REFUSED',
      `BentoCloud does not accept the token in ${tokenVariable}`,
      error.details,
      options,
    );
  if (/status code (429|5\d\d)\b|ConnectError|ConnectTimeout|ReadTimeout|RemoteProtocolError|Oops/.test(evidence))
    return new BerthError('CLOUD_UNREACHABLE', `the bento could not be pushed to ${address}`, error.details, options);
  return error;
}
