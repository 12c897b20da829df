/** `list` in pieces of at most `size`. A batch of more than some hundred commands costs GLIDE ever more per command. */
export function chunks<Each>(list: readonly Each[], size: number): Each[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) =>
    list.slice(i * size, (i + 1) * size),
  );
}
