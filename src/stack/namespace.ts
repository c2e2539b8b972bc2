import type { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { BerthError } from '../errors.js';
import { searchAttributes } from '../workflows/search-attributes.js';

/** How long a deployment that was cleaned up stays in the Web UI. */
const retention = msToTs('30 days');

/** `INDEXED_VALUE_TYPE_KEYWORD` of Temporal's API. */
const keywordType = 2;

export const searchAttributeNames = Object.values(searchAttributes).map((key) => key.name);

/**
 * Registers the search attributes that are missing. Throws STACK_FAILED with the command to type where the server's
 * owner has not allowed it: without them no deployment can start.
 */
export async function registerSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing = searchAttributeNames.filter((name) => customAttributes[name] === undefined);
  if (missing.length === 0) return;
  const wanted = Object.fromEntries(missing.map((name) => [name, keywordType]));
  try {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: wanted });
  } catch (error) {
    const flags = missing.map((name) => `--name ${name} --type Keyword`).join(' ');
    throw new BerthError(
      'STACK_FAILED',
      `namespace ${namespace} lacks search attributes that Berth may not register itself; register them: ` +
        `temporal operator search-attribute create --namespace ${namespace} ${flags}`,
      { evidence: error instanceof Error ? error.message : String(error) },
      { cause: error },
    );
  }
}

/** The embedded server forgets what ended after a day, unless told otherwise. */
export async function extendRetention(connection: Connection, namespace: string): Promise<void> {
  const { config } = await connection.workflowService.describeNamespace({ namespace });
  if (config?.workflowExecutionRetentionTtl?.seconds?.equals(retention.seconds ?? 0)) return;
  await connection.workflowService.updateNamespace({ namespace, config: { workflowExecutionRetentionTtl: retention } });
}
