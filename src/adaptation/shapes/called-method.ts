import type { EntryPoint } from '../../contract/facts.js';

/** The method of a class that is called when none is named: the first of these that it has. */
const calledMethods = ['predict', 'run', '__call__'];

export const findCalledMethod = ({ methods }: EntryPoint): string | undefined =>
  calledMethods.find((method) => methods.includes(method));

/** True when the class can be built without arguments. */
export const isConstructible = ({ kind, constructorParameters, isAbstract }: EntryPoint): boolean =>
  kind === 'class' && constructorParameters.length === 0 && isAbstract !== true;
