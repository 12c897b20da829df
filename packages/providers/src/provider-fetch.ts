/**
 * The `fetch` of all requests to providers. It follows no redirect, because `fetch` would send the texts along,
 * and every header of a key but `authorization`, whatever host it leads to. It answers once the whole answer is
 * there, so that a connection that is lost in the middle of one is a lost connection to the libraries, and repeated.
 */
export const providerFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, { ...init, redirect: "manual" });
  const body = await response.arrayBuffer();
  return new Response(body.byteLength > 0 ? body : null, response);
};
