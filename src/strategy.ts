/** What a strategy outside of this repository is written against: `import … from 'berth/strategy'`. */
export type { Recipe, RecipeInput, Recognition } from './adaptation/recipe.js';
export type { ConformanceHooks, KnownDeviations, ProviderHooks } from './conformance/index.js';
export type { Answer, AnswerError, Facts, Handle, Resources, RunInterface, RunPlan } from './contract/index.js';
export { BerthError, type ErrorCode } from './errors.js';
export type { FindBaseImages, FindNeeds, Need } from './registry/index.js';
export { createErrorAnswer, withDeadline } from './runners/call-deadline.js';
export { stopServer } from './runners/end-server.js';
export { callHttp, type HttpCall, type HttpReply } from './runners/http-call.js';
export { callJson, type JsonCall } from './runners/json-call.js';
export { chooseFreePort, isListening, isPortFree } from './runners/listening-port.js';
export { withLock } from './runners/lock.js';
export { readLog, readTail } from './runners/log-file.js';
export { createProcessMark, findMarkedProcesses, killMarkedProcesses } from './runners/marked-processes.js';
export { stopProcessGroup } from './runners/process-group.js';
export { identifyProcess, isSameProcess, type ProcessIdentity } from './runners/process-identity.js';
export { parseQuantity } from './runners/quantity.js';
export { type Readiness, type WaitOptions, waitUntilReady } from './runners/readiness.js';
export type {
  CallOptions,
  ExternalResource,
  Health,
  LogOptions,
  Runner,
  RunnerClass,
  StartOptions,
} from './runners/runner.js';
export { type ServerCommand, type ServerOptions, ServerProcess } from './runners/server-process.js';
export type { ServerRecord } from './runners/server-record.js';
export { buildSoftwareEnvironment } from './runners/software-environment.js';
