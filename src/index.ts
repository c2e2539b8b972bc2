export type { DurableRunOptions } from './client/durable-runs/index.js';
export type {
  AdaptationResult,
  Answer,
  AnswerError,
  AnswerPart,
  Chunk,
  DeployConfig,
  DeploymentInfo,
  DeploymentSetting,
  DeploymentState,
  Environment,
  Example,
  Facts,
  FunctionInterface,
  Handle,
  Resources,
  RunInterface,
  RunPlan,
  StrategyConfig,
} from './contract/index.js';
export { BerthError, codes, type ErrorCode, type ErrorRecord } from './errors.js';
export { DeployedSoftware } from './factory/deployed-software.js';
export { type CreateOptions, DeploymentFactory } from './factory/deployment-factory.js';
export type { DeployOptions, RedeployOptions } from './factory/prepare-config.js';
export type { Recipe, RecipeInput, Recognition } from './registry/recipe.js';
export type { CallOptions, Health, LogOptions, Runner, RunnerClass, StartOptions } from './runners/runner.js';
