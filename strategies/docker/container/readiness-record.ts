import { StateFile } from '../../../src/runners/state-file.js';

/** Container that has answered once: the next wait need not allow for an import. */
export const readyContainer = new StateFile<{ container: string }>('ready.json');
