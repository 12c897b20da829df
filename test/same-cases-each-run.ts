import fc from "fast-check";

/**
 * Random tests try the same cases in every run, so that a change fails for what it changed and not by chance. The
 * weekly run, `UNIMEM_TESTS=full`, tries others each time; a failure prints the seed and path that repeat it.
 */
if (process.env.UNIMEM_TESTS !== "full") fc.configureGlobal({ seed: 1 });
