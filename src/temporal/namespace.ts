import type { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { BerthError } from '../errors.js';
import { searchAttributes } from '../workflows/status/search-attributes.js';

/** How long a deployment that was cleaned up stays in the Web UI. */
const retentionPeriod = msToTs('30 days');

/** `INDEXED_VALUE_TYPE_KEYWORD` of Temporal's API. */
const keywordType = 2;

export const searchAttributeNames = Object.values(searchAttributes).map((key) => key.name);

/**
 * Registers the search attributes that are missing. Throws STACK_FAILED with the command to type where the server's
 * owner has not allowed it: without them no deployment can start.
 */
export async function registerSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const missing = await listMissingAttributes(connection, namespace);
  if (missing.length === 0) return;
  const missingTypes = Object.fromEntries(missing.map((name) => [name, keywordType]));
  try {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: missingTypes });
  } catch (error) {
    // Another client may have registered them in the same moment.
    if ((await listMissingAttributes(connection, namespace)).length > 0)
      throw createMissingAttributesError(missing, namespace, error);
  }
}

async function listMissingAttributes(connection: Connection, namespace: string): Promise<string[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  return searchAttributeNames.filter((name) => customAttributes[name] === undefined);
}

function createMissingAttributesError(missing: string[], namespace: string, cause: unknown): BerthError {
  const flags = missing.map((name) => `--name ${name} --type Keyword`).join(' ');
  const command = `temporal operator search-attribute create --namespace ${namespace} ${flags}`;
  return new BerthError(
    'STACK_FAILED',
    `namespace ${namespace} lacks search attributes that Berth may not register itself; register them: ${command}`,
    { evidence: BerthError.from(cause).message },
    { cause },
  );
}

/** The namespace's own id: the same whatever address the server is reached at, and no other server's. */
export async function readNamespaceId(
  { workflowService }: Pick<Connection, 'workflowService'>,
  namespace: string,
): Promise<string> {
  const { namespaceInfo } = await workflowService.describeNamespace({ namespace });
  if (!namespaceInfo?.id) throw new BerthError('STACK_FAILED', `namespace ${namespace} does not tell its id`);
  return namespaceInfo.id;
}

/** The embedded server forgets what ended after a day, unless told otherwise. */
export async function extendRetention(connection: Connection, namespace: string): Promise<void> {
  const { config } = await connection.workflowService.describeNamespace({ namespace });
  if (config?.workflowExecutionRetentionTtl?.seconds?.equals(retentionPeriod.seconds ?? 0)) return;
  await connection.workflowService.updateNamespace({
    namespace,
    config: { workflowExecutionRetentionTtl: retentionPeriod },
  });
}
