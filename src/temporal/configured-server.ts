import { BerthError } from '../errors.js';
import type { ConnectionSettings } from './temporal-target.js';

export interface ConfiguredServer {
  address: string;
  namespace: string;
  connectionOptions: ConnectionSettings;
}

/**
 * Loads the server that `TEMPORAL_ADDRESS` or a profile of Temporal's configuration file names; null without either.
 *
 * @throws STACK_FAILED when the configuration cannot be read.
 */
export async function loadConfiguredServer(): Promise<ConfiguredServer | null> {
  const { default: settings } = await import('@temporalio/envconfig');
  try {
    const { connectionOptions, namespace } = settings.loadClientConnectConfig();
    const { address, tls, apiKey, metadata } = connectionOptions;
    if (address === undefined) return null;
    return {
      address,
      namespace: namespace ?? 'default',
      connectionOptions: {
        address,
        ...(tls !== undefined && { tls }),
        ...(apiKey && { apiKey }),
        ...(metadata && { metadata }),
      },
    };
  } catch (error) {
    const { message } = BerthError.from(error);
    throw new BerthError('STACK_FAILED', `cannot read Temporal’s configuration: ${message}`, {}, { cause: error });
  }
}

/**
 * Connects once to check the server and to register Berth's search attributes.
 *
 * @throws SERVER_UNREACHABLE when the server does not answer, STACK_FAILED when the namespace cannot be used.
 */
export async function prepareConfiguredServer({
  address,
  namespace,
  connectionOptions,
}: ConfiguredServer): Promise<void> {
  const [{ openConnection }, { registerSearchAttributes }] = await Promise.all([
    import('./open-connection.js'),
    import('./namespace.js'),
  ]);
  const connection = await openConnection({ ...connectionOptions, connectTimeout: 5000 }).catch((error: Error) => {
    const message = `no Temporal server answers at ${address}: ${error.message}`;
    throw new BerthError('SERVER_UNREACHABLE', message, { address }, { cause: error });
  });
  try {
    await registerSearchAttributes(connection, namespace).catch((error: Error) => {
      if (error instanceof BerthError) throw error;
      const message = `cannot use namespace ${namespace} at ${address}: ${error.message}`;
      throw new BerthError('STACK_FAILED', message, { address }, { cause: error });
    });
  } finally {
    await connection.close();
  }
}
