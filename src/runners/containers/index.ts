export {
  type BuiltImage,
  contentLabel,
  digestCode,
  ensureImage,
  imageReference,
  nameImage,
} from './build-image.js';
export { findBuildSecrets } from './build-secrets.js';
export { archiveContainerLog, readContainerLog } from './container-log.js';
export { openEngine, orMissing, statusOf } from './engine.js';
export { choosePublication, findEngineAddress, type Publication } from './engine-address.js';
export { findBaseImages } from './find-base-images.js';
