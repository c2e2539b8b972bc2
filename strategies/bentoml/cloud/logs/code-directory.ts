/** Directory of a bento's code in the cloud's containers. */
export const codeDirectory = '/home/bentoml/bento/src';
