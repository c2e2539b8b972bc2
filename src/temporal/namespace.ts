import type { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { BerthError } from '../errors.js';
import { searchAttributes } from '../workflows/status/search-attributes.js';

/** Time that a removed deployment stays in the Web UI. */
const retentionPeriod = msToTs('30 days');

/** `INDEXED_VALUE_TYPE_KEYWORD` in Temporal's API. */
const keywordType = 2;

export const searchAttributeNames = Object.values(searchAttributes).map((key) => key.name);

/**
 * Registers missing search attributes; no deployment can start without them.
 *
 * @throws STACK_FAILED, with the command to run, when Berth may not register them.
 */
export async function registerSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const missing = await listMissingAttributes(connection, namespace);
  if (missing.length === 0) return;
  const missingTypes = Object.fromEntries(missing.map((name) => [name, keywordType]));
  try {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: missingTypes });
  } catch (error) {
    // Another client may have registered them concurrently.
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
    `namespace ${namespace} lacks search attributes that Berth may not register; register them: ${command}`,
    { evidence: BerthError.from(cause).message },
    { cause },
  );
}

/** Reads the namespace's ID, which identifies the server independent of its address. */
export async function readNamespaceId(
  { workflowService }: Pick<Connection, 'workflowService'>,
  namespace: string,
): Promise<string> {
  const { namespaceInfo } = await workflowService.describeNamespace({ namespace });
  if (!namespaceInfo?.id) throw new BerthError('STACK_FAILED', `namespace ${namespace} has no ID`);
  return namespaceInfo.id;
}

/** Extends the retention of closed workflows, which is one day by default on the embedded server. */
export async function extendRetention(connection: Connection, namespace: string): Promise<void> {
  const { config } = await connection.workflowService.describeNamespace({ namespace });
  if (config?.workflowExecutionRetentionTtl?.seconds?.equals(retentionPeriod.seconds ?? 0)) return;
  await connection.workflowService.updateNamespace({
    namespace,
    config: { workflowExecutionRetentionTtl: retentionPeriod },
  });
}
