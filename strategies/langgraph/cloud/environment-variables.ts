/** Variable with the key, the same as for LangGraph's own command. */
export const keyVariable = 'LANGSMITH_API_KEY';
/** Variable with the control plane's address, if it is not LangSmith's default. */
export const addressVariable = 'LANGGRAPH_HOST_URL';
