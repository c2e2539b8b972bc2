import type { Function_, ModalClient } from 'modal';
import { BerthError } from '../../src/errors.js';
import { askCloud, isMissing } from './cloud.js';

/** The function, or the method of a class built without parameters. START_FAILED where the app has no such thing. */
export async function findFunction(client: ModalClient, app: string, name: string): Promise<Function_> {
  try {
    return await askCloud(() => lookUp(client, app, name));
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new BerthError('START_FAILED', `the app ${app} has no function ${name}`, {}, { cause: error });
  }
}

async function lookUp(client: ModalClient, app: string, name: string): Promise<Function_> {
  const [first = name, method] = name.split('.');
  if (method === undefined) return await client.functions.fromName(app, first);
  const instance = await (await client.cls.fromName(app, first)).instance();
  return instance.method(method);
}
