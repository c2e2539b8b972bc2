import type { Function_, ModalClient } from 'modal';
import { BerthError } from '../../../src/errors.js';
import { isNotFound, queryModal } from './modal-client.js';

export interface FunctionReference {
  app: string;
  /** `NAME`, or `Class.method`. */
  functionName: string;
  /** What the class is built with. */
  parameters?: Record<string, unknown>;
}

/** The function, or the method of a class built with the parameters. START_FAILED where the app has no such thing. */
export const findFunction = (
  client: ModalClient,
  { app, functionName, parameters = {} }: FunctionReference,
): Promise<Function_> =>
  lookUp(`the app ${app} has no function ${functionName}`, async () => {
    const [name = functionName, method] = functionName.split('.');
    if (method === undefined) return await client.functions.fromName(app, name);
    return (await (await client.cls.fromName(app, name)).instance(parameters)).method(method);
  });

/** That the class is there: which methods it has shows when it is built. */
export const requireClass = (client: ModalClient, { app, functionName }: FunctionReference): Promise<void> =>
  lookUp(`the app ${app} has no class ${functionName.split('.')[0]}`, async () => {
    await client.cls.fromName(app, functionName.split('.')[0] ?? '');
  });

/** Stands for all functions of an app where its log is asked for: without an id nothing is left out. */
export async function openAllFunctions(client: ModalClient, appId: string): Promise<Function_> {
  const { Function_: Every } = await import('modal');
  return new Every(client, '', undefined, { appId } as ConstructorParameters<typeof Every>[3]); // only this key is read
}

async function lookUp<Found>(lack: string, look: () => Promise<Found>): Promise<Found> {
  try {
    return await queryModal(look);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new BerthError('START_FAILED', lack, {}, { cause: error });
  }
}
