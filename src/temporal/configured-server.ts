import type { NativeConnectionOptions } from '@temporalio/worker';
import { BerthError } from '../errors.js';

/** How to reach a Temporal server: what `Connection.connect` and `NativeConnection.connect` both take. */
export type ConnectionSettings = Pick<NativeConnectionOptions, 'address' | 'tls' | 'apiKey' | 'metadata'>;

export interface ConfiguredServer {
  address: string;
  namespace: string;
  connectionOptions: ConnectionSettings;
}

/**
 * The server that the user names by `TEMPORAL_ADDRESS` or a profile of Temporal's own configuration file; null when
 * neither is there. Throws STACK_FAILED when the configuration cannot be read.
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
    throw new BerthError('STACK_FAILED', `Temporal’s configuration cannot be read: ${message}`, {}, { cause: error });
  }
}

/** Connects once, to see that the server answers and knows what Berth needs. Throws SERVER_UNREACHABLE or STACK_FAILED. */
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
      const message = `namespace ${namespace} of ${address} cannot be used: ${error.message}`;
      throw new BerthError('STACK_FAILED', message, { address }, { cause: error });
    });
  } finally {
    await connection.close();
  }
}
