/** Variable with the token, the same as for BentoML's own command. */
export const tokenVariable = 'BENTO_CLOUD_API_KEY';
/** Variable with the API's address, for another than BentoCloud's default. */
export const addressVariable = 'BENTO_CLOUD_API_ENDPOINT';
