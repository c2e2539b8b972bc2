/** What a strategy outside of this repository is written against: `import … from 'berth/strategy'`. */
export type { Recipe, RecipeInput, Recognition } from './adaptation/recipe.js';
export type { ConformanceHooks, Manner, ProviderHooks } from './conformance/index.js';
export type { Answer, AnswerError, Facts, Handle, Resources, RunInterface, RunPlan } from './contract/index.js';
export { BerthError, type ErrorCode } from './errors.js';
export type { FindBase, FindNeeds, Need } from './registry/index.js';
export { callFailure, withDeadline } from './runners/call-deadline.js';
export { endServer } from './runners/end-server.js';
export { callHttp, type HttpCall, type HttpReply } from './runners/http-call.js';
export { callJson, type JsonCall } from './runners/json-call.js';
export { chooseFreePort, isFree, isListening } from './runners/listening-port.js';
export { withLock } from './runners/lock.js';
export { readLog, readTail } from './runners/log-file.js';
export { findMarked, killMarked, markOf } from './runners/marked-processes.js';
export { endGroup } from './runners/process-group.js';
export { identifyProcess, isSameProcess, type ProcessIdentity } from './runners/process-identity.js';
export { parseQuantity } from './runners/quantity.js';
export { type Patience, type Readiness, waitUntilReady } from './runners/readiness.js';
export type {
  CallOptions,
  Health,
  LogOptions,
  MadeThing,
  Runner,
  RunnerClass,
  StartOptions,
} from './runners/runner.js';
export { type ServerCommand, ServerProcess, type ServerSettings } from './runners/server-process.js';
export type { ServerRecord } from './runners/server-record.js';
export { softwareEnvironment } from './runners/software-environment.js';
