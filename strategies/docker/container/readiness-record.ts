import { StateFile } from '../../../src/runners/state-file.js';

/** The container that has answered once: waiting for it again need not allow for an import. */
export const readyContainer = new StateFile<{ container: string }>('ready.json');
