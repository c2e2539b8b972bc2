import type { EntryPoint } from '../../contract/facts.js';

/** Methods that are called if none is named, in order of preference. */
const calledMethods = ['predict', 'run', '__call__'];

export const findCalledMethod = ({ methods }: EntryPoint): string | undefined =>
  calledMethods.find((method) => methods.includes(method));

/** Returns true if the class can be instantiated without arguments. */
export const isConstructible = ({ kind, constructorParameters, isAbstract }: EntryPoint): boolean =>
  kind === 'class' && constructorParameters.length === 0 && isAbstract !== true;
