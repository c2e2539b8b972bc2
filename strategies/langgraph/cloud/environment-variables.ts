/** Where the key is, as LangGraph's own command has it. */
export const keyVariable = 'LANGSMITH_API_KEY';
/** Where the control plane's address is, where it is not LangSmith's usual one. */
export const addressVariable = 'LANGGRAPH_HOST_URL';
