/** A command that the Search module refuses; the message is the text that it answers with. */
export class SearchRefusal extends Error {}
