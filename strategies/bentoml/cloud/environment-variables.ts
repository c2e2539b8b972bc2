/** Variable with the token, the same as for BentoML's own command. */
export const tokenVariable = 'BENTO_CLOUD_API_KEY';
/** Variable with the API's address, if it is not BentoCloud's default. */
export const addressVariable = 'BENTO_CLOUD_API_ENDPOINT';
