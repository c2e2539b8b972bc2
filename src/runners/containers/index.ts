export { type BuiltImage, contentLabel, ensureImage, imageReference } from './build-image.js';
export { findBuildSecrets } from './build-secrets.js';
export { archiveContainerLog, readContainerLog } from './container-log.js';
export { openEngine, orMissing, statusOf } from './engine.js';
export { choosePublication, findEngineAddress, type Publication } from './engine-address.js';
