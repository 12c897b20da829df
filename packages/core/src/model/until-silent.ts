import { type Ask, isModelTimeout } from "./ask-model.ts";

/**
 * Makes calls that belong together give up together: once two in a row have timed out the model is taken to be
 * down, and what has not begun rejects as the last did. So a silent model costs two timeouts, not one per call.
 */
export function untilSilent(): (ask: Ask) => Ask {
  let timeouts: unknown[] = [];
  return (ask) => async (question, signal) => {
    if (timeouts.length >= 2) throw timeouts.at(-1);
    try {
      const answer = await ask(question, signal);
      timeouts = [];
      return answer;
    } catch (error) {
      if (isModelTimeout(error)) timeouts.push(error);
      throw error;
    }
  };
}
