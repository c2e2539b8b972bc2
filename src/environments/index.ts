export type { ChosenInterpreter } from './choose-interpreter.js';
export { Environments, type PrepareRequest } from './environments.js';
export { findUv } from './find-uv.js';
export { listPythonWishes } from './list-python-wishes.js';
export { parseVersion, satisfies } from './python-version.js';
export { combineWishes, describeUnmet, type PythonWish } from './python-wishes.js';
export { type Requirements, readRequirements } from './requirements/read-requirements.js';
export { type Command, type CommandResult, runCommand } from './run-command.js';
export { tellVersionWithoutGit } from './version-variables.js';
