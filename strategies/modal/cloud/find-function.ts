import type { Function_, ModalClient } from 'modal';
import { BerthError } from '../../../src/errors.js';
import { isNotFound, queryModal } from './modal-client.js';

export interface FunctionReference {
  app: string;
  /** `NAME`, or `Class.method`. */
  functionName: string;
  /** Parameters of the class. */
  parameters?: Record<string, unknown>;
}

/**
 * Finds a function, or the method of a class with these parameters.
 *
 * @throws START_FAILED when the app does not have it.
 */
export const findFunction = (
  client: ModalClient,
  { app, functionName, parameters = {} }: FunctionReference,
): Promise<Function_> =>
  lookUp(`the app ${app} has no function ${functionName}`, async () => {
    const [name = functionName, method] = functionName.split('.');
    if (method === undefined) return await client.functions.fromName(app, name);
    return (await (await client.cls.fromName(app, name)).instance(parameters)).method(method);
  });

/** Checks that the class exists. Its methods are known only once it is built. */
export const requireClass = (client: ModalClient, { app, functionName }: FunctionReference): Promise<void> =>
  lookUp(`the app ${app} has no class ${functionName.split('.')[0]}`, async () => {
    await client.cls.fromName(app, functionName.split('.')[0] ?? '');
  });

/** Opens all functions of an app, to read their log: without an ID, the log is complete. */
export async function openAllFunctions(client: ModalClient, appId: string): Promise<Function_> {
  const { Function_: Every } = await import('modal');
  return new Every(client, '', undefined, { appId } as ConstructorParameters<typeof Every>[3]); // the SDK reads only this key
}

async function lookUp<Found>(lack: string, look: () => Promise<Found>): Promise<Found> {
  try {
    return await queryModal(look);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new BerthError('START_FAILED', lack, {}, { cause: error });
  }
}
