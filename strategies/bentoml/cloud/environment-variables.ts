/** Where the token is, as BentoML's own command has it. */
export const tokenVariable = 'BENTO_CLOUD_API_KEY';
/** Where the address is, where it is not BentoCloud's usual one. */
export const addressVariable = 'BENTO_CLOUD_API_ENDPOINT';
