export type { ChosenInterpreter } from './choose-interpreter.js';
export { Environments, type PrepareRequest } from './environments.js';
export { findUv } from './find-uv.js';
export { parseVersion, parseVersionRange, satisfies } from './python-version.js';
export { type Requirements, readRequirements } from './requirements/read-requirements.js';
export { type Command, type CommandResult, runCommand } from './run-command.js';
