export {
  type BuiltImage,
  buildImageReference,
  contentLabel,
  digestCode,
  ensureImage,
  tagImage,
} from './build-image.js';
export { findBuildSecrets } from './build-secrets.js';
export { archiveContainerLog, readContainerLog } from './container-log.js';
export { getStatusCode, ignoreMissing, openEngine } from './engine.js';
export { choosePublishedAddress, findEngineAddress, type PublishedAddress } from './engine-address.js';
export { findBaseImages } from './find-base-images.js';
